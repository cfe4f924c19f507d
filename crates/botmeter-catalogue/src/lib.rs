//! The one list of domains.
#![doc = include_str!("../README.md")]

use botmeter_generate::Catalogue;
use botmeter_telemetry::SelfObservation;

#[cfg(feature = "overview")]
mod overview;

/// Every domain that is compiled in with its board, in the order of their
/// names, then the dashboard that crosses them.
pub fn catalogue() -> Catalogue {
    let catalogue = Catalogue::new();
    #[cfg(feature = "bot")]
    let catalogue = catalogue.domain::<botmeter_bot::Bots>(botmeter_bot::board::board());
    #[cfg(feature = "http")]
    let catalogue = catalogue.domain::<botmeter_http::Http>(botmeter_http::board::board());
    #[cfg(feature = "llm")]
    let catalogue = catalogue.domain::<botmeter_llm::Llm>(botmeter_llm::board::board());
    #[cfg(feature = "narrative")]
    let catalogue =
        catalogue.domain::<botmeter_narrative::Narratives>(botmeter_narrative::board::board());
    #[cfg(feature = "orchestrator")]
    let catalogue = catalogue.domain::<botmeter_orchestrator::Orchestrator>(orchestrator());
    #[cfg(feature = "pipeline")]
    let catalogue =
        catalogue.domain::<botmeter_pipeline::Pipelines>(botmeter_pipeline::board::board());
    let catalogue = catalogue.domain::<SelfObservation>(botmeter_telemetry::board());
    #[cfg(feature = "overview")]
    let catalogue = catalogue.dashboard(overview::dashboard());
    catalogue
}

#[cfg(feature = "orchestrator")]
fn orchestrator() -> botmeter_board::Board {
    let board = botmeter_orchestrator::board::board();
    #[cfg(feature = "overview")]
    let board = overview::with_models(board);
    board
}
