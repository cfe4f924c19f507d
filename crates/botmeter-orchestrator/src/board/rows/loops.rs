//! The loops that keep it going.

use botmeter_board::{Panel, Row, Show, average, quantile, rate};

use crate::instruments::{
    COMPLETED, DIRECTOR_CYCLE_DURATION, DISPATCH_CYCLE_DURATION, DISPATCH_ITERATIONS, DISPATCHED,
};

pub(super) fn loops() -> Row {
    Row::collapsed(
        "Dispatch and director",
        [
            Panel::time_series(
                "Dispatch rounds",
                "Rounds of the dispatch loop per minute. A steady line is fine; at zero, the loop \
                 hangs or has ended, and nothing is dispatched: restart it.",
                Show::PerMinute,
            )
            .draw(rate(&DISPATCH_ITERATIONS).all().per_minute())
            .size(8, 8),
            Panel::time_series(
                "Tasks per dispatch round",
                "How many tasks a round gave to workers on average, and how many workers it found \
                 to have ended. The two lines should lie close together; if more end than are \
                 dispatched, the plan is running dry.",
                Show::Count,
            )
            .draw(average(&DISPATCHED).all().named("dispatched"))
            .draw(average(&COMPLETED).all().named("ended"))
            .size(8, 8)
            .without_data("no rounds"),
            Panel::time_series(
                "Dispatch and director time (p95)",
                "The time within which 95 of 100 rounds end. A director takes as long as its \
                 model; a dispatch round of more than a few seconds keeps workers waiting.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &DISPATCH_CYCLE_DURATION).all().named("dispatch"))
            .draw(quantile(0.95, &DIRECTOR_CYCLE_DURATION).all().named("director"))
            .size(8, 8)
            .without_data("no rounds"),
        ],
    )
}
