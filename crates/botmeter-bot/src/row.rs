//! All handles of one bot.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use botmeter_core::{
    Counter, DropReason, Each, Gauge, Histogram, Meter, Outcome, UpDownCounter, plausible_unix_time,
};

use crate::{
    ErrorKind, Status,
    instruments::{
        ACTIVE, CONSECUTIVE_FAILURES, DURATION, EXECUTIONS, FAILURES, LAST_SUCCESS, QUEUE_DEPTH,
    },
};

/// More items than any queue holds: a number above it is a mistake, such as a
/// subtraction below zero, not a measurement.
pub const MAX_QUEUE_DEPTH: u64 = 1_000_000_000;

/// Bound once per bot, so that an event looks up nothing but its row.
#[derive(Debug)]
pub(crate) struct Row {
    meter: Meter,
    executions: Each<Status, Counter>,
    failures: Each<ErrorKind, Counter>,
    duration: Each<Status, Histogram>,
    active: UpDownCounter,
    queue_depth: Gauge,
    health: Mutex<Health>,
}

/// What depends on the runs before. Its gauges are set under the lock, or two
/// runs that end at once could leave them at what the earlier one knew.
#[derive(Debug)]
struct Health {
    failures_in_a_row: u64,
    consecutive_failures: Gauge,
    last_success_at: f64,
    last_success: Gauge,
}

impl Row {
    pub(crate) fn bind(meter: &Meter, bot: &str) -> Self {
        Self {
            meter: meter.clone(),
            executions: Each::new(|status| EXECUTIONS.bind(meter, (bot, status))),
            failures: Each::new(|kind| FAILURES.bind(meter, (bot, kind))),
            duration: Each::new(|status| DURATION.bind(meter, (bot, status))),
            active: ACTIVE.bind(meter, (bot,)),
            // Not every bot has a queue, and a queue that is full when the
            // program starts would look as if it had grown from nothing.
            queue_depth: QUEUE_DEPTH.bind_late(meter, (bot,)),
            health: Mutex::new(Health {
                failures_in_a_row: 0,
                consecutive_failures: CONSECUTIVE_FAILURES.bind(meter, (bot,)),
                last_success_at: f64::NEG_INFINITY,
                last_success: LAST_SUCCESS.bind_late(meter, (bot,)),
            }),
        }
    }

    pub(crate) fn started(&self) {
        self.active.add(1);
    }

    pub(crate) fn ended(&self, outcome: Outcome<ErrorKind>, took: Duration) {
        let status = outcome.status();
        self.active.add(-1);
        self.executions[status].add(1);
        self.duration[status].took(took);
        match outcome {
            Outcome::Finished => self.succeeded(),
            Outcome::Failed(kind) => {
                self.failures[kind].add(1);
                self.change(|health| health.failed_in_a_row(health.failures_in_a_row + 1));
            }
            // Tells nothing about the health of the bot, so it leaves that alone.
            Outcome::Cancelled => {}
        }
    }

    pub(crate) fn queued(&self, items: Option<u64>) {
        match items {
            Some(items) if items <= MAX_QUEUE_DEPTH => self.queue_depth.set(items as f64),
            _ => self.meter.dropped(DropReason::Implausible),
        }
    }

    pub(crate) fn had_succeeded(&self, at: SystemTime) {
        if let Some(at) = self.plausible(at, SystemTime::now()) {
            self.change(|health| {
                if at > health.last_success_at {
                    health.succeeded_at(at);
                }
            });
        }
    }

    fn succeeded(&self) {
        let now = SystemTime::now();
        let at = self.plausible(now, now);
        self.change(|health| {
            health.failed_in_a_row(0);
            // Also when the clock was set back: what it says now is closer to
            // the truth than what it said before.
            if let Some(at) = at {
                health.succeeded_at(at);
            }
        });
    }

    fn plausible(&self, at: SystemTime, now: SystemTime) -> Option<f64> {
        let unix_time = plausible_unix_time(at, now);
        if unix_time.is_none() {
            self.meter.dropped(DropReason::Implausible);
        }
        unix_time
    }

    fn change(&self, change: impl FnOnce(&mut Health)) {
        change(&mut self.health.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Health {
    fn failed_in_a_row(&mut self, runs: u64) {
        self.failures_in_a_row = runs;
        self.consecutive_failures.set(runs as f64);
    }

    fn succeeded_at(&mut self, unix_time: f64) {
        self.last_success_at = unix_time;
        self.last_success.set(unix_time);
    }
}
