//! Where examples happen: in several places at once, where rules are to tell
//! these apart.

use botmeter_board::EXAMPLE_JOB;

use super::text;
use crate::Fleet;

/// Where a bot is that does what an example says.
#[derive(Debug)]
pub(super) struct Place {
    /// What its series have beside job and instance.
    pub(super) labels: Vec<(String, String)>,
    /// What its job is called in texts.
    pub(super) job: String,
    /// Whether rules look there.
    pub(super) is_watched: bool,
}

/// One place, and for each label one that differs from it in nothing else: if
/// the rules forgot the label, both would be one.
pub(super) fn places(fleet: &Fleet) -> Vec<Place> {
    let one: Vec<_> = fleet
        .selected
        .iter()
        .cloned()
        .chain(fleet.labels.iter().map(|key| (key.clone(), format!("example-{key}"))))
        .collect();
    let mut places = vec![Place::of(fleet, one.clone(), true)];
    for at in 0..one.len() {
        let mut labels = one.clone();
        labels[at].1 = format!("not-{}", one[at].1);
        places.push(Place::of(fleet, labels, at >= fleet.selected.len()));
    }
    places
}

impl Place {
    fn of(fleet: &Fleet, labels: Vec<(String, String)>, is_watched: bool) -> Self {
        let value = |key: &str| {
            let found = labels.iter().find(|(of, _)| of == key);
            found.map_or_else(|| EXAMPLE_JOB.to_owned(), |(_, value)| value.clone())
        };
        let job = text::job(fleet, value);
        Self { labels, job, is_watched }
    }

    /// Its labels by their keys.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> + Clone {
        self.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}
