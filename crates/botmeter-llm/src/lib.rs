//! Metrics of calls to LLM providers: outcome, latency, tokens, cost.
#![doc = include_str!("../README.md")]

#[cfg(feature = "board")]
pub mod board;
mod call;
mod classify;
mod driver;
pub mod instruments;
mod labels;
mod llm;
mod price;
mod row;
mod usage;

pub use botmeter_core as core;
pub use call::Call;
pub use driver::{Driver, Metered, Reply};
pub use labels::{ErrorKind, Model, Provider, Status};
pub use llm::{Llm, ModelHandle};
pub use price::{Price, PriceBook};
pub use usage::{MAX_TOKENS, Usage};

#[cfg(test)]
mod tests;
