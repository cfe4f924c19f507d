//! The dashboard and the alerts of this domain.

mod alerts;
mod objectives;
mod rows;
mod thresholds;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

pub use self::thresholds::BotThresholds;
use crate::{BotName, instruments::EXECUTIONS};

/// The dashboard `bot-health`, its alerts and its objectives.
pub fn board() -> Board {
    board_with(&BotThresholds::default())
}

/// The same with limits of one's own, in alerts, panels and objectives.
pub fn board_with(of: &BotThresholds) -> Board {
    let board = Board::new().dashboard(dashboard(of));
    board.alerts(alerts::all(of)).objectives(objectives::all(of))
}

fn dashboard(of: &BotThresholds) -> Dashboard {
    Dashboard::new(
        "bot-health",
        "botmeter / Bot health",
        "Do the bots run, do their runs succeed, how long do they take, and when did each of them \
         last do its job?",
    )
    .tags(&["bot"])
    .variables([Variable::of::<BotName, _, _>("Bot", &EXECUTIONS)])
    .rows(rows::all(of))
}
