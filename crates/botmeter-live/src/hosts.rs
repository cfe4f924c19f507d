//! For whom a request is answered.
//!
//! A web page that somebody on this machine looks at may have a name that its
//! owner points to 127.0.0.1, and its scripts then read what is served here as
//! if it were theirs. The requests still carry that name. The server for scrapes
//! has the same rules for what is its own.

use std::net::IpAddr;

use http::{StatusCode, Version, header, request::Parts, uri::Authority};

/// Under these names containers reach their machine. No other name below
/// `internal` is safe: networks have such names of their own, and somebody in
/// there can point one here.
const OF_CONTAINERS: [&str; 2] = ["host.docker.internal", "host.containers.internal"];

/// The names that this server has.
#[derive(Debug, Default)]
pub struct Hosts(Vec<String>);

/// A request that is not answered, and what to do.
pub(crate) type Refusal = (StatusCode, &'static str);

impl Hosts {
    /// These names beside all addresses, `localhost` and the names below it,
    /// `host.docker.internal` and `host.containers.internal`.
    pub fn named(names: &[String]) -> Self {
        let name = |name: &String| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        Self(names.iter().map(name).collect())
    }

    /// Why a request is not answered, if it is not.
    pub(crate) fn refusal(&self, request: &Parts) -> Option<Refusal> {
        let Ok(host) = named(request) else {
            let advice = "send one header Host, with a name or an address\n";
            return Some((StatusCode::BAD_REQUEST, advice));
        };
        if host.is_some_and(|host| !self.has(host.host())) {
            let advice = "this page answers to addresses, to localhost and names that end in \
                          .localhost, to host.docker.internal and host.containers.internal, and \
                          to the names that it was allowed, but to no other, so that no web page \
                          can read it under a name of its own\n";
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
        let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        // No name below `localhost` is public, so nobody can own one.
        let top = name.rsplit_once('.').map_or(&*name, |(_, top)| top);
        address.parse::<IpAddr>().is_ok()
            || top == "localhost"
            || OF_CONTAINERS.contains(&&*name)
            || self.0.contains(&name)
    }
}

/// A request does not say which host is meant.
#[derive(Debug)]
struct Unclear;

/// Which host the request names; what its target says counts first. Before
/// HTTP/1.1 it need not name one, and since HTTP/2 its target does so instead of
/// a header.
fn named(request: &Parts) -> Result<Option<Authority>, Unclear> {
    let target = request.uri.authority().cloned();
    let mut headers = request.headers.get_all(header::HOST).iter();
    let header = match (headers.next(), headers.next()) {
        (Some(host), None) => Some(Authority::try_from(host.as_bytes()).map_err(|_| Unclear)?),
        (None, _) if request.version < Version::HTTP_11 => None,
        (None, _) if request.version >= Version::HTTP_2 && target.is_some() => None,
        _ => return Err(Unclear),
    };
    Ok(target.or(header))
}
