//! What a diagnosis says of one layer.

use std::fmt;

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
    /// What to change; there if the layer is broken, or could do more.
    pub remedy: Option<String>,
}

/// Whether metrics get through a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// They do.
    Ok,
    /// They do, and something else is missing.
    Hint,
    /// They do not.
    Broken,
    /// It was not looked at, or does not belong to the chosen way.
    Skipped,
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

    /// Metrics get through, and yet this is missing, which can be changed.
    pub fn hint(
        layer: &'static str,
        evidence: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { verdict: Verdict::Hint, ..Self::broken(layer, evidence, remedy) }
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
            Self::Hint => "hint",
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
