//! The board of the domain that every program has: whether the telemetry can be
//! trusted.

mod alerts;
mod rows;
mod thresholds;

use botmeter_board::{Board, Dashboard, Undrawn, Variable};
use botmeter_export::BackendKind;

pub use self::thresholds::TelemetryThresholds;
use crate::self_observation::{EXPORTS, STARTUP};

/// The dashboard `telemetry` and its alerts.
pub fn board() -> Board {
    board_with(&TelemetryThresholds::default())
}

/// The same with limits of one's own, in alerts and panels.
pub fn board_with(of: &TelemetryThresholds) -> Board {
    Board::new()
        .dashboard(
            Dashboard::new(
                "telemetry",
                "botmeter / Telemetry",
                "Can the telemetry itself be trusted: does it arrive, and is it complete?",
            )
            .tags(&["telemetry"])
            .variables([Variable::of::<BackendKind, _, _>("Backend", &EXPORTS)])
            .rows(rows::rows(of)),
        )
        .alerts(alerts::alerts(of))
        .undrawn([Undrawn::new(
            &STARTUP,
            "each process counts one start, before anybody looks, so it never grows: all it tells \
             is that the series exists, and \"Instances\" shows the same",
        )])
}
