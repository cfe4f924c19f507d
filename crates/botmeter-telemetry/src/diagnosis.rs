//! What a diagnosis says, layer by layer.

use std::fmt;

use botmeter_export::finding::{Finding, Verdict};

/// The way of the metrics, layer by layer, up to the first that is broken.
///
/// Prints one paragraph for each layer, and one for those that were skipped
/// for the same reason:
///
/// ```
/// use botmeter_telemetry::{Diagnosis, Finding};
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

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What was skipped for one reason is one line.
        let is_alike = |a: &Finding, b: &Finding| {
            a.verdict == Verdict::Skipped && b.verdict == a.verdict && a.evidence == b.evidence
        };
        self.findings.chunk_by(is_alike).try_for_each(|alike| match alike {
            [one] => writeln!(f, "{one}"),
            several => {
                let layers: Vec<&str> = several.iter().map(|finding| finding.layer).collect();
                writeln!(f, "skipped  {}: {}", layers.join(", "), several[0].evidence)
            }
        })
    }
}
