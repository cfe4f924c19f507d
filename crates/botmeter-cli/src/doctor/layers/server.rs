//! The layer `prometheus`: whether it is there and ready.

use botmeter_telemetry::Finding;

use super::{Examination, stranger, unanswered};
use crate::doctor::{
    prometheus::Prometheus,
    web::{Reply, Silence},
};

pub(super) const PROMETHEUS: &str = "prometheus";

pub(super) fn look(examination: &mut Examination) -> Finding {
    let prometheus = &examination.prometheus;
    let url = prometheus.url();
    match prometheus.ready() {
        Ok(Reply { status: 200, .. }) => {}
        Ok(Reply { status: 503, .. }) => {
            return Finding::broken(
                PROMETHEUS,
                format!("{url}/-/ready answers 503: Prometheus is starting or ending"),
                "wait until it has read its log, and repeat this",
            );
        }
        Ok(reply) => {
            if let Some(finding) = stranger(url) {
                return finding;
            }
            return Finding::broken(
                PROMETHEUS,
                format!("{url}/-/ready answers {} with {:?}", reply.status, reply.beginning()),
                "give the address of a Prometheus, with the path of its --web.external-url if it \
                 has one: --prometheus http://HOST:9090",
            );
        }
        Err(silence) => {
            let remedy = match silence {
                Silence::Refused => {
                    "start Prometheus, or give its address: --prometheus http://HOST:9090 (one in \
                     a container has to publish its port)"
                }
                _ => "give the address of a Prometheus: --prometheus http://HOST:9090",
            };
            return Finding::broken(PROMETHEUS, format!("{url}: {silence}"), remedy);
        }
    }
    match (prometheus.version(), receiver(prometheus)) {
        (Ok(version), Ok(is_on)) => {
            // One that was built by hand does not know its version.
            let name = format!("Prometheus {version}");
            let receiver = if is_on { "on" } else { "off, which matters to pushes alone" };
            Finding::ok(
                PROMETHEUS,
                format!("{url} is ready: {}, its OTLP receiver is {receiver}", name.trim_end()),
            )
        }
        // Some that are asked whether they are ready say so, and are another.
        (Err(error), _) | (_, Err(error)) => {
            stranger(url).unwrap_or_else(|| unanswered(PROMETHEUS, &error))
        }
    }
}

/// Whoever else is there, if it is a server that one may take for it.
fn stranger(url: &str) -> Option<Finding> {
    let (who, remedy) = stranger::at(url)?;
    Some(Finding::broken(PROMETHEUS, format!("{url} is no Prometheus but {who}"), remedy))
}

/// Whether it takes pushes.
pub(super) fn receiver(prometheus: &Prometheus) -> anyhow::Result<bool> {
    let flags = prometheus.flags()?;
    let is_on = flags.get("web.enable-otlp-receiver").is_some_and(|value| value == "true");
    // How version 2 spelled it.
    let features = flags.get("enable-feature").map_or("", String::as_str);
    Ok(is_on || features.contains("otlp-write-receiver"))
}
