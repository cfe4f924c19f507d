//! The pages that scrapers get, read strictly.
//!
//! There are two formats: Prometheus' text format 0.0.4, and OpenMetrics 1.0.
//! A reader that lets faults pass makes wrong numbers of pages that were cut
//! off or mixed up, so whatever the formats forbid is an error here, with its
//! line.

mod cursor;
mod families;
mod line;
#[cfg(test)]
mod tests;

use std::{error, fmt};

/// In which format a page is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Prometheus' text format, version 0.0.4.
    Text,
    /// OpenMetrics, version 1.0.
    OpenMetrics,
}

/// What a page says.
///
/// ```
/// use botmeter_window::exposition::{Format, Kind, Page};
///
/// let text = "# HELP runs_total Runs of bots.\n# TYPE runs_total counter\nruns_total{bot=\"a\"} 3\n";
/// let page = Page::read(text, Format::Text)?;
/// let family = &page.families[0];
/// assert_eq!((family.kind, family.help.as_deref()), (Kind::Counter, Some("Runs of bots.")));
/// assert_eq!(family.samples[0].value, 3.0);
///
/// let error = Page::read("runs_total 3\nruns_total 4\n", Format::Text).unwrap_err();
/// assert_eq!(error.line(), 2);
/// # Ok::<(), botmeter_window::exposition::Malformed>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Its families, in their order.
    pub families: Vec<Family>,
}

/// Samples that belong together, with what is said of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Family {
    /// What it is called; its samples may have an ending more.
    pub name: String,
    /// The text of `# HELP`.
    pub help: Option<String>,
    /// The word of `# TYPE`; unknown if there is none.
    pub kind: Kind,
    /// The word of `# UNIT`, which is in OpenMetrics alone.
    pub unit: Option<String>,
    /// Its samples, in their order.
    pub samples: Vec<Sample>,
}

/// What a family holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Nobody says; `untyped` in the text format.
    #[default]
    Unknown,
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Observations by buckets.
    Histogram,
    /// Observations by quantiles.
    Summary,
    /// Values by buckets that go up and down; OpenMetrics alone.
    GaugeHistogram,
    /// Texts as labels; OpenMetrics alone.
    Info,
    /// Which of some states there are; OpenMetrics alone.
    StateSet,
}

/// One number.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Its name: that of the family, with an ending or without.
    pub name: String,
    /// Its labels as they stand there.
    pub labels: Vec<(String, String)>,
    /// The number, which may be infinite or none.
    pub value: f64,
    /// Its own time in milliseconds, if the page gives one.
    pub at: Option<i64>,
    /// One of the events that it counts.
    pub exemplar: Option<Exemplar>,
}

/// An event that stands for others.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// What leads to it, such as the number of a trace.
    pub labels: Vec<(String, String)>,
    /// What was observed.
    pub value: f64,
    /// When, in milliseconds.
    pub at: Option<i64>,
}

/// A page breaks its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    line: usize,
    text: String,
    fault: String,
}

impl Format {
    /// The format that the header `Content-Type` names, if it is one of these.
    ///
    /// ```
    /// use botmeter_window::exposition::Format;
    ///
    /// let of = Format::of_content_type;
    /// assert_eq!(of("text/plain; version=0.0.4; charset=utf-8"), Some(Format::Text));
    /// assert_eq!(of("application/openmetrics-text; version=1.0.0"), Some(Format::OpenMetrics));
    /// assert_eq!(of("text/html"), None);
    /// ```
    pub fn of_content_type(header: &str) -> Option<Self> {
        let essence = header.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/openmetrics-text") {
            Some(Self::OpenMetrics)
        } else if essence.eq_ignore_ascii_case("text/plain") {
            Some(Self::Text)
        } else {
            None
        }
    }
}

impl Page {
    /// Reads a page.
    ///
    /// Refused is what the format forbids, and what a page has that was cut
    /// off: a family in two places, a sample twice, labels without an end, a
    /// last line without one, OpenMetrics without `# EOF`. Names in quotes,
    /// which newer versions of both formats have, are read.
    ///
    /// # Errors
    ///
    /// The first line that breaks the format, why, and what to do.
    pub fn read(text: &str, format: Format) -> Result<Self, Malformed> {
        let mut families = families::Families::new(format);
        let mut lines = text.split_inclusive('\n').enumerate();
        for (number, line) in &mut lines {
            let whole = line.strip_suffix('\n');
            let malformed = |fault| Malformed::new(number + 1, line, fault);
            if format == Format::OpenMetrics && line.trim_end_matches('\n') == "# EOF" {
                return match lines.next() {
                    None => Ok(Self { families: families.finish() }),
                    Some((number, line)) => {
                        let fault = "it stands behind # EOF; end the page there".to_owned();
                        Err(Malformed::new(number + 1, line, fault))
                    }
                };
            }
            line::read(whole.unwrap_or(line), format)
                .and_then(|line| families.take(line))
                .map_err(malformed)?;
            if whole.is_none() {
                return Err(malformed("it has no end; was the page cut off?".to_owned()));
            }
        }
        if format == Format::OpenMetrics {
            let fault = "the page ends without # EOF; was it cut off?".to_owned();
            return Err(Malformed::new(text.lines().count() + 1, "", fault));
        }
        Ok(Self { families: families.finish() })
    }

    /// All samples of all families.
    pub fn samples(&self) -> impl Iterator<Item = &Sample> {
        self.families.iter().flat_map(|family| &family.samples)
    }
}

impl Kind {
    /// The word of `# TYPE`, in OpenMetrics' spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::GaugeHistogram => "gaugehistogram",
            Self::Info => "info",
            Self::StateSet => "stateset",
        }
    }
}

impl Malformed {
    /// What an error quotes of a line at most.
    const QUOTED: usize = 80;

    fn new(line: usize, text: &str, fault: String) -> Self {
        let mut text = text.trim_end_matches('\n').to_owned();
        if let Some((end, _)) = text.char_indices().nth(Self::QUOTED) {
            text.truncate(end);
            text.push('…');
        }
        Self { line, text, fault }
    }

    /// The number of the line, from 1 on.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is wrong with it, and what to do.
    pub fn fault(&self) -> &str {
        &self.fault
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, text, fault } = self;
        write!(f, "read line {line} of the page, {text:?}: {fault}")
    }
}

impl error::Error for Malformed {}
