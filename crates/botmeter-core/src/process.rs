//! What every program tells of its process: the anchors that boards lean on.
//!
//! `botmeter-telemetry` records them at the start.

use crate::{Gauge, Instrument, Unit, open_label};

open_label! {
    /// The version of the program.
    pub struct Version: "version", limit 4;
}

/// A sign of life.
pub static HEARTBEAT: Instrument<Gauge, ()> = Instrument::gauge(
    "telemetry.heartbeat.timestamp",
    Unit::SECONDS,
    "Unix time of the last sign of life, set every few seconds.",
);
/// When the program started.
pub static START_TIME: Instrument<Gauge, ()> = Instrument::gauge(
    "process.start.time",
    Unit::SECONDS,
    "Unix time at which the process set up its telemetry.",
);
/// Which version runs.
pub static BUILD: Instrument<Gauge, (Version,)> = Instrument::gauge(
    "build.info",
    Unit::NONE,
    "Always 1; the version label tells which build runs.",
);
