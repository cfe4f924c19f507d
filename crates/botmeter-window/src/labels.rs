//! The labels of a series or of a row.

use std::sync::Arc;

/// The label that holds the name of a series.
pub(crate) const NAME: &str = "__name__";

/// Labels, sorted by their keys; the name of a series is one of them.
///
/// ```
/// use botmeter_window::Labels;
///
/// let labels = Labels::of("bot_runs_total", [("status", "error"), ("bot", "mail")]);
/// assert_eq!(labels.name(), Some("bot_runs_total"));
/// assert_eq!(labels.get("bot"), Some("mail"));
/// // To Prometheus, a label without a value is none.
/// assert_eq!(labels, Labels::of("bot_runs_total", [("bot", "mail"), ("status", "error"), ("x", "")]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Labels(Arc<[(Box<str>, Box<str>)]>);

impl Labels {
    /// The labels of a series that is called so.
    pub fn of<'a>(name: &'a str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self::from_pairs(pairs.into_iter().chain([(NAME, name)]))
    }

    /// Labels by key and value; of a key that is there twice, the first counts.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut pairs: Vec<_> = pairs.into_iter().collect();
        pairs.sort_by_key(|(key, _)| *key);
        pairs.dedup_by_key(|(key, _)| *key);
        let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        Self(pairs.map(|(key, value)| (key.into(), value.into())).collect())
    }

    /// The value of a label.
    pub fn get(&self, key: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(known, _)| (**known).cmp(key)).ok()?;
        self.0.get(at).map(|(_, value)| &**value)
    }

    /// The name of the series; answers of arithmetic have none.
    pub fn name(&self) -> Option<&str> {
        self.get(NAME)
    }

    /// All pairs of a key and a value, in the order of the keys.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (&**key, &**value))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether these are the very same, and not only equal.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// How many bytes they take, about: each text is a piece of memory.
    pub(crate) fn weight(&self) -> usize {
        let pairs = self.pairs();
        pairs.map(|(key, value)| key.len() + value.len() + 64).sum::<usize>() + 16
    }

    /// The same labels without the name, by which series are paired.
    pub(crate) fn without_name(&self) -> Self {
        if self.name().is_none() {
            return self.clone();
        }
        Self::from_pairs(self.pairs().filter(|(key, _)| *key != NAME))
    }

    /// The labels of what a rule of this name records; those that the rule adds
    /// come before those of the answer.
    pub(crate) fn of_rule(&self, name: &str, added: &[(&str, String)]) -> Self {
        self.with(NAME, name, added)
    }

    /// The labels of an alert of this name.
    pub(crate) fn of_alert(&self, name: &str, added: &[(&str, String)]) -> Self {
        self.without_name().with("alertname", name, added)
    }

    fn with(&self, key: &str, name: &str, added: &[(&str, String)]) -> Self {
        let added = added.iter().map(|(key, value)| (*key, value.as_str()));
        Self::from_pairs([(key, name)].into_iter().chain(added).chain(self.pairs()))
    }
}
