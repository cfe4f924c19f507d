//! Addresses: where to push to, and where to listen.

use std::net::{Ipv4Addr, SocketAddr, ToSocketAddrs};

use botmeter_core::{Error, problem};
use botmeter_export::{
    Protocol,
    credentials::{self, Given, shown},
    signal::{PROMETHEUS_PATH, Signal},
};

use crate::{
    environment::Environment,
    on_bad::OnBadSetting,
    variables::{BASE, variables},
};

/// Where OpenTelemetry has pages for Prometheus.
const DEFAULT_PORT: u16 = 9464;

/// Who named an endpoint, which decides what its path may mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NamedBy {
    /// The variable that is the base of all signals.
    Base,
    /// The variable of one signal, or the program for one; the path is meant as
    /// it is.
    Signal,
    /// The program, by a base or a full URL.
    Code,
}

/// An endpoint that the program names.
#[derive(Clone, Debug)]
pub(crate) enum InCode {
    /// A base or a full URL.
    Any(Given),
    /// The URL of one signal.
    OfSignal(Given),
}

/// The endpoint that the environment names, or the usual local one.
pub(crate) fn from_environment(
    environment: &Environment,
    signal: Signal,
    protocol: Protocol,
) -> Result<String, Error> {
    let Some(variable) = environment.first(variables(signal).endpoint) else {
        return Ok(match protocol {
            Protocol::Grpc => "http://localhost:4317".to_owned(),
            _ => format!("http://localhost:4318{}", signal.path()),
        });
    };
    let named_by = if variable.name == BASE { NamedBy::Base } else { NamedBy::Signal };
    resolve(variable.value, signal, protocol, named_by)
        .map_err(|remedy| variable.wrong_as(&shown(variable.value), &remedy))
}

/// The endpoint that the program names.
pub(crate) fn given_in_code(
    given: &InCode,
    signal: Signal,
    protocol: Protocol,
) -> Result<String, Error> {
    let (Given(endpoint), named_by) = match given {
        InCode::Any(given) => (given, NamedBy::Code),
        InCode::OfSignal(given) => (given, NamedBy::Signal),
    };
    resolve(endpoint, signal, protocol, named_by)
        .map_err(|remedy| Error::bad_setting(format!("push to {:?}: {remedy}", shown(endpoint))))
}

/// The address to listen on.
pub(crate) fn scrape_address(
    environment: &Environment,
    on_bad: OnBadSetting,
) -> Result<SocketAddr, Error> {
    let host = environment.first(&["OTEL_EXPORTER_PROMETHEUS_HOST"]);
    let port = environment.first(&["OTEL_EXPORTER_PROMETHEUS_PORT"]);
    if host.is_none()
        && port.is_none()
        && let Some(both) = environment.first(&["PROMETHEUS_ENDPOINT"])
    {
        let address =
            listen(both.value).ok_or_else(|| both.wrong("give host:port, such as localhost:9464"));
        return local_instead(address, DEFAULT_PORT, on_bad);
    }
    let port_number: u16 = match port {
        Some(variable) => {
            let wrong = |_| variable.wrong("give a port from 0 to 65535; 0 takes any free one");
            let number = variable.value.parse().map_err(wrong);
            on_bad.or(number, DEFAULT_PORT, || format!("with port {DEFAULT_PORT}"))?
        }
        None => DEFAULT_PORT,
    };
    let name = host.map_or("localhost", |variable| variable.value);
    let pair = if name.contains(':') && !name.starts_with('[') {
        format!("[{name}]:{port_number}")
    } else {
        format!("{name}:{port_number}")
    };
    let address = listen(&pair).ok_or_else(|| match host {
        Some(variable) => variable.wrong("give a host name or address of this machine"),
        None => {
            Error::bad_setting(format!("listen on {pair}: this machine does not know the name"))
        }
    });
    local_instead(address, port_number, on_bad)
}

/// Where a scraper of this machine finds the page, if it cannot be where it
/// should.
fn local_instead(
    found: Result<SocketAddr, Error>,
    port: u16,
    on_bad: OnBadSetting,
) -> Result<SocketAddr, Error> {
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    on_bad.or(found, local, || format!("with {local}"))
}

/// Whether the path of a URL is one of metrics alone, such as Prometheus'.
pub(super) fn takes_metrics_alone(url: &str) -> bool {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.ends_with(Signal::Metrics.path()) || path.ends_with(PROMETHEUS_PATH)
}

