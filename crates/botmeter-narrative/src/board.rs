//! The dashboard and the alerts of this domain.

mod alerts;
mod limits;
mod rows;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

use crate::{
    ActName, NarrativeName,
    instruments::{ACT_DURATION, EXECUTIONS},
};

/// The dashboard `narrative-performance` and its alerts.
pub fn board() -> Board {
    Board::new().dashboard(dashboard()).alerts(alerts::all())
}

fn dashboard() -> Dashboard {
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
    .rows(rows::all())
}
