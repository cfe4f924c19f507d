//! Events of which a share goes wrong, made for the measure of an objective.

use std::time::Duration;

use botmeter_core::{
    Descriptor,
    label::{LabelInfo, Values},
};

use crate::{Behavior, Feed, Measure, Part, Selection};

type Labels = Vec<(&'static str, String)>;

impl Measure {
    /// So many events a minute, of which a share goes wrong; nothing if no
    /// label values can tell right from wrong.
    pub fn events(&self, bad_share: f64, per_minute: f64) -> Option<Vec<Feed>> {
        let (bad, good) = (per_minute * bad_share, per_minute * (1.0 - bad_share));
        match self {
            Measure::Latency { of, bound } => {
                let labels = labels(of.instrument, &[of], None)?;
                let slow = of.instrument.buckets().last().map_or(*bound, |last| last * 2.0);
                let observes = |value, per_minute| {
                    feed(of.instrument, labels.clone(), Behavior::Observes { value, per_minute })
                };
                Some(vec![observes(*bound, good), observes(slow, bad)])
            }
            Measure::Events { bad: wrong, all } if wrong.instrument == all.instrument => {
                let wrong_labels = labels(all.instrument, &[wrong, all], None)?;
                let right_labels = labels(all.instrument, &[all], Some(wrong))?;
                Some(vec![counted(all, wrong_labels, bad), counted(all, right_labels, good)])
            }
            Measure::Events { bad: wrong, all } => {
                let wrong_labels = labels(wrong.instrument, &[wrong], None)?;
                let all_labels = labels(all.instrument, &[all], None)?;
                Some(vec![counted(wrong, wrong_labels, bad), counted(all, all_labels, per_minute)])
            }
        }
    }
}

fn counted(of: &Selection, labels: Labels, per_minute: f64) -> Feed {
    let behavior = match of.part {
        Part::Value => Behavior::Grows(per_minute),
        // Of a histogram, only the number of observations is asked for.
        Part::Buckets | Part::Bucket(_) | Part::Sum | Part::Count => {
            Behavior::Observes { value: 0.0, per_minute }
        }
    };
    feed(of.instrument, labels, behavior)
}

fn feed(instrument: &'static Descriptor, labels: Labels, behavior: Behavior) -> Feed {
    Feed { instrument, labels, behavior, from: Duration::ZERO, until: None }
}

/// The first label values that the selections take and the other one does not.
fn labels(
    instrument: &'static Descriptor,
    taken: &[&Selection],
    refused: Option<&Selection>,
) -> Option<Labels> {
    let fits = |labels: &Labels| {
        taken.iter().all(|selection| takes(selection, labels))
            && !refused.is_some_and(|selection| takes(selection, labels))
    };
    let told: Vec<_> = taken.iter().copied().chain(refused).collect();
    combination(instrument.labels(), &told, &mut Vec::new(), &fits)
}

fn combination(
    rest: &'static [LabelInfo],
    told: &[&Selection],
    so_far: &mut Labels,
    fits: &dyn Fn(&Labels) -> bool,
) -> Option<Labels> {
    let Some((label, rest)) = rest.split_first() else {
        return fits(so_far).then(|| so_far.clone());
    };
    let values: Vec<&str> = match label.values() {
        Values::Closed(values) => values.to_vec(),
        // Any text will do, but for where one is asked for.
        Values::Open { .. } => {
            let matchers = told.iter().flat_map(|selection| &selection.matchers);
            let own = matchers.filter(|matcher| matcher.key == label.key());
            let texts = own.flat_map(|matcher| &matcher.values).map(|text| &**text);
            ["example"].into_iter().chain(texts).collect()
        }
    };
    for value in values {
        so_far.push((label.key(), value.to_owned()));
        let found = combination(rest, told, so_far, fits);
        so_far.pop();
        if found.is_some() {
            return found;
        }
    }
    None
}

fn takes(selection: &Selection, labels: &Labels) -> bool {
    selection.matchers.iter().all(|matcher| {
        let value = labels.iter().find(|(key, _)| *key == matcher.key).map(|(_, value)| value);
        let is_one = value.is_some_and(|value| matcher.values.iter().any(|text| text == value));
        is_one == matcher.is_wanted
    })
}
