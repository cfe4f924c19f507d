//! All handles of one pipeline.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use botmeter_core::{Counter, DropReason, Each, Gauge, Histogram, Meter, plausible_unix_time};

use crate::{
    Stage,
    instruments::{
        CURATED, FAILURES, GENERATED, LAST_PUBLISHED, PUBLISHED, QUEUE_DEPTH, REJECTED,
        STAGE_LATENCY,
    },
};

/// More pieces than one event or one queue has: a number above it is a
/// mistake, such as a subtraction below zero, not a measurement.
pub const MAX_PIECES: u64 = 1_000_000_000;

/// Bound once per pipeline, so that an event looks up nothing but its row.
#[derive(Debug)]
pub(crate) struct Row {
    meter: Meter,
    pub(crate) generated: Counter,
    pub(crate) curated: Counter,
    pub(crate) rejected: Counter,
    pub(crate) published: Counter,
    last_published: Mutex<LastPublished>,
    latency: Each<Stage, Histogram>,
    failures: Each<Stage, Counter>,
    queue_depth: Each<Stage, Gauge>,
}

/// The gauge is set under the lock, or an earlier time could replace a later
/// one.
#[derive(Debug)]
struct LastPublished {
    at: f64,
    gauge: Gauge,
}

impl Row {
    pub(crate) fn bind(meter: &Meter, pipeline: &str) -> Self {
        let labels = (pipeline,);
        Self {
            meter: meter.clone(),
            generated: GENERATED.bind(meter, labels),
            curated: CURATED.bind(meter, labels),
            rejected: REJECTED.bind(meter, labels),
            published: PUBLISHED.bind(meter, labels),
            last_published: Mutex::new(LastPublished {
                at: f64::NEG_INFINITY,
                gauge: LAST_PUBLISHED.bind_late(meter, labels),
            }),
            latency: Each::new(|stage| STAGE_LATENCY.bind(meter, (pipeline, stage))),
            failures: Each::new(|stage| FAILURES.bind(meter, (pipeline, stage))),
            // Not every stage has a queue, and one that is full when the
            // program starts would look as if it had grown from nothing.
            queue_depth: Each::new(|stage| QUEUE_DEPTH.bind_late(meter, (pipeline, stage))),
        }
    }

    /// A number of pieces, or nothing, which is counted, if it cannot be one.
    pub(crate) fn pieces(&self, pieces: impl TryInto<u64>) -> Option<u64> {
        let pieces = pieces.try_into().ok().filter(|pieces| *pieces <= MAX_PIECES);
        if pieces.is_none() {
            self.meter.dropped(DropReason::Implausible);
        }
        pieces
    }

    pub(crate) fn queued(&self, stage: Stage, pieces: u64) {
        self.queue_depth[stage].set(pieces as f64);
    }

    pub(crate) fn published_now(&self) {
        let now = SystemTime::now();
        // Also when the clock was set back: what it says now is closer to the
        // truth than what it said before.
        if let Some(at) = self.plausible(now, now) {
            self.last(|last| last.set(at));
        }
    }

    pub(crate) fn had_published(&self, at: SystemTime) {
        if let Some(at) = self.plausible(at, SystemTime::now()) {
            self.last(|last| {
                if at > last.at {
                    last.set(at);
                }
            });
        }
    }

    pub(crate) fn passed(&self, stage: Stage, has_failed: bool, took: Duration) {
        self.latency[stage].took(took);
        if has_failed {
            self.failures[stage].add(1);
        }
    }

    fn plausible(&self, at: SystemTime, now: SystemTime) -> Option<f64> {
        let unix_time = plausible_unix_time(at, now);
        if unix_time.is_none() {
            self.meter.dropped(DropReason::Implausible);
        }
        unix_time
    }

    fn last(&self, change: impl FnOnce(&mut LastPublished)) {
        change(&mut self.last_published.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl LastPublished {
    fn set(&mut self, unix_time: f64) {
        self.at = unix_time;
        self.gauge.set(unix_time);
    }
}
