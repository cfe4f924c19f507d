//! Dashboards, alerts and objectives as plain data.
#![doc = include_str!("../README.md")]
//!
//! A [`Board`] is what a domain has to show: dashboards of rows of [`Panel`]s,
//! [`Alert`]s, [`Objective`]s. Everything in it is built from queries over
//! instruments:
//!
//! ```
//! use botmeter_board::{Panel, Show, quantile, rate, share};
//! use botmeter_core::{Counter, Histogram, Instrument, Unit, buckets, closed_label};
//!
//! closed_label! {
//!     /// How it ended.
//!     pub enum Status: "status" {
//!         /// Well.
//!         Success => "success",
//!         /// Badly.
//!         Error => "error",
//!     }
//! }
//!
//! static RUNS: Instrument<Counter, (Status,)> =
//!     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots, counted at their end.");
//! static DURATION: Instrument<Histogram, ()> =
//!     Instrument::histogram("bot.duration", Unit::SECONDS, "How long a run took.", buckets::WORK);
//!
//! let failures = Panel::time_series(
//!     "Failed runs",
//!     "Share of runs that failed. Above a few percent, look at the bot's log.",
//!     Show::Ratio,
//! )
//! .draw(share(rate(&RUNS).only(Status::Error).all(), rate(&RUNS).all()));
//!
//! let slow = Panel::time_series(
//!     "Slow runs",
//!     "The time within which 95 of 100 runs end. A jump means that something waits.",
//!     Show::Seconds,
//! )
//! .draw(quantile(0.95, &DURATION).all());
//! # assert_eq!((failures.lines.len(), slow.lines.len()), (1, 1));
//! ```

mod alert;
mod condition;
mod dashboard;
mod example;
mod expr;
mod labels;
mod objective;
mod panel;
mod query;
mod recording;
mod series;
mod show;
pub mod telemetry;

pub use alert::{Alert, Severity};
pub use condition::{Condition, Direction, Limit, Trigger};
pub use dashboard::{Board, Dashboard, Row, Undrawn, Variable};
pub use example::{Behavior, Example, Feed, Firing};
pub use expr::{
    Comparison, Expr, Fold, Function, Labels, Matcher, Part, Sample, Selection, Window,
};
pub use objective::{BurnWindow, FOUR_WINDOWS, Measure, Objective};
pub use panel::{Color, Kind, Line, Panel, Scope};
pub use query::{Query, ratio, share, top};
pub use recording::{Recorded, Recording};
pub use series::{
    Cumulative, Level, Series, age, average, changes, forecast, heat, highest, increase, last,
    lowest, observations, observed, oldest, quantile, rate, recent, vanished, volume, within,
};
pub use show::Show;