/// The first address of a name, IPv4 before IPv6: `localhost` has both, and a
/// scraper that is told `127.0.0.1` must find us.
fn listen(pair: &str) -> Option<SocketAddr> {
    let addresses: Vec<SocketAddr> = pair.to_socket_addrs().ok()?.collect();
    addresses.iter().find(|address| address.is_ipv4()).or_else(|| addresses.first()).copied()
}

/// The full URL for HTTP, the base for gRPC; otherwise what to do about it.
fn resolve(
    endpoint: &str,
    signal: Signal,
    protocol: Protocol,
    named_by: NamedBy,
) -> Result<String, String> {
    const NO_SCHEME: &str = "it has no scheme; begin with http:// or https://";
    let (scheme, rest) = endpoint.split_once("://").ok_or(NO_SCHEME)?;
    if !scheme.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(NO_SCHEME.to_owned());
    }
    if !matches!(scheme, "http" | "https") {
        return Err("its scheme is not known; use http or https".to_owned());
    }
    credentials::split(endpoint)?;
    if endpoint.contains(|c: char| c.is_whitespace() || c.is_control() || c == '#') {
        return Err("a URL of a receiver has no spaces and no fragment".to_owned());
    }
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let port = check_authority(authority)?;
    let origin = format!("{scheme}://{authority}");
    if protocol == Protocol::Grpc {
        if !matches!(path, "" | "/") {
            return Err(format!(
                "gRPC has no path, but this has {:?}; remove it, or set \
                 OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
                shown(path)
            ));
        }
        if port == Some(4318) {
            problem!(
                warn,
                endpoint = shown(&origin),
                "port 4318 usually speaks HTTP, but the protocol is gRPC"
            );
        }
        Ok(origin)
    } else {
        if port == Some(4317) {
            problem!(
                warn,
                endpoint = shown(&origin),
                "port 4317 usually speaks gRPC, but the protocol is HTTP; set OTEL_EXPORTER_OTLP_PROTOCOL=grpc or use port 4318"
            );
        }
        Ok(origin + &http_path(path, signal, named_by)?)
    }
}

/// The path that is posted to.
fn http_path(path: &str, signal: Signal, named_by: NamedBy) -> Result<String, String> {
    let (path, query) = match path.find('?') {
        Some(mark) => path.split_at(mark),
        None => (path, ""),
    };
    let own = signal.path();
    let trimmed = path.trim_end_matches('/');
    if trimmed.ends_with(own) {
        return Ok(format!("{trimmed}{query}"));
    }
    // A base for all signals may have been given with the path of one of them.
    let stem = Signal::ALL.iter().find_map(|other| trimmed.strip_suffix(other.path()));
    let is_of_prometheus = stem.unwrap_or(trimmed).ends_with(PROMETHEUS_PATH);
    if is_of_prometheus && signal == Signal::Spans {
        return Err("Prometheus takes no spans; name a receiver that does, such as Jaeger or a \
                    Collector, in OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or in the code"
            .to_owned());
    }
    // Whoever means metrics alone may mean this very path, as Thanos has it.
    let is_half = is_of_prometheus && named_by == NamedBy::Code;
    if named_by == NamedBy::Base || is_half || trimmed.is_empty() {
        return Ok(format!("{}{own}{query}", stem.unwrap_or(trimmed)));
    }
    if !signal.is_usually_at(trimmed) {
        problem!(
            warn,
            path = path,
            "the path of the endpoint of {} does not end in {own}; it is used as it is",
            signal.noun()
        );
    }
    Ok(format!("{path}{query}"))
}

/// The port, if one is named.
fn check_authority(authority: &str) -> Result<Option<u16>, String> {
    let host_port = authority.rsplit_once('@').map_or(authority, |(_, host_port)| host_port);
    let after_host = if let Some(rest) = host_port.strip_prefix('[') {
        rest.split_once(']').ok_or("an IPv6 address ends with a bracket")?.1
    } else {
        host_port.find(':').map_or("", |colon| &host_port[colon..])
    };
    if host_port.is_empty() || host_port.starts_with(':') {
        return Err("it names no host".to_owned());
    }
    match after_host.strip_prefix(':') {
        None => Ok(None),
        Some(port) => match port.parse() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => Err(format!("{port:?} is not a port; use a number from 1 to 65535")),
        },
    }
}
