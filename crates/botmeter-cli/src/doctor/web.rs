//! Asking servers, and what it means when nobody answers.

use std::{fmt, net::IpAddr, time::Duration};

use anyhow::{Result, bail};

pub(crate) use crate::web::Silence;
use crate::web::agent;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most that is read of an answer: a large Prometheus has a million names.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// A client that asks servers beyond this machine by the proxy that it has.
#[derive(Debug)]
pub(crate) struct Web {
    direct: ureq::Agent,
    by_proxy: ureq::Agent,
    most: u64,
}

impl Web {
    pub(crate) fn new() -> Self {
        Self::reading_at_most(MOST_BYTES)
    }

    /// The same, for answers that are known to be shorter.
    pub(crate) fn reading_at_most(most: u64) -> Self {
        Self {
            direct: agent(PATIENCE, None),
            by_proxy: agent(PATIENCE, ureq::Proxy::try_from_env()),
            most,
        }
    }

    pub(crate) fn get(&self, url: &str, query: &[(&str, &str)]) -> Result<Reply, Silence> {
        let request = self.agent(url).get(url).query_pairs(query.iter().copied());
        self.read(request.call())
    }

    /// A form in the body, because a query may be longer than an address.
    pub(crate) fn post(&self, url: &str, form: &[(&str, &str)]) -> Result<Reply, Silence> {
        self.read(self.agent(url).post(url).send_form(form.iter().copied()))
    }

    /// No proxy knows the servers of this machine.
    fn agent(&self, url: &str) -> &ureq::Agent {
        if is_of_this_machine(url) { &self.direct } else { &self.by_proxy }
    }

    fn read(
        &self,
        answer: Result<http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Reply, Silence> {
        let mut answer = answer.map_err(Silence::of)?;
        let header = answer.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = header.unwrap_or_default().to_ascii_lowercase();
        let status = answer.status().as_u16();
        let body = answer.body_mut().with_config().limit(self.most).lossy_utf8(true);
        Ok(Reply { status, content_type, body: body.read_to_string().map_err(Silence::of)? })
    }
}

fn is_of_this_machine(url: &str) -> bool {
    let uri: Option<http::Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(|uri| uri.host()).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused => f.write_str("connection refused: nothing listens there"),
            Self::UnknownName => f.write_str("nobody knows the name of the host"),
            Self::TooLate => write!(f, "no answer within {PATIENCE:?}"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Silence {}

impl Reply {
    /// How it begins, for evidence.
    pub(crate) fn beginning(&self) -> String {
        let line = self.body.lines().map(str::trim).find(|line| !line.is_empty());
        shortened(line.unwrap_or_default(), 100)
    }
}

/// The text up to this many characters.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

/// The base of a server's address, without a slash at its end.
pub(crate) fn base(url: &str) -> Result<String> {
    let trimmed = url.trim_end_matches('/');
    let (scheme, rest) = trimmed.split_once("://").unwrap_or(("", trimmed));
    if !matches!(scheme, "http" | "https") || rest.is_empty() || rest.starts_with(['/', ':']) {
        bail!("{url:?} is no address of a server: give a URL such as http://localhost:9090");
    }
    Ok(trimmed.to_owned())
}

/// The port of a `host:port` or of a URL.
pub(crate) fn port(address: &str) -> Option<u16> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("http", address));
    let authority = rest.split('/').next().unwrap_or_default();
    let after_host = authority.rsplit_once(']').map_or(authority, |(_, after)| after);
    match after_host.rsplit_once(':') {
        Some((_, port)) => port.parse().ok(),
        None => Some(if scheme == "https" { 443 } else { 80 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_url() {
        assert_eq!(base("http://localhost:9090/").unwrap(), "http://localhost:9090");
        assert_eq!(base("https://prom.example/base").unwrap(), "https://prom.example/base");
        for wrong in ["localhost:9090", "http://", "http:///x", "ftp://host", ""] {
            let error = base(wrong).unwrap_err().to_string();
            assert!(error.contains("is no address of a server"), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_name_that_only_begins_like_this_machine_is_behind_the_proxy() {
        for here in
            ["http://localhost:9090/x", "https://127.0.0.1", "http://[::1]:1/", "http://LOCALHOST"]
        {
            assert!(is_of_this_machine(here), "{here}");
        }
        for there in
            ["http://localhost.example.com", "http://127.0.0.1.nip.io:9090", "http://10.0.0.1", ""]
        {
            assert!(!is_of_this_machine(there), "{there}");
        }
    }

    #[test]
    fn ports_are_found() {
        for (address, expected) in [
            ("localhost:9464", Some(9464)),
            ("http://[::1]:9464/metrics", Some(9464)),
            ("http://host/metrics", Some(80)),
            ("https://host", Some(443)),
            ("http://[::1]/", Some(80)),
            ("host:nine", None),
        ] {
            assert_eq!(port(address), expected, "{address}");
        }
    }
}
