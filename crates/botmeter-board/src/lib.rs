//! Dashboards, alerts and objectives as plain data.
#![doc = include_str!("../README.md")]

mod alert;
mod ask;
mod board;
mod bots;
mod computed;
mod condition;
mod dashboard;
mod drawing;
mod events;
mod example;
mod expr;
mod foreign;
mod labels;
mod limits;
mod line;
mod mark;
mod objective;
mod panel;
mod played;
pub mod promql;
mod query;
mod raw;
mod recording;
mod said;
mod series;
mod show;
mod text;
mod thresholds;

pub use alert::{Alert, Severity};
pub use ask::{
    AlertName, AlertSeverity, age, average, changes, firing, firing_for, forecast, heat, highest,
    increase, last, lowest, observations, observed, oldest, quantile, rate, recent, vanished,
    volume, within,
};
pub use board::{Board, Undrawn};
pub use computed::{estimated, rest};
pub use condition::{Condition, Direction, Limit, Trigger};
pub use dashboard::{Dashboard, Row, Variable};
pub use drawing::{GAP, label_heading};
pub use example::{Behavior, Example, Feed, Firing};
pub use expr::{
    Comparison, Expr, Fold, Function, Labels, Matcher, Part, Sample, Selection, Window,
};
pub use foreign::{Foreign, Growth};
pub use limits::{Limits, Step};
pub use line::{Color, Line};
pub use mark::{Happening, Mark};
pub use objective::{BurnWindow, FOUR_WINDOWS, Measure, Objective};
pub use panel::{Kind, Panel, Scope};
pub use played::{EXAMPLE_JOB, Played, pace, played};
pub use query::{Compared, Query, Share, ShareBy, ratio, share, share_of, top};
pub use recording::{Recorded, Recording};
pub use said::said;
pub use series::{Counted, Cumulative, Level, Series};
pub use show::{OwnUnit, Show};
pub use text::{Text, filled, percent, spelt};
