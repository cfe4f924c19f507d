//! The board of the domain that core registers itself: whether the telemetry
//! can be trusted.
//!
//! It is here and not in core, because core does not depend on boards.

mod alerts;
mod limits;
mod rows;

use botmeter_core::{
    BackendKind,
    self_observation::{EXPORTS, STARTUP},
};

use crate::{Board, Dashboard, Undrawn, Variable};

/// The dashboard `telemetry` and its alerts.
pub fn board() -> Board {
    Board {
        dashboards: vec![Dashboard {
            uid: "telemetry",
            title: "botmeter / Telemetry",
            description: "Is the telemetry itself to be trusted: does it arrive, and is it whole?",
            tags: &["telemetry"],
            span_attributes: &[],
            variables: vec![Variable::of::<BackendKind, _, _>("Backend", &EXPORTS)],
            rows: rows::rows(),
        }],
        recordings: Vec::new(),
        alerts: alerts::alerts(),
        objectives: Vec::new(),
        undrawn: vec![Undrawn::new(
            &STARTUP,
            "each process counts one start, before anybody looks, so it never grows: that the \
             series is there is what it tells, and \"Instances\" shows the same",
        )],
    }
}
