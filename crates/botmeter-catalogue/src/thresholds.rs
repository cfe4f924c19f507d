//! The limits of all boards.

/// At which numbers something stops being well, by domain, for
/// [`catalogue_with`](crate::catalogue_with).
///
/// ```
/// # #[cfg(feature = "llm")] {
/// use botmeter_board::Limit;
/// use botmeter_catalogue::{Thresholds, catalogue_with};
///
/// let mut own = Thresholds::default();
/// own.llm.daily_budget = Limit::new(250.0, "what we have agreed on with finance");
/// let catalogue = catalogue_with(&own);
/// # let mut alerts = catalogue.boards().flat_map(|(_, board)| &board.alerts);
/// # let cost = alerts.find(|alert| alert.name == "LlmCostHigh").unwrap();
/// # assert_eq!(cost.when.limits[0].1, own.llm.daily_budget);
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Thresholds {
    /// Of bots and their queues.
    #[cfg(feature = "bot")]
    pub bot: botmeter_bot::board::BotThresholds,
    /// Of requests and tools.
    #[cfg(feature = "http")]
    pub http: botmeter_http::board::HttpThresholds,
    /// Of calls to models, and what they cost.
    #[cfg(feature = "llm")]
    pub llm: botmeter_llm::board::LlmThresholds,
    /// Of narratives.
    #[cfg(feature = "narrative")]
    pub narrative: botmeter_narrative::board::NarrativeThresholds,
    /// Of agents and their merges.
    #[cfg(feature = "orchestrator")]
    pub orchestrator: botmeter_orchestrator::board::OrchestratorThresholds,
    /// Of content pipelines.
    #[cfg(feature = "pipeline")]
    pub pipeline: botmeter_pipeline::board::PipelineThresholds,
    /// Of the telemetry itself.
    pub telemetry: botmeter_telemetry::TelemetryThresholds,
}
