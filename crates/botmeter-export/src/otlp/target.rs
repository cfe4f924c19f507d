//! Where pushes go, and how it may be shown.

use std::fmt;

use http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{self, AUTHORIZATION},
};

use super::secrets::{Secrets, basic};
use crate::{
    OtlpSettings, Protocol,
    credentials::{self, Login},
    signal::Signal,
};
use botmeter_core::Error;

/// The endpoint with everything secret known, so that none of it is shown.
#[derive(Clone)]
pub(super) struct Target {
    signal: Signal,
    /// Without user and password, which go into a header.
    uri: Uri,
    login: Option<Login>,
    shown: String,
    secrets: Secrets,
}

/// What the client says of the message and the connection. With another length
/// or host beside its own, a server may take one push for two requests.
const OF_THE_CLIENT: [HeaderName; 10] = [
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::EXPECT,
    header::HOST,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

impl Target {
    /// Where metrics are pushed to.
    pub(super) fn of(settings: &OtlpSettings) -> Result<Self, Error> {
        Self::of_signal(Signal::Metrics, settings)
    }

    pub(super) fn of_signal(signal: Signal, settings: &OtlpSettings) -> Result<Self, Error> {
        let OtlpSettings { endpoint, headers, .. } = settings;
        let (shown, noun) = (credentials::shown(endpoint), signal.noun());
        let refuse = |why: &str| Error::bad_setting(format!("push {noun} to {shown:?}: {why}"));
        let (bare, login) = credentials::split(endpoint).map_err(|why| refuse(&why))?;
        let uri: Uri = bare
            .parse()
            .map_err(|error: http::uri::InvalidUri| refuse("it is not a URL").because(error))?;
        if uri.host().is_none_or(str::is_empty) {
            return Err(refuse("it has no host; give a URL such as http://localhost:4318"));
        }
        let is_https = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(refuse("its scheme must be http or https")),
        };
        if settings.timeout.is_zero() {
            return Err(refuse("no answer can come within a timeout of zero"));
        }
        let mut secrets = Secrets::default();
        for (_, value) in headers {
            secrets.of_header(value);
        }
        if let Some(Login { user, password }) = &login {
            secrets.of_login(user, password);
        }
        secrets.of_query(uri.query().unwrap_or_default());
        let target = Self { signal, uri, login, shown, secrets };
        if is_https && !cfg!(feature = "otlp-tls") {
            return Err(target.missing_feature("https", "otlp-tls"));
        }
        Ok(target)
    }

    pub(super) fn missing_feature(&self, what: &str, feature: &str) -> Error {
        Error::bad_setting(format!(
            "push {} to {:?}: this build has no {what}; enable the feature `{feature}` of the \
             botmeter crate that you depend on",
            self.signal.noun(),
            self.shown
        ))
    }

    /// The same server with another path, as it may be shown.
    pub(super) fn shown_at(&self, path: &str) -> String {
        let (scheme, rest) = self.shown.split_once("://").unwrap_or(("http", &self.shown));
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        format!("{scheme}://{authority}{path}")
    }

    /// The same server with another path, as it is asked.
    pub(super) fn at(&self, path: &str) -> Result<Uri, http::Error> {
        let mut parts = self.uri.clone().into_parts();
        parts.path_and_query = Some(path.parse()?);
        Ok(Uri::from_parts(parts)?)
    }

    /// The address as it is asked.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// What is pushed there.
    pub(super) fn signal(&self) -> Signal {
        self.signal
    }

    pub(super) fn path(&self) -> &str {
        self.uri.path()
    }

    pub(super) fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(if self.is_https() { 443 } else { 80 })
    }

    pub(super) fn host(&self) -> &str {
        self.uri.host().unwrap_or_default()
    }

    pub(super) fn is_https(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    /// A text from elsewhere without our credentials, which a server or a
    /// library may quote back.
    pub(super) fn censored(&self, text: &str) -> String {
        self.secrets.hidden_in(text)
    }

    /// The headers as they are sent, with the credentials of the endpoint unless
    /// there are others among them.
    pub(super) fn headers(&self, settings: &OtlpSettings) -> Result<HeaderMap, Error> {
        // Not even a part of a value is quoted: it may be a password.
        let refuse = |why: &str| {
            let (noun, shown) = (self.signal.noun(), &self.shown);
            Error::bad_setting(format!("push {noun} to {shown:?}: {why}"))
        };
        let mut map = HeaderMap::new();
        for (name, value) in &settings.headers {
            let characters = |part: &str| {
                refuse(&format!(
                    "the {part} of the header {name:?} has characters that HTTP does not allow"
                ))
            };
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| characters("name"))?;
            if is_of_the_client(&key) {
                return Err(refuse(&format!(
                    "the header {name:?} belongs to the message or the connection, which the \
                     client sets up itself; take it out of OTEL_EXPORTER_OTLP_HEADERS"
                )));
            }
            let value = HeaderValue::from_str(value).map_err(|_| characters("value"))?;
            map.append(key, value);
        }
        if let Some(Login { user, password }) = &self.login
            && !map.contains_key(AUTHORIZATION)
        {
            let value = HeaderValue::from_str(&basic(user, password))
                .map_err(|error| refuse("its user and password fit no header").because(error))?;
            map.insert(AUTHORIZATION, value);
        }
        map.values_mut().for_each(|value| value.set_sensitive(true));
        Ok(map)
    }

    /// How messages name the push.
    pub(super) fn request(&self, protocol: Protocol) -> String {
        let verb = match protocol {
            Protocol::HttpProtobuf => "POST",
            Protocol::Grpc => "gRPC to",
        };
        format!("{verb} {self}")
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.shown).finish()
    }
}

