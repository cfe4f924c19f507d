//! Dashboards, alerts and objectives as plain data.
#![doc = include_str!("../README.md")]

mod alert;
mod ask;
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
pub use ask::{
    age, average, changes, firing, forecast, heat, highest, increase, last, lowest, observations,
    observed, oldest, quantile, rate, recent, vanished, volume, within,
};
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
pub use series::{Cumulative, Level, Series};
pub use show::Show;
