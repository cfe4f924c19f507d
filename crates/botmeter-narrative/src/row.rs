//! All handles of one narrative, and those of one act.

use std::time::Duration;

use botmeter_core::{Counter, Each, Histogram, Meter, Status, UpDownCounter};

use crate::instruments::{ACT_DURATION, ACTIVE, DURATION, EXECUTIONS, JSON_FAILURES, JSON_SUCCESS};

/// Bound once per narrative, so that an event looks up nothing but its row.
#[derive(Debug)]
pub(crate) struct Row {
    /// As it stands on the series, to find the acts by.
    pub(crate) narrative: Box<str>,
    executions: Each<Status, Counter>,
    duration: Each<Status, Histogram>,
    active: UpDownCounter,
    json_success: Counter,
    json_failures: Counter,
}

/// Bound once per narrative and act.
#[derive(Debug)]
pub(crate) struct ActRow {
    duration: Each<Status, Histogram>,
}

impl Row {
    pub(crate) fn bind(meter: &Meter, narrative: &str) -> Self {
        Self {
            narrative: narrative.into(),
            executions: Each::new(|status| EXECUTIONS.bind(meter, (narrative, status))),
            duration: Each::new(|status| DURATION.bind(meter, (narrative, status))),
            active: ACTIVE.bind(meter, (narrative,)),
            json_success: JSON_SUCCESS.bind(meter, (narrative,)),
            json_failures: JSON_FAILURES.bind(meter, (narrative,)),
        }
    }

    pub(crate) fn started(&self) {
        self.active.add(1);
    }

    pub(crate) fn ended(&self, status: Status, took: Duration) {
        self.active.add(-1);
        self.executions[status].add(1);
        self.duration[status].took(took);
    }

    pub(crate) fn json(&self, is_of_use: bool) {
        if is_of_use { &self.json_success } else { &self.json_failures }.add(1);
    }
}

impl ActRow {
    pub(crate) fn bind(meter: &Meter, narrative: &str, act: &str) -> Self {
        let duration = Each::new(|status| ACT_DURATION.bind(meter, (narrative, act, status)));
        Self { duration }
    }

    pub(crate) fn ended(&self, status: Status, took: Duration) {
        self.duration[status].took(took);
    }
}
