//! Metrics of multi-step prompt workflows: runs, acts, JSON extraction.
#![doc = include_str!("../README.md")]

mod act;
#[cfg(feature = "board")]
pub mod board;
pub mod instruments;
mod labels;
mod narratives;
mod outcome;
mod row;
mod run;

pub use act::Act;
pub use botmeter_core as core;
pub use labels::{ActName, NarrativeName, Status};
pub use narratives::{Narrative, Narratives};
pub use run::Run;

#[cfg(test)]
mod tests;
