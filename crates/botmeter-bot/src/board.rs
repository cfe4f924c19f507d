//! The dashboard and the alerts of this domain.

mod alerts;
pub mod limits;
mod objectives;
mod rows;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

use crate::{BotName, instruments::EXECUTIONS};

/// The dashboard `bot-health`, its alerts and its objectives.
pub fn board() -> Board {
    Board {
        dashboards: vec![dashboard()],
        alerts: alerts::all(),
        objectives: objectives::all(),
        ..Board::default()
    }
}

fn dashboard() -> Dashboard {
    Dashboard {
        uid: "bot-health",
        title: "botmeter / Bot health",
        description: "Do the bots run, do their runs succeed, how long do they take, and when did \
                      each of them last do its job?",
        tags: &["bot"],
        span_attributes: &[],
        variables: vec![Variable::of::<BotName, _, _>("Bot", &EXECUTIONS)],
        rows: rows::all(),
    }
}
