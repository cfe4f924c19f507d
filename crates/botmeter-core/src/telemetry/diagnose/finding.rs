//! What a diagnosis says, layer by layer.

use std::fmt;

/// The way of the metrics, layer by layer, up to the first that is broken.
///
/// Prints one paragraph for each layer:
///
/// ```
/// use botmeter_core::telemetry::{Diagnosis, Finding};
///
/// let diagnosis = Diagnosis::new(vec![
///     Finding::ok("endpoint", "POST http://prom:9090/v1/metrics"),
///     Finding::broken("network", "the name \"prom\" is not known", "OTEL_EXPORTER_OTLP_…=…"),
///     Finding::skipped("receiver", "not looked at"),
/// ]);
/// assert_eq!(
///     diagnosis.to_string(),
///     "\
/// ok       endpoint     POST http://prom:9090/v1/metrics
/// broken   network      the name \"prom\" is not known
///                       change: OTEL_EXPORTER_OTLP_…=…
/// skipped  receiver     not looked at
/// "
/// );
/// assert_eq!(diagnosis.broken().map(|finding| finding.layer), Some("network"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    findings: Vec<Finding>,
}

/// What was found of one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The layer in one word or two.
    pub layer: &'static str,
    /// Whether metrics get through it.
    pub verdict: Verdict,
    /// What was seen that says so.
    pub evidence: String,
    /// What to change; there if and only if the layer is broken.
    pub remedy: Option<String>,
}

/// Whether metrics get through a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// They do.
    Ok,
    /// They do not.
    Broken,
    /// It was not looked at, or does not belong to the chosen way.
    Skipped,
}

impl Diagnosis {
    /// These findings, in the order of the layers.
    pub fn new(findings: Vec<Finding>) -> Self {
        Self { findings }
    }

    /// One finding for each layer, in their order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The layer that metrics do not get through; nothing if all is well.
    pub fn broken(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.verdict == Verdict::Broken)
    }

    /// What was found of a layer.
    pub fn of(&self, layer: &str) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.layer == layer)
    }
}

impl Finding {
    /// Metrics get through, for this is what was seen.
    pub fn ok(layer: &'static str, evidence: impl Into<String>) -> Self {
        Self { layer, verdict: Verdict::Ok, evidence: evidence.into(), remedy: None }
    }

    /// Metrics do not get through, for this is what was seen, until this is
    /// changed.
    pub fn broken(
        layer: &'static str,
        evidence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let remedy = Some(remedy.into());
        Self { layer, verdict: Verdict::Broken, evidence: evidence.into(), remedy }
    }

    /// Nobody looked, for this reason.
    pub fn skipped(layer: &'static str, why: impl Into<String>) -> Self {
        Self { layer, verdict: Verdict::Skipped, evidence: why.into(), remedy: None }
    }

    /// Nobody looked, as metrics do not even get here.
    pub fn unseen(layer: &'static str) -> Self {
        Self::skipped(layer, "not looked at: a layer before it is broken")
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        Ok(())
    }
}

/// Where evidence and remedies begin.
const INDENT: &str = "                      ";

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { layer, verdict, evidence, remedy } = self;
        write!(f, "{:<8} {layer:<12} ", verdict.as_str())?;
        indented(f, evidence)?;
        if let Some(remedy) = remedy {
            write!(f, "\n{INDENT}change: ")?;
            indented(f, remedy)?;
        }
        Ok(())
    }
}

/// The lines below each other, beside the names of the layers.
fn indented(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let mut lines = text.lines();
    f.write_str(lines.next().unwrap_or_default())?;
    lines.try_for_each(|line| write!(f, "\n{INDENT}{line}"))
}

impl Verdict {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Broken => "broken",
            Self::Skipped => "skipped",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_lines_stand_below_each_other() {
        let finding = Finding::broken("targets", "one is down\nand another", "one line\n  another");
        assert_eq!(
            finding.to_string(),
            "\
broken   targets      one is down
                      and another
                      change: one line
                        another"
        );
    }
}
