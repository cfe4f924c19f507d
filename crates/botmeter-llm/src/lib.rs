//! Metrics of calls to LLM providers: outcome, latency, tokens, cost.
#![doc = include_str!("../README.md")]

#[cfg(feature = "board")]
pub mod board;
mod call;
mod classify;
mod clock;
mod config;
mod driver;
mod gen_ai;
pub mod instruments;
mod labels;
mod llm;
mod model;
mod observed;
mod price;
mod reply;
mod row;
mod span;
mod stream;
mod usage;

pub use botmeter_core::{self as core, Cause, Status};
pub use call::Call;
pub use classify::Classify;
pub use config::LlmConfig;
pub use driver::{Driver, Metered};
pub use labels::{ErrorKind, Model, Provider};
pub use llm::Llm;
pub use model::ModelHandle;
pub use price::{BUILT_IN_DATE, Price, PriceBook};
pub use reply::Reply;
pub use stream::{ObservedStream, Seen};
pub use usage::{MAX_TOKENS, Usage};

#[cfg(test)]
mod tests;
