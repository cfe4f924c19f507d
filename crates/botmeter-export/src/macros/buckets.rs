//! The buckets of histograms that others record.

use botmeter_core::{Error, Kind};

/// The bounds of histograms for which there are no others. What they measure is
/// unknown, so they go from milliseconds to thousands. None is a whole number,
/// which a page and a push spell differently.
pub const DEFAULT_BUCKETS: &[f64] = &[
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.5, 2.5, 5.5, 10.5, 25.5, 50.5,
    100.5, 250.5, 500.5, 1000.5, 2500.5, 5000.5, 10000.5,
];

/// The bounds of histograms that others record, by their names.
///
/// Names are those on the page. The whole name decides before its beginning and
/// its end; of several beginnings and ends that fit, the one that was given
/// first.
///
/// ```
/// use botmeter_core::{Memory, Meter};
/// use botmeter_export::macros::{Buckets, Macros};
///
/// let buckets = Buckets::new()
///     .by_default(&[0.5, 5.5, 50.5])
///     .for_suffix("_seconds", &[0.1, 1.5])
///     .for_name("db_wait_seconds", &[0.001, 0.01]);
/// let memory = Memory::new();
/// let recorder = Macros::new(&Meter::new(memory.clone()), buckets)?;
/// metrics::with_local_recorder(&recorder, || {
///     metrics::histogram!("db.wait.seconds").record(0.005);
/// });
/// assert!(memory.text().contains("db_wait_seconds_bucket{le=\"0.01\"} 1\n"));
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "buckets do nothing unless a recorder has them"]
pub struct Buckets {
    default: Vec<f64>,
    rules: Vec<(Rule, Vec<f64>)>,
}

#[derive(Clone, Debug)]
enum Rule {
    Name(String),
    Prefix(String),
    Suffix(String),
}

impl Buckets {
    /// [`DEFAULT_BUCKETS`] for all.
    pub fn new() -> Self {
        Self { default: DEFAULT_BUCKETS.to_vec(), rules: Vec::new() }
    }

    /// Upper bounds, growing, for what has no others.
    pub fn by_default(self, bounds: &[f64]) -> Self {
        Self { default: bounds.to_vec(), ..self }
    }

    /// Upper bounds, growing, for the histogram of this name.
    pub fn for_name(self, name: impl Into<String>, bounds: &[f64]) -> Self {
        self.with(Rule::Name(name.into()), bounds)
    }

    /// Upper bounds, growing, for histograms whose names begin like this.
    pub fn for_prefix(self, prefix: impl Into<String>, bounds: &[f64]) -> Self {
        self.with(Rule::Prefix(prefix.into()), bounds)
    }

    /// Upper bounds, growing, for histograms whose names end like this.
    pub fn for_suffix(self, suffix: impl Into<String>, bounds: &[f64]) -> Self {
        self.with(Rule::Suffix(suffix.into()), bounds)
    }

    fn with(mut self, rule: Rule, bounds: &[f64]) -> Self {
        self.rules.push((rule, bounds.to_vec()));
        self
    }

    /// The bounds of what is called so on the page; none if it is no histogram.
    pub(super) fn of_kind(&self, kind: Kind, name: &str) -> &[f64] {
        if kind != Kind::Histogram {
            return &[];
        }
        let exact = |rule: &Rule| matches!(rule, Rule::Name(whole) if whole == name);
        let near = |rule: &Rule| match rule {
            Rule::Name(_) => false,
            Rule::Prefix(prefix) => name.starts_with(prefix.as_str()),
            Rule::Suffix(suffix) => name.ends_with(suffix.as_str()),
        };
        let found = self.rules.iter().find(|(rule, _)| exact(rule));
        let found = found.or_else(|| self.rules.iter().find(|(rule, _)| near(rule)));
        found.map_or(&self.default, |(_, bounds)| bounds)
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let all = self.rules.iter().map(|(rule, bounds)| (Some(rule), bounds));
        for (rule, bounds) in all.chain([(None, &self.default)]) {
            let can_be = !bounds.is_empty()
                && bounds.iter().all(|bound| bound.is_finite())
                && bounds.is_sorted_by(|a, b| a < b);
            if !can_be {
                let of = rule.map_or_else(|| "by default".to_owned(), |rule| format!("{rule:?}"));
                return Err(Error::bad_setting(format!(
                    "set the buckets of others' histograms to {bounds:?} ({of}): give at least one \
                     bound, finite and growing"
                )));
            }
        }
        Ok(())
    }
}

impl Default for Buckets {
    fn default() -> Self {
        Self::new()
    }
}
