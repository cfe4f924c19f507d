//! What a doctor asks of an endpoint: whether it is an address, whether
//! anybody is there, and whether they take metrics.

mod answer;
mod by_grpc;
mod by_http;
mod reach;

use std::time::Duration;

use super::{proxy::Proxy, reason::causes, target::Target};
use crate::{OtlpSettings, Protocol, finding::Finding, signal::Signal};
use reach::Unreached;

pub const ENDPOINT: &str = "endpoint";
pub const NETWORK: &str = "network";
pub const RECEIVER: &str = "receiver";

/// How long an answer may take. A receiver answers an empty push at once.
const PATIENCE: Duration = Duration::from_secs(4);

/// Whether the endpoint is an address that this build can push to.
pub fn endpoint(settings: &OtlpSettings) -> Finding {
    let target = match Target::of(settings) {
        Ok(target) => target,
        Err(error) => {
            let chain = error.chain();
            let (evidence, advice) = split(&chain);
            return Finding::broken(ENDPOINT, format!("failed to {evidence}"), advice);
        }
    };
    let request = target.request(settings.protocol);
    let note = match (settings.protocol, target.port()) {
        (Protocol::HttpProtobuf, 4317) => ", although port 4317 is usually for gRPC",
        (Protocol::Grpc, 4318) => ", although port 4318 is usually for HTTP",
        (Protocol::HttpProtobuf, _) if !Signal::Metrics.is_usually_at(target.path()) => {
            ", although the path does not end in /v1/metrics"
        }
        _ => "",
    };
    Finding::ok(ENDPOINT, format!("{request}{note}"))
}

/// Whether anybody takes connections there.
pub fn network(settings: &OtlpSettings) -> Finding {
    let Ok(target) = Target::of(settings) else { return Finding::unseen(NETWORK) };
    if let Some(proxy) = proxy(settings, &target) {
        return Finding::skipped(NETWORK, format!("pushes go through {proxy}"));
    }
    let (host, port) = (target.host(), target.port());
    match reach::connect(host, port) {
        Ok(stream) => {
            let peer = stream.peer_addr().map_or_else(|_| host.to_owned(), |peer| peer.to_string());
            Finding::ok(NETWORK, format!("{peer} takes connections"))
        }
        Err(Unreached::UnknownName) => Finding::broken(
            NETWORK,
            causes::of_unknown_host(host),
            "give a host that is known where this runs: the name of a service is known to the \
             containers of its network alone, and localhost is each container itself",
        ),
        Err(Unreached::SlowName) => Finding::broken(
            NETWORK,
            format!("nobody could tell the address of {host:?} within 5 s"),
            causes::NAME_SERVERS,
        ),
        Err(Unreached::Refused(address)) => Finding::broken(
            NETWORK,
            format!("{address} refuses connections: nothing listens there"),
            of_refusal(&target, address.ip().is_loopback()),
        ),
        Err(Unreached::Silent(address)) => Finding::broken(
            NETWORK,
            format!("{address} does not take the connection within 3 s"),
            format!("look for a firewall that drops packets to port {port}, and for a wrong host"),
        ),
        Err(Unreached::Other(address, error)) => Finding::broken(
            NETWORK,
            format!("{address} cannot be connected to: {error}"),
            "put this machine or container into the receiver's network",
        ),
    }
}

/// Whether what is there takes metrics.
pub fn receiver(settings: &OtlpSettings) -> Finding {
    let Ok(target) = Target::of(settings) else { return Finding::unseen(RECEIVER) };
    let settings = OtlpSettings {
        timeout: settings.timeout.min(PATIENCE),
        // Whether it unpacks is for the first real push to find out.
        compression: crate::Compression::None,
        ..settings.clone()
    };
    match settings.protocol {
        Protocol::HttpProtobuf => by_http::ask(&settings, &target),
        Protocol::Grpc => by_grpc::ask(&settings, &target),
    }
}

/// What was seen and what to do about it, of the reason of a failed push: the
/// advice comes last.
pub fn split(reason: &str) -> (&str, &str) {
    reason.rsplit_once("; ").unwrap_or((reason, "give the URL of an OTLP receiver"))
}

fn of_refusal(target: &Target, is_here: bool) -> String {
    let port = target.port();
    let start = format!("start the receiver, or give its own port instead of {port}");
    if is_here {
        format!(
            "{start}; in a container, this host is the container itself: give the service's name, \
             or host.docker.internal (Podman: host.containers.internal) for the machine"
        )
    } else {
        format!("{start}; a receiver in a container has to publish its port")
    }
}

/// Who stands between us and the receiver.
fn proxy(settings: &OtlpSettings, target: &Target) -> Option<Proxy> {
    Proxy::before(target, settings.protocol)
}

/// The line that sends metrics there.
fn point_to(url: &str) -> String {
    format!("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT={url} (or the same where the code names it)")
}

/// The line that chooses the other protocol.
fn speak(protocol: Protocol) -> String {
    let word = match protocol {
        Protocol::HttpProtobuf => "http/protobuf",
        Protocol::Grpc => "grpc",
    };
    format!("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL={word}")
}
