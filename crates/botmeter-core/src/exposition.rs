//! The store as text: what a scrape gets to see.

use std::{fmt::Write as _, ops::ControlFlow, sync::Arc};

use crate::{
    Kind,
    store::{Alike, Exemplar, Family, Identity, Labels, Point, Store},
};

/// How the text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// The text format of Prometheus, version 0.0.4, which every version of it
    /// reads.
    Prometheus,
    /// OpenMetrics 1.0, with exemplars.
    OpenMetrics,
}

/// Writes all series of a store, in pieces: families sorted by name, series by
/// labels, buckets by bound.
///
/// ```
/// use botmeter_core::{Counter, Discard, Exposition, Format, Instrument, Meter, Unit};
///
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
///
/// let meter = Meter::new(Discard);
/// RUNS.bind(&meter, ()).add(2);
/// let text = Exposition::new(meter.store(), Format::OpenMetrics).all();
/// assert_eq!(
///     text,
///     "# HELP bot_runs Runs of bots.\n# TYPE bot_runs counter\nbot_runs_total 2\n# EOF\n"
/// );
/// ```
///
/// A clone goes on where the original is.
#[derive(Clone, Debug)]
pub struct Exposition {
    format: Format,
    families: Arc<[Arc<Family>]>,
    /// How many families were begun.
    begun: usize,
    current: Option<Current>,
    is_over: bool,
}

/// The family that is being written.
#[derive(Clone, Debug)]
struct Current {
    family: Arc<Family>,
    /// The series that was written last.
    after: Option<Box<Labels>>,
    /// `le="…"` of each bucket.
    bounds: Arc<[String]>,
}

impl Exposition {
    /// Nothing is written yet; each piece shows what the series are at when it
    /// is written.
    pub fn new(store: &Store, format: Format) -> Self {
        Self { format, families: store.families().into(), begun: 0, current: None, is_over: false }
    }

    /// All in one text.
    pub fn all(mut self) -> String {
        let mut text = String::new();
        while self.write(&mut text, usize::MAX) {}
        text
    }

    /// Appends whole series until the text is at least that long; whether
    /// there may be more.
    pub fn write(&mut self, text: &mut String, at_least: usize) -> bool {
        let mut scratch = Vec::new();
        while text.len() < at_least {
            let Some(mut current) = self.current.take().or_else(|| self.next()) else {
                if self.format == Format::OpenMetrics && !self.is_over {
                    text.push_str("# EOF\n");
                }
                self.is_over = true;
                return false;
            };
            if current.write(text, at_least, self.format, &mut scratch).is_break() {
                self.current = Some(current);
            }
        }
        !self.is_over
    }

    fn next(&mut self) -> Option<Current> {
        let family = Arc::clone(self.families.get(self.begun)?);
        self.begun += 1;
        let finite = family.identity().bounds().iter();
        let bound = |bound: &f64| match self.format {
            Format::Prometheus => format!("le=\"{bound}\""),
            // Canonical there: with a point in it.
            Format::OpenMetrics => format!("le=\"{bound:?}\""),
        };
        let bounds = finite.map(bound).chain(["le=\"+Inf\"".to_owned()]).collect();
        Some(Current { family, after: None, bounds })
    }
}

impl Current {
    fn write(
        &mut self,
        text: &mut String,
        at_least: usize,
        format: Format,
        scratch: &mut Vec<u64>,
    ) -> ControlFlow<()> {
        let Self { family, after, bounds } = self;
        let mut has_head = after.is_some();
        let mut last = None;
        let mut alike = Alike::default();
        let read = family.read(after.as_deref(), scratch, |labels, _, point| {
            if !has_head {
                head(text, family.identity(), format);
                has_head = true;
            }
            Lines { text, alike: &mut alike, family, labels, bounds, format }.write(point);
            if text.len() < at_least {
                return ControlFlow::Continue(());
            }
            last = Some(labels.into());
            ControlFlow::Break(())
        });
        *after = last;
        read
    }
}

fn head(text: &mut String, identity: &Identity, format: Format) {
    let name = family_name(identity, format);
    if !identity.help().is_empty() {
        text.extend(["# HELP ", name, " "]);
        for c in identity.help().chars() {
            match c {
                '\\' => text.push_str("\\\\"),
                '\n' => text.push_str("\\n"),
                '"' if format == Format::OpenMetrics => text.push_str("\\\""),
                _ => text.push(c),
            }
        }
        text.push('\n');
    }
    text.extend(["# TYPE ", name, " ", identity.kind().prometheus(), "\n"]);
}

