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
    Board { dashboards: vec![dashboard()], alerts: alerts::all(), ..Board::default() }
}

fn dashboard() -> Dashboard {
    Dashboard {
        uid: "narrative-performance",
        title: "botmeter / Narrative performance",
        description: "How many narratives reach their end, which act takes the time, and how \
                      often is a model's JSON of no use?",
        tags: &["narrative"],
        span_attributes: &[],
        variables: vec![
            Variable::of::<NarrativeName, _, _>("Narrative", &EXECUTIONS),
            Variable::of::<ActName, _, _>("Act", &ACT_DURATION),
        ],
        rows: rows::all(),
    }
}
