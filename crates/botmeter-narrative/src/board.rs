//! The dashboard and the alerts of this domain.

mod alerts;
mod rows;
mod thresholds;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

pub use self::thresholds::NarrativeThresholds;
use crate::{
    ActName, NarrativeName,
    instruments::{ACT_DURATION, EXECUTIONS},
};

/// The dashboard `narrative-performance` and its alerts.
pub fn board() -> Board {
    board_with(&NarrativeThresholds::default())
}

/// The same with limits of one's own, in alerts and panels.
pub fn board_with(of: &NarrativeThresholds) -> Board {
    Board::new().dashboard(dashboard(of)).alerts(alerts::all(of))
}

fn dashboard(of: &NarrativeThresholds) -> Dashboard {
    Dashboard::new(
        "narrative-performance",
        "botmeter / Narrative performance",
        "How many narratives reach their end, which act takes the time, and how often is a \
         model's JSON unusable?",
    )
    .tags(&["narrative"])
    .variables([
        Variable::of::<NarrativeName, _, _>("Narrative", &EXECUTIONS),
        Variable::of::<ActName, _, _>("Act", &ACT_DURATION),
    ])
    .rows(rows::all(of))
}
