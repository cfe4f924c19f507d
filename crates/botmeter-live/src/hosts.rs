//! For whom a request is answered.
//!
//! A web page that somebody on this machine looks at may have a name that its
//! owner points to 127.0.0.1, and its scripts then read what is served here as
//! if it were theirs. The requests still carry that name.

use std::net::IpAddr;

use http::{StatusCode, header, request::Parts, uri::Authority};

/// The names that this server has.
#[derive(Debug, Default)]
pub struct Hosts(Vec<String>);

/// A request that is not answered, and what to do.
pub(crate) type Refusal = (StatusCode, &'static str);

impl Hosts {
    /// These names beside `localhost` and all addresses.
    pub fn named(names: &[String]) -> Self {
        Self(names.iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Why a request is not answered, if it is not.
    pub(crate) fn refusal(&self, request: &Parts) -> Option<Refusal> {
        let Some(host) = named(request) else {
            let advice = "send one header Host, with a name or an address\n";
            return Some((StatusCode::BAD_REQUEST, advice));
        };
        if !self.has(host.host()) {
            let advice = "this page answers to localhost, to addresses and to the names that it \
                          was allowed alone, so that no web page can read it under a name of its \
                          own\n";
            return Some((StatusCode::MISDIRECTED_REQUEST, advice));
        }
        let header = |name: &str| request.headers.get(name).map(http::HeaderValue::as_bytes);
        // Following a link from elsewhere shows the page to the person alone.
        let is_followed = header("sec-fetch-mode") == Some(b"navigate")
            && header("sec-fetch-dest") == Some(b"document");
        if header("sec-fetch-site") == Some(b"cross-site") && !is_followed {
            return Some((StatusCode::FORBIDDEN, "another page asked for this one\n"));
        }
        None
    }

    fn has(&self, host: &str) -> bool {
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let name = host.to_ascii_lowercase();
        name == "localhost" || address.parse::<IpAddr>().is_ok() || self.0.contains(&name)
    }
}

/// Which host the request names; what its target says counts first.
fn named(request: &Parts) -> Option<Authority> {
    let mut headers = request.headers.get_all(header::HOST).iter();
    let header = match (headers.next(), headers.next()) {
        (Some(host), None) => Authority::try_from(host.as_bytes()).ok()?,
        _ => return None,
    };
    Some(request.uri.authority().cloned().unwrap_or(header))
}
