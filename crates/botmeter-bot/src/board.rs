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
    Board::new().dashboard(dashboard()).alerts(alerts::all()).objectives(objectives::all())
}

fn dashboard() -> Dashboard {
    Dashboard::new(
        "bot-health",
        "botmeter / Bot health",
        "Do the bots run, do their runs succeed, how long do they take, and when did each of them \
         last do its job?",
    )
    .tags(&["bot"])
    .variables([Variable::of::<BotName, _, _>("Bot", &EXECUTIONS)])
    .rows(rows::all())
}
