//! Metrics for LLM bots: what an instrument is, and where measurements go.
#![doc = include_str!("../README.md")]

pub mod backend;
mod bound;
pub mod buckets;
mod descriptor;
mod domain;
mod error;
mod exports;
mod instrument;
pub mod label;
mod losses;
mod meter;
mod moment;
pub mod name;
mod observe;
pub mod self_observation;
mod slots;
mod table;
pub mod telemetry;
mod tell;
mod unit;
mod wait;
mod wall;

pub use backend::Backend;
pub use bound::{Bound, Counter, FloatCounter, Gauge, Histogram, Recorder, Sink, UpDownCounter};
pub use descriptor::{Descriptor, Kind};
pub use domain::{Domain, Domains, Registered, instruments};
pub use error::Error;
pub use exports::{BackendKind, ExportStatus, Exports, Last};
pub use instrument::Instrument;
pub use label::{ClosedLabel, Each, Label, LabelSet};
pub use losses::DropReason;
pub use meter::Meter;
pub use moment::plausible_unix_time;
pub use observe::observe;
pub use self_observation::SelfObservation;
pub use table::{MAX_ROWS, Table};
pub use telemetry::Telemetry;
pub use tell::tell;
pub use unit::Unit;
