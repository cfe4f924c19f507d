//! Metrics of bot runs: outcome, duration, queue, last success.
#![doc = include_str!("../README.md")]

#[cfg(feature = "board")]
pub mod board;
mod bots;
mod classify;
pub mod instruments;
mod labels;
mod row;
mod run;

pub use botmeter_core as core;
pub use bots::{Bot, Bots};
pub use labels::{BotName, ErrorKind, Status};
pub use row::MAX_QUEUE_DEPTH;
pub use run::Run;

#[cfg(test)]
mod tests;
