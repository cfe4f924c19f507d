//! The one list of domains.
#![doc = include_str!("../README.md")]

use botmeter_generate::Catalogue;
use botmeter_telemetry::SelfObservation;

#[cfg(feature = "overview")]
mod overview;
mod thresholds;

pub use thresholds::Thresholds;

/// Every domain that is compiled in with its board, in the order of their
/// names, then the dashboard that crosses them.
pub fn catalogue() -> Catalogue {
    catalogue_with(&Thresholds::default())
}

/// The same with limits of one's own, in alerts, panels and objectives.
pub fn catalogue_with(of: &Thresholds) -> Catalogue {
    let catalogue = Catalogue::new();
    #[cfg(feature = "bot")]
    let catalogue =
        catalogue.domain::<botmeter_bot::Bots>(botmeter_bot::board::board_with(&of.bot));
    #[cfg(feature = "http")]
    let catalogue =
        catalogue.domain::<botmeter_http::Http>(botmeter_http::board::board_with(&of.http));
    #[cfg(feature = "llm")]
    let catalogue = catalogue.domain::<botmeter_llm::Llm>(botmeter_llm::board::board_with(&of.llm));
    #[cfg(feature = "narrative")]
    let catalogue = catalogue.domain::<botmeter_narrative::Narratives>(
        botmeter_narrative::board::board_with(&of.narrative),
    );
    #[cfg(feature = "orchestrator")]
    let catalogue = catalogue.domain::<botmeter_orchestrator::Orchestrator>(orchestrator(of));
    #[cfg(feature = "pipeline")]
    let catalogue = catalogue
        .domain::<botmeter_pipeline::Pipelines>(botmeter_pipeline::board::board_with(&of.pipeline));
    let board = botmeter_telemetry::board_with(&of.telemetry);
    let catalogue = catalogue.domain::<SelfObservation>(board);
    #[cfg(feature = "overview")]
    let catalogue = catalogue.dashboard(overview::dashboard(of));
    catalogue
}

#[cfg(feature = "orchestrator")]
fn orchestrator(of: &Thresholds) -> botmeter_board::Board {
    let board = botmeter_orchestrator::board::board_with(&of.orchestrator);
    #[cfg(feature = "overview")]
    let board = overview::with_models(board);
    board
}
