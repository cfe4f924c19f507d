//! The layer `instruments`: whether there is anything to send.

use botmeter_core::{Descriptor, Domain, DropReason, Meter, Registered};

use crate::{recorded::Recorded, self_observation::SelfObservation};

use super::subject::Subject;
use botmeter_export::finding::Finding;

pub(super) const LAYER: &str = "instruments";

pub(super) fn look(subject: &Subject) -> Finding {
    let Recorded { meter, .. } = &subject.recorded;
    let registered = subject.recorded.registered();
    // Telemetry's own domain records by itself, whatever the program does.
    let domains: Vec<&Registered> =
        registered.iter().filter(|noted| noted.domain != SelfObservation::NAME).collect();
    if domains.is_empty() {
        return Finding::broken(
            LAYER,
            "no domain was named at start-up, so nothing but telemetry itself is recorded",
            "name the domains that you record with: Telemetry::builder(…).start::<Llm>()",
        );
    }
    let all: Vec<&Descriptor> =
        domains.iter().flat_map(|noted| noted.instruments.iter().copied()).collect();
    let without: Vec<&str> = all
        .iter()
        .filter(|descriptor| !has_series(meter, descriptor))
        .map(|descriptor| descriptor.name())
        .collect();
    let names: Vec<&str> = domains.iter().map(|noted| noted.domain).collect();
    let names = names.join(", ");
    if without.len() == all.len() {
        return Finding::broken(
            LAYER,
            format!(
                "nothing was recorded yet: none of the {} instruments of {names} has a series",
                all.len()
            ),
            "tell the events to the very value that start() returned for the domain: another one \
             records elsewhere",
        );
    }
    let with = all.len() - without.len();
    let mut parts = vec![format!("{with} of the {} instruments of {names} have series", all.len())];
    if !without.is_empty() {
        parts.push(format!("not yet: {}", shortened(&without)));
    }
    parts.extend(drops(meter));
    Finding::ok(LAYER, parts.join("; "))
}

fn has_series(meter: &Meter, descriptor: &Descriptor) -> bool {
    let family = meter.store().family(&descriptor.prometheus_name());
    family.is_some_and(|family| !family.is_empty())
}

/// What was recorded and could not be kept, if anything was.
fn drops(meter: &Meter) -> Option<String> {
    let counts = DropReason::ALL.iter().map(|reason| (reason, meter.dropped_count(*reason)));
    let told: Vec<String> = counts
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| format!("{count} {}", reason.as_str()))
        .collect();
    (!told.is_empty()).then(|| format!("measurements that were dropped: {}", told.join(", ")))
}

/// More names than this hide what comes after them.
const MOST_NAMES: usize = 6;

fn shortened(names: &[&str]) -> String {
    let shown = names[..names.len().min(MOST_NAMES)].join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
