//! Metrics for LLM bots: what an instrument is, and what it records into.
#![doc = include_str!("../README.md")]

mod backend;
mod bridge;
pub mod buckets;
mod const_text;
mod descriptor;
mod domain;
mod error;
mod event;
mod exposition;
mod foreign;
mod global;
mod guards;
mod handle;
mod instrument;
mod kind;
pub mod label;
mod limited;
mod memory;
mod meter;
mod moment;
pub mod name;
mod observe;
pub mod process;
mod slots;
pub mod store;
mod table;
mod tell;
mod unit;
#[doc(hidden)]
pub mod wall;

pub use backend::{Backend, Discard};
pub use bridge::{Bound, Bridge, Sink};
pub use descriptor::Descriptor;
pub use domain::{Configs, Domain, Domains, Registered, instruments};
pub use error::Error;
pub use event::{Cause, Event, Guard, Outcome, Reason, Status};
pub use exposition::{Exposition, Format};
pub use global::Global;
#[doc(hidden)]
pub use guards::Guards;
pub use guards::{DropReason, Watch};
pub use handle::{Counter, FloatCounter, Gauge, Histogram, Recorder, UpDownCounter};
pub use instrument::Instrument;
pub use kind::Kind;
pub use label::{ClosedLabel, Each, Label, LabelSet};
pub use limited::{MAX_FOREIGN_NAMES, MAX_FOREIGN_SERIES};
pub use memory::Memory;
pub use meter::Meter;
pub use moment::plausible_unix_time;
pub use observe::observe;
pub use store::Store;
pub use table::{MAX_ROWS, Table};
pub use tell::tell;
pub use unit::Unit;

/// What macros are written with.
#[doc(hidden)]
pub mod __private {
    pub use tracing;

    pub use crate::{
        label::parts::*,
        tell::{Detail, aloud, say},
    };
}