/// OpenMetrics calls a counter's family by its name without `_total`.
fn family_name(identity: &Identity, format: Format) -> &str {
    let name = identity.prometheus_name();
    match (format, identity.kind()) {
        (Format::OpenMetrics, Kind::Counter | Kind::FloatCounter) => {
            name.strip_suffix("_total").unwrap_or(name)
        }
        _ => name,
    }
}

/// Writes the lines of one series.
struct Lines<'a> {
    text: &'a mut String,
    alike: &'a mut Alike,
    family: &'a Family,
    labels: &'a Labels,
    bounds: &'a [String],
    format: Format,
}

impl Lines<'_> {
    fn write(&mut self, point: Point<'_>) {
        match point {
            Point::Counter(n) => {
                self.begin("");
                self.close();
                self.whole(n);
                self.exemplar_of_counter();
            }
            Point::FloatCounter(x) => {
                self.begin("");
                self.close();
                self.number(x);
                self.exemplar_of_counter();
            }
            Point::UpDownCounter(n) => {
                self.begin("");
                self.close();
                if n < 0 {
                    self.text.push('-');
                }
                self.whole(n.unsigned_abs());
            }
            Point::Gauge(x) => {
                self.begin("");
                self.close();
                self.number(x);
            }
            Point::Histogram { buckets, sum } => self.histogram(buckets, sum),
        }
        self.text.push('\n');
    }

    fn histogram(&mut self, buckets: &[u64], sum: f64) {
        let exemplars = match self.format {
            Format::OpenMetrics => self.family.exemplars(self.labels),
            Format::Prometheus => std::collections::BTreeMap::new(),
        };
        self.begin("_bucket");
        let mut below = 0;
        let bounds = self.bounds;
        for (at, (bound, count)) in bounds.iter().zip(buckets).enumerate() {
            below += count;
            if at > 0 {
                self.text.extend_from_within(self.alike.whole());
            }
            self.text.push_str(if self.labels.is_empty() { "{" } else { "," });
            self.text.push_str(bound);
            self.text.push_str("} ");
            self.whole(below);
            if let Some(exemplar) = exemplars.get(&at) {
                self.exemplar(exemplar);
            }
            self.text.push('\n');
        }
        self.begin_beside("_sum");
        self.number(sum);
        self.text.push('\n');
        self.begin_beside("_count");
        self.whole(below);
    }

    /// Name and labels, up to where a bound has its place.
    fn begin(&mut self, suffix: &str) {
        let Self { text, alike, labels, .. } = self;
        let (common, rest) = alike.next(text.len(), labels);
        if common.is_empty() {
            text.push_str(self.family.identity().prometheus_name());
            text.push_str(suffix);
            alike.head_ends(text.len());
        }
        text.extend_from_within(common);
        let mut is_first = rest.len() == labels.len();
        for label in rest {
            text.push(if is_first { '{' } else { ',' });
            is_first = false;
            text.push_str(label.text());
            alike.label_ends(label, text.len());
        }
    }

    /// The same name with another suffix, and the same labels.
    fn begin_beside(&mut self, suffix: &str) {
        self.text.push_str(self.family.identity().prometheus_name());
        self.text.push_str(suffix);
        self.text.extend_from_within(self.alike.labels());
        self.close();
    }

    /// What stands between labels and number.
    fn close(&mut self) {
        self.text.push_str(if self.labels.is_empty() { " " } else { "} " });
    }

    fn whole(&mut self, n: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = n;
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.text.push_str(std::str::from_utf8(&digits[at..]).unwrap_or_default());
    }

    /// Without an exponent, as Prometheus' receiver of OTLP writes it.
    fn number(&mut self, x: f64) {
        if x.is_infinite() {
            self.text.push_str(if x > 0.0 { "+Inf" } else { "-Inf" });
        } else {
            // Writing to a string cannot fail.
            let _written = write!(self.text, "{x}");
        }
    }

    fn exemplar_of_counter(&mut self) {
        if self.format == Format::OpenMetrics
            && let Some(exemplar) = self.family.exemplars(self.labels).get(&0)
        {
            self.exemplar(exemplar);
        }
    }

    fn exemplar(&mut self, exemplar: &Exemplar) {
        let Exemplar { span, value, time } = exemplar;
        self.text.push_str(" # {trace_id=\"");
        hex(self.text, &span.trace_id);
        self.text.push_str("\",span_id=\"");
        hex(self.text, &span.span_id);
        let (seconds, nanos) = (time / 1_000_000_000, time % 1_000_000_000);
        let _written = write!(self.text, "\"}} {value} {seconds}.{nanos:09}");
    }
}

fn hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        let _written = write!(text, "{byte:02x}");
    }
}
