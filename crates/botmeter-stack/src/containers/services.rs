//! What Compose says of its services.

use std::fmt;

use anyhow::{Context, Result};
use serde::Deserialize;

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
