//! Metrics of content pipelines: generated, curated, published; stage latency,
//! backlog.
#![doc = include_str!("../README.md")]

#[cfg(feature = "board")]
pub mod board;
pub mod instruments;
mod labels;
mod pass;
mod pipelines;
mod row;

pub use botmeter_core as core;
pub use labels::{PipelineName, Stage};
pub use pass::{Pass, Passing};
pub use pipelines::{Pipeline, Pipelines};
pub use row::MAX_PIECES;

#[cfg(test)]
mod tests;
