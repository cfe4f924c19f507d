//! Where a query stands.

use std::{collections::BTreeMap, time::Duration};

use botmeter_board::{Scope, Selection, Variable, Window};
use botmeter_core::label::LabelInfo;

use crate::Labels;

/// Where a query stands, which decides what it selects and groups by.
#[derive(Clone, Debug)]
pub enum Place<'a> {
    /// A panel follows what is chosen on its dashboard.
    Panel(View<'a>),
    /// A rule looks at all jobs, each by itself.
    Rule,
}

/// What a panel looks at.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// What one line of the panel stands for.
    pub scope: Scope,
    /// What can be chosen beside job and instance.
    pub variables: &'a [Variable],
    /// What is chosen.
    pub chosen: &'a Chosen,
    /// The time that rates are taken over: see [`rate_interval`].
    pub rate_interval: Duration,
    /// All of the time that the dashboard shows.
    pub shown: Duration,
}

/// Which label values are chosen on a page. Where none is, all are.
///
/// ```
/// use botmeter_window::Chosen;
///
/// let chosen = Chosen::default().only("job", ["mail-bots"]).only("model", ["large", "small"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Chosen(BTreeMap<String, Vec<String>>);

/// The time that a panel takes rates over, as Grafana chooses it: four scrapes,
/// or one more than lies between two moments of the picture.
///
/// ```
/// use std::time::Duration;
///
/// use botmeter_window::rate_interval;
///
/// let scrape = Duration::from_secs(15);
/// assert_eq!(rate_interval(Duration::from_secs(15), scrape), Duration::from_mins(1));
/// assert_eq!(rate_interval(Duration::from_secs(120), scrape), Duration::from_secs(135));
/// ```
pub fn rate_interval(step: Duration, scrape: Duration) -> Duration {
    (step + scrape).max(scrape * 4)
}

impl Chosen {
    /// Only these values of the label `key`.
    #[must_use]
    pub fn only<V: Into<String>>(
        mut self,
        key: impl Into<String>,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        self.0.insert(key.into(), values.into_iter().map(Into::into).collect());
        self
    }

    /// All values of the label `key` again.
    #[must_use]
    pub fn all(mut self, key: &str) -> Self {
        self.0.remove(key);
        self
    }

    /// Whether this value of the label `key` is among those that are chosen.
    pub fn has(&self, key: &str, value: &str) -> bool {
        self.0.get(key).is_some_and(|values| values.iter().any(|chosen| chosen == value))
    }

    /// Whether something is chosen of the label `key`.
    pub(crate) fn is_of(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Keys and values that are chosen.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().flat_map(|(key, values)| values.iter().map(|value| (&**key, &**value)))
    }

    /// How many bytes it takes, about: each text is a piece of memory.
    pub(crate) fn weight(&self) -> usize {
        self.pairs().map(|(key, value)| key.len() + value.len() + 64).sum()
    }

    fn admits(&self, key: &str, value: &str) -> bool {
        !self.is_of(key) || self.has(key, value)
    }
}

/// What a page leaves in of the series of an instrument: those of a bot that
/// have one of these values for each of these labels.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Choice(Vec<(&'static str, Vec<String>)>);

impl Choice {
    pub(crate) fn admits(&self, labels: &Labels) -> bool {
        let is_there = |key: &str| labels.get(key).is_some();
        is_there("job")
            && is_there("instance")
            && self.0.iter().all(|(key, values)| {
                let own = labels.get(key).unwrap_or_default();
                values.iter().any(|value| value == own)
            })
    }

    /// How many bytes it takes, about: each text is a piece of memory.
    pub(crate) fn weight(&self) -> usize {
        self.0.iter().flat_map(|(_, values)| values).map(|value| value.len() + 64).sum()
    }
}

impl Place<'_> {
    /// The labels beside the query's own that set results apart.
    pub(crate) fn scope(&self) -> &'static [&'static str] {
        match self {
            Self::Panel(View { scope: Scope::Fleet, .. }) => &[],
            Self::Panel(View { scope: Scope::Job, .. }) | Self::Rule => &["job"],
            Self::Panel(View { scope: Scope::Instance, .. }) => &["job", "instance"],
        }
    }

    /// The length of a window; none for what the dashboard shows in a rule,
    /// which generators refuse.
    pub(crate) fn window(&self, window: Window) -> Option<Duration> {
        match (window, self) {
            (Window::Of(of), _) => Some(of),
            (Window::Auto, Self::Rule) => Some(Duration::from_mins(5)),
            (Window::Auto, Self::Panel(view)) => Some(view.rate_interval),
            (Window::Shown, Self::Panel(view)) => Some(view.shown),
            (Window::Shown, Self::Rule) => None,
        }
    }

    /// What the page leaves in of these series; nothing if this is a rule, to
    /// which all of them matter.
    pub(crate) fn choice(&self, selection: &Selection) -> Option<Choice> {
        let Self::Panel(view) = self else { return None };
        let labels = selection.instrument.labels();
        let variables = view.variables.iter().map(|variable| &variable.label);
        let own = variables.filter(|label| labels.contains(label)).map(LabelInfo::key);
        let keys = ["job", "instance"].into_iter().chain(own);
        let chosen = keys.filter_map(|key| Some((key, view.chosen.0.get(key)?.clone())));
        Some(Choice(chosen.collect()))
    }

    /// Whether the choice on the page leaves this job in: alerts are by job.
    pub(crate) fn admits_job(&self, labels: &Labels) -> bool {
        let Self::Panel(view) = self else { return true };
        labels.get("job").is_some_and(|job| view.chosen.admits("job", job))
    }
}
