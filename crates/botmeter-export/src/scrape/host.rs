//! For whom a request takes a server that listens on the loopback alone.
//!
//! A web page that somebody on this machine looks at may have a name that its
//! owner points to 127.0.0.1, and its scripts then read what is served here as
//! if it were theirs ("DNS rebinding"). The requests still carry that name.

use std::net::IpAddr;

use http::{Request, Response, StatusCode, Version, header::HOST, uri::Authority};

use super::page::{PageBody, prose};

/// Under these names containers reach their machine. No other name below
/// `internal` is safe: networks have such names of their own, and somebody in
/// there can point one here.
const OF_CONTAINERS: [&str; 2] = ["host.docker.internal", "host.containers.internal"];

/// The answer to a request that is not for this machine.
pub(super) fn refusal<B>(request: &Request<B>) -> Option<Response<PageBody>> {
    let (status, text) = match named(request) {
        Ok(None) => return None,
        Ok(Some(authority)) if is_here(authority.host()) => return None,
        // RFC 9110, 15.5.20: what was asked for is not to be had here. 403 would
        // say that it is, for somebody else.
        Ok(Some(_)) => (
            StatusCode::MISDIRECTED_REQUEST,
            "this server listens on the loopback and answers to addresses, to localhost and \
             names that end in .localhost, to host.docker.internal and host.containers.internal, \
             but to no other name, so that no web page can read it under a name of its own: ask \
             for localhost, let a proxy in front of it set Host to localhost, or listen on \
             0.0.0.0 for other machines, with OTEL_EXPORTER_PROMETHEUS_HOST or where the program \
             itself names the address\n",
        ),
        Err(Unclear) => (
            StatusCode::BAD_REQUEST,
            "it is not clear which host was meant: send one header Host, with a name or an \
             address\n",
        ),
    };
    Some(prose(request.method(), status, text))
}

/// RFC 9112, 3.2, asks for an error.
#[derive(Debug)]
struct Unclear;

/// Which host the request names; before HTTP/1.1 it need not name one.
fn named<B>(request: &Request<B>) -> Result<Option<Authority>, Unclear> {
    let mut headers = request.headers().get_all(HOST).iter();
    let header = match (headers.next(), headers.next()) {
        (Some(host), None) => Some(Authority::try_from(host.as_bytes()).map_err(|_| Unclear)?),
        (None, _) if request.version() < Version::HTTP_11 => None,
        _ => return Err(Unclear),
    };
    // What the target says counts instead of the header.
    Ok(request.uri().authority().cloned().or(header))
}

fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    // No name below `localhost` is public, so nobody can own one.
    let top = name.rsplit_once('.').map_or(&*name, |(_, top)| top);
    address.parse::<IpAddr>().is_ok() || top == "localhost" || OF_CONTAINERS.contains(&&*name)
}
