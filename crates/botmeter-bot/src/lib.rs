//! Metrics of bot runs: outcome, duration, queue, last success.
#![doc = include_str!("../README.md")]

#[cfg(feature = "board")]
pub mod board;
mod bot;
mod bots;
mod classify;
pub mod instruments;
mod labels;
mod row;

pub use bot::{Bot, Run};
pub use botmeter_core::{self as core, Status};
pub use bots::Bots;
pub use labels::{BotName, ErrorKind};
pub use row::MAX_QUEUE_DEPTH;

#[cfg(test)]
mod tests;
