//! The dashboard and the alerts of this domain.

mod alerts;
mod limits;
mod rows;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

use crate::{PipelineName, instruments::GENERATED};

/// The dashboard `content-pipeline` and its alerts.
pub fn board() -> Board {
    Board::new().dashboard(dashboard()).alerts(alerts::all())
}

fn dashboard() -> Dashboard {
    Dashboard::new(
        "content-pipeline",
        "botmeter / Content pipeline",
        "How much content comes in, how much goes out, where does it wait, and when was anything \
         last published?",
    )
    .tags(&["pipeline"])
    .variables([Variable::of::<PipelineName, _, _>("Pipeline", &GENERATED)])
    .rows(rows::all())
}
