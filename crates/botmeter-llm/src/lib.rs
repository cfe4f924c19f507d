//! Metrics of calls to LLM providers: outcome, latency, tokens, cost.
#![doc = include_str!("../README.md")]

#[cfg(feature = "board")]
pub mod board;
mod call;
mod classify;
mod clock;
mod driver;
mod gen_ai;
pub mod instruments;
mod labels;
mod llm;
mod price;
mod row;
mod span;
mod usage;

pub use botmeter_core as core;
pub use call::Call;
pub use driver::{Driver, Metered, Reply};
pub use gen_ai::LlmGenAi;
pub use labels::{ErrorKind, Model, Provider, Status};
pub use llm::{Llm, ModelHandle};
pub use price::{BUILT_IN_DATE, Price, PriceBook};
pub use usage::{MAX_TOKENS, Usage};

#[cfg(test)]
mod tests;
