//! What Compose says of its services.

use std::{collections::BTreeSet, fmt};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::ring::{FLEET, RECEIVERS};

/// A service that has a container.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Service {
    #[serde(rename = "Service")]
    pub(super) name: String,
    state: String,
    /// Empty where there is no health check.
    #[serde(default)]
    health: String,
}

impl Service {
    /// Reads a list, or an object on each line: Compose changed its mind once.
    pub(super) fn read(text: &str) -> Result<Vec<Self>> {
        if text.starts_with('[') {
            return serde_json::from_str(text).with_context(|| format!("{text:?}"));
        }
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| serde_json::from_str(line).with_context(|| format!("{line:?}"))).collect()
    }

    pub(super) fn is_running(&self) -> bool {
        self.state == "running"
    }

    /// The profile under which it runs; without one, always.
    pub(super) fn profile(&self) -> Option<&'static str> {
        profile_of(&self.name)
    }

    /// Running, and healthy as far as anybody can see.
    pub(super) fn is_well(&self) -> bool {
        self.is_running() && matches!(self.health.as_str(), "" | "healthy")
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<14} {}", self.name, self.state)?;
        if !self.health.is_empty() {
            write!(f, ", {}", self.health)?;
        }
        Ok(())
    }
}

/// The services that read this file at their start alone. Compose
/// itself sees what changes in compose.yaml, and Grafana looks at its dashboards
/// again and again. A file that is mounted by itself even stays the old one in a
/// container, so this needs a new one.
pub(super) fn readers(file: &str) -> Vec<&str> {
    match file.split('/').collect::<Vec<_>>().as_slice() {
        ["compose", _, "examples", ..] => Vec::new(),
        ["compose", "thanos", _] => RECEIVERS.into_iter().chain(["ruler"]).collect(),
        ["compose", service, _, ..] => vec![service],
        // Before a fleet, the ruler evaluates them.
        ["dashboards", "prometheus", _] => vec!["prometheus", "ruler"],
        _ => Vec::new(),
    }
}

/// The names of those that run.
pub(super) fn running(services: Vec<Service>) -> Vec<String> {
    services.into_iter().filter(Service::is_running).map(|service| service.name).collect()
}

/// The profiles under which services of these names run.
pub(super) fn profiles_of(services: &[String]) -> BTreeSet<String> {
    services.iter().filter_map(|name| profile_of(name)).map(str::to_owned).collect()
}

fn profile_of(service: &str) -> Option<&'static str> {
    match service {
        "collector" => Some("collector"),
        "alertmanager" => Some("alerts"),
        "demo" => Some("demo"),
        "query" | "ruler" => Some(FLEET),
        name if RECEIVERS.contains(&name) => Some(FLEET),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let one = r#"{"Service":"jaeger","State":"running","Health":"healthy","ID":"1"}"#;
        let two = r#"{"Service":"collector","State":"exited","Health":""}"#;
        let expected = Service::read(&format!("[{one},{two}]")).unwrap();
        assert_eq!(Service::read(&format!("{one}\n\n{two}\n")).unwrap(), expected);
        assert_eq!(expected[0].to_string(), "jaeger         running, healthy");
        assert_eq!(expected[1].to_string(), "collector      exited");
        assert!(expected[0].is_well() && !expected[1].is_running());
        assert_eq!(Service::read("").unwrap(), []);
        assert!(Service::read("no JSON").is_err());
    }

    #[test]
    fn a_service_without_a_check_is_well_when_it_runs() {
        for (health, well) in
            [("", true), ("healthy", true), ("starting", false), ("unhealthy", false)]
        {
            let service = Service {
                name: "x".to_owned(),
                state: "running".to_owned(),
                health: health.to_owned(),
            };
            assert_eq!(service.is_well(), well, "{health:?}");
        }
    }
}
