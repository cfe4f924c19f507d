//! The groups of answers, and what they are called.

use std::collections::BTreeMap;

use botmeter_board::Panel;
use botmeter_window::Labels;

use super::Common;

/// One group of one query, at all moments.
#[derive(Debug)]
pub(super) struct Group {
    /// Which line of the panel asked for it.
    pub(super) line: usize,
    pub(super) labels: Labels,
    pub(super) name: String,
    /// A value for each moment, where there is one.
    pub(super) values: Vec<Option<f64>>,
}

impl Group {
    /// Whether no label tells it from others.
    pub(super) fn is_plain(&self) -> bool {
        self.labels.pairs().next().is_none()
    }
}

/// Names the groups by their lines and by the labels that tell them apart, and
/// returns the labels that do not.
pub(super) fn name(groups: &mut [Group], panel: &Panel) -> Common {
    let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for group in &*groups {
        let Some(line) = panel.lines.get(group.line) else { continue };
        for key in panel.naming_labels(line) {
            values.entry(key).or_default().push(group.labels.get(key).unwrap_or_default());
        }
    }
    let count = groups.len();
    let is_common = |values: &[&str]| {
        // A label that not all have tells something by being there.
        values.len() == count && values.iter().all(|value| Some(value) == values.first())
    };
    let common: Common = values
        .into_iter()
        .filter(|(_, values)| is_common(values))
        .filter_map(|(key, values)| Some((key.to_owned(), (*values.first()?).to_owned())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    for group in &mut *groups {
        let Some(line) = panel.lines.get(group.line) else { continue };
        let keys = panel.naming_labels(line);
        let telling = keys.iter().filter(|key| common.iter().all(|(known, _)| known != *key));
        let own = telling.filter_map(|key| group.labels.get(key));
        let parts: Vec<_> = line.name.as_deref().into_iter().chain(own).collect();
        group.name = parts.join(" ");
    }
    // What is alone may be called by what it has in common with nobody else.
    if let [alone] = groups
        && alone.name.is_empty()
    {
        let parts: Vec<_> = common.iter().map(|(_, value)| value.as_str()).collect();
        alone.name = if parts.is_empty() { panel.title.to_string() } else { parts.join(" ") };
        return Common::new();
    }
    common
}
