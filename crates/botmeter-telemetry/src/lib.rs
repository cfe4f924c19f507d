//! Starting, watching and ending the telemetry of a program.
#![doc = include_str!("../README.md")]

mod answer;
#[cfg(feature = "board")]
mod board;
mod builder;
mod compiled;
mod deadline;
mod diagnose;
mod diagnosis;
mod end;
mod endpoint;
mod environment;
mod identity;
#[cfg(feature = "live")]
pub mod live;
#[cfg(not(feature = "live"))]
mod live_absent;
#[cfg(all(feature = "axum", feature = "live"))]
mod live_route;
mod on_bad;
#[cfg(all(feature = "axum", feature = "scrape"))]
mod page_route;
mod pulse;
mod recorded;
mod registration;
mod running;
pub mod self_observation;
mod settings;
#[cfg(feature = "signals")]
mod stop;
mod telemetry;
#[cfg(test)]
mod tests;
#[cfg(feature = "traces")]
pub mod traces;
#[cfg(not(feature = "traces"))]
mod traces_absent;
mod variables;
mod wait;

#[cfg(feature = "board")]
pub use board::{TelemetryThresholds, board, board_with};
pub use botmeter_core::{self as core, Error, Memory};
pub use botmeter_export::{
    self as export, BackendKind, Compression, ExportStatus, Exports, OtlpSettings, Protocol,
    Resource, ScrapeSettings, Temporality,
    finding::{Finding, Verdict},
};
pub use builder::Builder;
pub use diagnosis::Diagnosis;
pub use environment::{About, Environment, KNOWN_VARIABLES, KnownVariable};
pub use on_bad::OnBadSetting;
pub use self_observation::SelfObservation;
pub use settings::{
    Batching, DEFAULT_INTERVAL, DEFAULT_TIMEOUT, LiveSettings, Sampler, Settings, TracesExporter,
    TracesSettings,
};
#[cfg(feature = "signals")]
pub use stop::{StopRequested, StopSignal, stop_requested};
pub use telemetry::Telemetry;

// Without its feature, what is there does nothing.
#[cfg(not(feature = "live"))]
use live_absent as live;
#[cfg(not(feature = "traces"))]
use traces_absent as traces;