fn is_of_the_client(name: &HeaderName) -> bool {
    let others = ["keep-alive", "proxy-connection", "http2-settings"];
    OF_THE_CLIENT.contains(name)
        || others.contains(&name.as_str())
        || name.as_str().starts_with("grpc-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(endpoint: &str, headers: &[(&str, &str)]) -> OtlpSettings {
        let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        OtlpSettings::new(endpoint).headers(headers.collect())
    }

    #[test]
    fn user_password_and_query_are_not_shown() {
        let target = Target::of(&settings(
            "http://robot:hunter22@prom.example:9090/v1/metrics?key=sesame1",
            &[],
        ))
        .unwrap();
        assert_eq!(target.to_string(), "http://***@prom.example:9090/v1/metrics?***");
        assert_eq!(
            format!("{target:?}"),
            "Target(\"http://***@prom.example:9090/v1/metrics?***\")"
        );
        assert_eq!(target.censored("no hunter22 with sesame1 here"), "no *** with *** here");
    }

    #[test]
    fn headers_are_hidden_whole_and_without_their_scheme() {
        let target =
            Target::of(&settings("http://a/", &[("authorization", "Bearer s3cr3t-token")]))
                .unwrap();
        assert_eq!(
            target.censored("got 'Bearer s3cr3t-token', that is s3cr3t-token by Bearer"),
            "got '***', that is *** by Bearer"
        );
    }

    #[test]
    fn what_is_no_url_of_a_receiver_is_refused() {
        let refusal = |endpoint: &str| Target::of(&settings(endpoint, &[])).unwrap_err().chain();
        assert_eq!(
            refusal("http://"),
            "push metrics to \"http://\": it is not a URL: empty string"
        );
        assert_eq!(
            refusal("localhost"),
            "push metrics to \"localhost\": its scheme must be http or https"
        );
        assert_eq!(
            refusal("/v1/metrics"),
            "push metrics to \"/v1/metrics\": it has no host; give a URL such as \
             http://localhost:4318"
        );
        assert_eq!(
            refusal("ftp://a:b@host/"),
            "push metrics to \"ftp://***@host/\": its scheme must be http or https"
        );
    }

    #[test]
    fn a_header_that_http_does_not_allow_is_refused_without_its_value() {
        let broken = settings("http://a/", &[("x-key", "top\nsecret")]);
        let refusal = Target::of(&broken).unwrap().headers(&broken).unwrap_err();
        assert_eq!(
            refusal.chain(),
            "push metrics to \"http://a/\": the value of the header \"x-key\" has characters that \
             HTTP does not allow"
        );
    }

    #[cfg(not(feature = "otlp-tls"))]
    #[test]
    fn https_without_its_feature_is_refused() {
        assert_eq!(
            Target::of(&settings("https://a/v1/metrics", &[])).unwrap_err().chain(),
            "push metrics to \"https://a/v1/metrics\": this build has no https; enable the \
             feature `otlp-tls` of the botmeter crate that you depend on"
        );
    }
}
