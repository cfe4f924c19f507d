//! What is known about an instrument before anything is recorded.

use std::fmt;

use crate::{
    Kind, Unit, buckets,
    const_text::equal,
    label::{LabelInfo, Values},
    name,
};

/// What an instrument is called, counts and means.
///
/// Made in a constant by the constructors of
/// [`Instrument`](crate::Instrument), which refuse to compile what Prometheus
/// or OpenTelemetry would refuse or spell differently.
#[derive(Debug, PartialEq)]
pub struct Descriptor {
    name: &'static str,
    kind: Kind,
    unit: Unit,
    help: &'static str,
    labels: &'static [LabelInfo],
    buckets: &'static [f64],
}

impl Descriptor {
    /// Dotted and without unit, as OpenTelemetry names it: `llm.duration`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// How the instrument behaves over time.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What one step of the value means.
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// What the value tells an operator: the `# HELP` line.
    pub const fn help(&self) -> &'static str {
        self.help
    }

    /// The label keys in the order of the label set, with what they may hold.
    pub const fn labels(&self) -> &'static [LabelInfo] {
        self.labels
    }

    /// Upper bounds of a histogram's buckets; empty for other kinds.
    pub const fn buckets(&self) -> &'static [f64] {
        self.buckets
    }

    /// The family name in Prometheus: `llm_duration_seconds`.
    pub fn prometheus_name(&self) -> String {
        name::translate(self.name, self.unit.as_str(), self.kind)
    }

    /// The most series that the label types allow, all open labels full.
    pub const fn series_limit(&self) -> usize {
        let mut product: usize = 1;
        let mut at = 0;
        while at < self.labels.len() {
            product = product.saturating_mul(self.labels[at].cardinality());
            at += 1;
        }
        product
    }

    pub(crate) const fn new(
        kind: Kind,
        name: &'static str,
        unit: Unit,
        help: &'static str,
        labels: &'static [LabelInfo],
        buckets: &'static [f64],
    ) -> Self {
        check_name(name);
        check_help(help);
        check_labels(labels);
        check_buckets(kind, buckets);
        assert!(
            !unit.is_ratio() || matches!(kind, Kind::Gauge),
            "the unit 1 is for gauges only: other kinds get no suffix from it"
        );
        Self { name, kind, unit, help, labels, buckets }
    }
}

/// One line for a test or a log: the name in Prometheus, the kind, the labels
/// with their values or their limit, and the buckets by the name of their
/// constant, if they have one.
///
/// ```
/// use botmeter_core::{Histogram, Instrument, Unit, buckets, closed_label};
///
/// closed_label! {
///     /// How it ended.
///     pub enum Status: "status" {
///         /// Well.
///         Success => "success",
///         /// Badly.
///         Error => "error",
///     }
/// }
/// static DURATION: Instrument<Histogram, (Status,)> =
///     Instrument::histogram("bot.duration", Unit::SECONDS, "How long it took.", buckets::FAST);
///
/// assert_eq!(
///     DURATION.descriptor().to_string(),
///     "bot_duration_seconds Histogram [status=success|error] FAST"
/// );
/// ```
impl fmt::Display for Descriptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.prometheus_name(), self.kind)?;
        for (at, label) in self.labels.iter().enumerate() {
            f.write_str(if at == 0 { " [" } else { " " })?;
            match label.values() {
                Values::Closed(values) => write!(f, "{}={}", label.key(), values.join("|"))?,
                Values::Open { limit } => write!(f, "{}<={limit}", label.key())?,
            }
        }
        if !self.labels.is_empty() {
            f.write_str("]")?;
        }
        match (self.buckets, buckets::name(self.buckets)) {
            ([], _) => Ok(()),
            (_, Some(name)) => write!(f, " {name}"),
            (bounds, None) => write!(f, " {bounds:?}"),
        }
    }
}

/// Words that one of the two routes would append, remove or double.
const BANNED: &[&str] =
    &["total", "ratio", "seconds", "bytes", "count", "sum", "bucket", "created", "info"];

const fn check_name(name: &str) {
    let text = name.as_bytes();
    assert!(!text.is_empty(), "an instrument needs a name");
    assert!(text.len() <= 200, "an instrument's name has at most 200 characters");
    assert!(text[0].is_ascii_lowercase(), "an instrument's name starts with a lower-case letter");
    let mut start = 0;
    let mut at = 0;
    while at <= text.len() {
        if at == text.len() || text[at] == b'.' || text[at] == b'_' {
            assert!(at > start, "an instrument's name has no doubled or trailing separator");
            check_word(text, start, at);
            start = at + 1;
        } else {
            assert!(
                text[at].is_ascii_lowercase() || text[at].is_ascii_digit(),
                "an instrument's name is made of lower-case letters, digits, dots and underscores"
            );
        }
        at += 1;
    }
}

const fn check_word(text: &[u8], start: usize, end: usize) {
    // `build_info` is what every dashboard of the field calls it.
    if equal(text, 0, text.len(), b"build.info") {
        return;
    }
    let mut at = 0;
    while at < BANNED.len() {
        assert!(
            !equal(text, start, end, BANNED[at].as_bytes()),
            "an instrument's name must not contain total, ratio, seconds, bytes, count, sum, \
             bucket, created or info: the unit and the kind add their own words"
        );
        at += 1;
    }
}

const fn check_help(help: &str) {
    let text = help.as_bytes();
    assert!(!text.is_empty(), "an instrument needs a help text");
    let mut at = 0;
    while at < text.len() {
        assert!(
            text[at] >= b' ' && text[at] != b'`' && text[at] != b'\\' && text[at] != b'"',
            "a help text is one line of prose without backticks, quotes and backslashes"
        );
        at += 1;
    }
}

const fn check_labels(labels: &[LabelInfo]) {
    let mut at = 0;
    while at < labels.len() {
        let mut other = 0;
        while other < at {
            let (a, b) = (labels[at].key().as_bytes(), labels[other].key().as_bytes());
            assert!(!equal(a, 0, a.len(), b), "an instrument has each label key once");
            other += 1;
        }
        at += 1;
    }
}

const fn check_buckets(kind: Kind, buckets: &[f64]) {
    if !matches!(kind, Kind::Histogram) {
        assert!(buckets.is_empty(), "only histograms have buckets");
        return;
    }
    assert!(!buckets.is_empty(), "a histogram needs buckets");
    let mut at = 0;
    while at < buckets.len() {
        assert!(buckets[at].is_finite(), "a bucket's bound is finite");
        assert!(at == 0 || buckets[at - 1] < buckets[at], "bucket bounds grow strictly");
        at += 1;
    }
}
