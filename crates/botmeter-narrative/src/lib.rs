//! Metrics of multi-step prompt workflows: runs, acts, JSON extraction.
#![doc = include_str!("../README.md")]

mod act;
#[cfg(feature = "board")]
pub mod board;
pub mod instruments;
mod labels;
mod narrative;
mod narratives;
mod row;

pub use act::{Act, Acting};
pub use botmeter_core::{self as core, Status};
pub use labels::{ActName, NarrativeName};
pub use narrative::{Narrative, Run};
pub use narratives::Narratives;

#[cfg(test)]
mod tests;
