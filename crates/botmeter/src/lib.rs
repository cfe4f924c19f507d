//! Metrics for LLM bots, in one crate.
#![doc = include_str!("../README.md")]

#[cfg(feature = "bot")]
pub use botmeter_bot as bot;
pub use botmeter_core as core;
#[cfg(feature = "http")]
pub use botmeter_http as http;
#[cfg(feature = "llm")]
pub use botmeter_llm as llm;
#[cfg(feature = "narrative")]
pub use botmeter_narrative as narrative;
#[cfg(feature = "orchestrator")]
pub use botmeter_orchestrator as orchestrator;
#[cfg(feature = "pipeline")]
pub use botmeter_pipeline as pipeline;
pub use botmeter_telemetry as telemetry;
pub use botmeter_telemetry::{Error, Memory, Telemetry, builder};
