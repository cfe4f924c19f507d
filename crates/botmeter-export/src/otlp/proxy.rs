//! The proxy that pushes by HTTP go through, if the environment names one.

use std::{env, fmt, io, time::Duration};

use super::{secrets::Secrets, target::Target};
use crate::Protocol;

/// In the order in which the client looks for them.
const VARIABLES: [&str; 6] =
    ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// A proxy, and who names it.
#[derive(Clone)]
pub(super) struct Proxy {
    /// Without credentials.
    address: String,
    variable: &'static str,
    secrets: Secrets,
}

impl Proxy {
    /// The one between us and this target. Only HTTP goes through proxies.
    pub(super) fn before(target: &Target, protocol: Protocol) -> Option<Self> {
        if protocol != Protocol::HttpProtobuf {
            return None;
        }
        let proxy = ureq::Proxy::try_from_env()?;
        if proxy.is_no_proxy(target.uri()) {
            return None;
        }
        let names_it = |variable: &&str| {
            env::var(variable).is_ok_and(|value| ureq::Proxy::new(&value).is_ok())
        };
        let mut secrets = Secrets::default();
        secrets.of_login(proxy.username().unwrap_or(""), proxy.password().unwrap_or(""));
        Some(Self {
            address: format!("{}:{}", proxy.host(), proxy.port()),
            variable: VARIABLES.into_iter().find(names_it)?,
            secrets,
        })
    }

    /// Why a push through it had no answer.
    pub(super) fn explain(
        &self,
        target: &Target,
        timeout: Duration,
        error: &ureq::Error,
    ) -> String {
        let Self { address, variable, .. } = self;
        let what = match error {
            ureq::Error::Timeout(_) => format!("timed out after {timeout:?}"),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                "connection refused, nothing listens there".to_owned()
            }
            ureq::Error::ConnectProxyFailed(answer) => {
                format!("it opens no way to the receiver, {:?}", self.censored(target, answer))
            }
            other => match self.censored(target, &other.to_string()) {
                text if is_unknown_name(other, &text) => "the name is not known".to_owned(),
                text => text,
            },
        };
        let (request, host) = (target.request(Protocol::HttpProtobuf), target.host());
        format!(
            "{request} through the proxy {address}, which {variable} names: {what}; correct \
             {variable}, or set NO_PROXY={host} to push without a proxy"
        )
    }

    fn censored(&self, target: &Target, text: &str) -> String {
        self.secrets.hidden_in(&target.censored(text))
    }
}

fn is_unknown_name(error: &ureq::Error, text: &str) -> bool {
    matches!(error, ureq::Error::HostNotFound) || text.contains("failed to lookup address")
}

/// As messages name it.
impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {}, which {} names", self.address, self.variable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OtlpSettings;

    #[test]
    fn what_a_proxy_quotes_back_is_without_its_credentials_and_ours() {
        let mut secrets = Secrets::default();
        secrets.of_login("robot", "hunter22");
        let proxy = Proxy { address: "proxy:80".to_owned(), variable: "HTTP_PROXY", secrets };
        let timeout = Duration::from_secs(10);
        let headers = vec![("x-key".to_owned(), "tenant-key".to_owned())];
        let settings = OtlpSettings::new("http://far:4318/v1/metrics").headers(headers);
        let target = Target::of(&settings).unwrap();
        let quoted = "robot may not enter with hunter22 and tenant-key".to_owned();
        assert_eq!(
            proxy.explain(&target, timeout, &ureq::Error::ConnectProxyFailed(quoted)),
            "POST http://far:4318/v1/metrics through the proxy proxy:80, which HTTP_PROXY names: \
             it opens no way to the receiver, \"*** may not enter with *** and ***\"; correct \
             HTTP_PROXY, or set NO_PROXY=far to push without a proxy"
        );
    }
}
