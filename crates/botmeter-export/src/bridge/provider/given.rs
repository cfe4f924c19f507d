//! What a provider is given: names, attributes and points.

use std::{ops::ControlFlow, sync::Arc};

use botmeter_core::{
    problem,
    store::{Identity, Labels, Point, Store, pairs},
};
use opentelemetry::{KeyValue, metrics::AsyncInstrument};

/// Whether the provider keeps a callback: one that does nothing lets it go.
pub(super) fn is_taken(register: impl FnOnce(Arc<()>)) -> bool {
    let kept = Arc::new(());
    register(Arc::clone(&kept));
    Arc::strong_count(&kept) > 1
}

/// Observes all series of a family. They are read before, because an observer is
/// foreign code, and might need the family for another series.
pub(super) fn observe_all<T>(
    store: &Store,
    name: &str,
    number: impl Fn(Point<'_>) -> Option<T>,
    observer: &dyn AsyncInstrument<T>,
) {
    let mut points = Vec::new();
    if let Some(family) = store.family(name) {
        let _all_read = family.read(None, &mut Vec::new(), |labels, _, point| {
            points.extend(number(point).map(|number| (attributes_of(labels), number)));
            ControlFlow::Continue(())
        });
    }
    for (attributes, number) in points {
        observer.observe(number, &attributes);
    }
}

pub(super) fn attributes_of(labels: &Labels) -> Vec<KeyValue> {
    pairs(labels).map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned())).collect()
}

/// The name as the provider can have it: as we push it, or as it is on the
/// page. What can be neither is warned of; it is known from then on.
pub(super) fn spelt(identity: &Identity) -> Option<String> {
    let can_be = |name: &&str| {
        name.len() <= 255
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-/".contains(c))
    };
    let names = [identity.name(), identity.prometheus_name()];
    let found = names.into_iter().find(can_be).map(str::to_owned);
    if found.is_none() {
        problem!(
            warn,
            name = identity.name(),
            "a name cannot be given to a MeterProvider, and its measurements are not: it needs \
                 a letter in front, and no colon; rename it"
        );
    }
    found
}
