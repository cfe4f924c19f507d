//! The dashboard and the alerts of this domain.

mod alerts;
mod rows;
mod thresholds;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

pub use self::thresholds::PipelineThresholds;
use crate::{PipelineName, instruments::GENERATED};

/// The dashboard `content-pipeline` and its alerts.
pub fn board() -> Board {
    board_with(&PipelineThresholds::default())
}

/// The same with limits of one's own, in alerts and panels.
pub fn board_with(of: &PipelineThresholds) -> Board {
    Board::new().dashboard(dashboard(of)).alerts(alerts::all(of))
}

fn dashboard(of: &PipelineThresholds) -> Dashboard {
    Dashboard::new(
        "content-pipeline",
        "botmeter / Content pipeline",
        "How much content comes in, how much goes out, where does it wait, and when was anything \
         last published?",
    )
    .tags(&["pipeline"])
    .variables([Variable::of::<PipelineName, _, _>("Pipeline", &GENERATED)])
    .rows(rows::all(of))
}
