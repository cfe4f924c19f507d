//! The board of the domain that every program has: whether the telemetry can be
//! trusted.

mod alerts;
mod limits;
mod rows;

use botmeter_board::{Board, Dashboard, Undrawn, Variable};
use botmeter_export::BackendKind;

use crate::self_observation::{EXPORTS, STARTUP};

/// The dashboard `telemetry` and its alerts.
pub fn board() -> Board {
    Board::new()
        .dashboard(
            Dashboard::new(
                "telemetry",
                "botmeter / Telemetry",
                "Can the telemetry itself be trusted: does it arrive, and is it complete?",
            )
            .tags(&["telemetry"])
            .variables([Variable::of::<BackendKind, _, _>("Backend", &EXPORTS)])
            .rows(rows::rows()),
        )
        .alerts(alerts::alerts())
        .undrawn([Undrawn::new(
            &STARTUP,
            "each process counts one start, before anybody looks, so it never grows: all it tells \
             is that the series exists, and \"Instances\" shows the same",
        )])
}
