//! What a query asks for, as a tree that a generator spells out.

use std::{iter, time::Duration};

use botmeter_core::{Descriptor, label::LabelInfo};

use crate::{Foreign, Severity, Text};

/// The labels that a result is grouped by.
pub type Labels = &'static [LabelInfo];

/// What a panel or a rule asks for.
///
/// Made by [`Query`](crate::Query), which knows what is legal. A generator
/// adds what depends on the place: panels select by job and instance, rules
/// group by job.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// The series of an instrument, added up or otherwise folded per group.
    Fold {
        /// How series of one group become one.
        fold: Fold,
        /// What the groups are.
        by: Labels,
        /// What is folded.
        of: Sample,
    },
    /// The value that a share of the observations does not exceed.
    Quantile {
        /// Between 0 and 1.
        quantile: f64,
        /// What the groups are; the bucket bound comes on top.
        by: Labels,
        /// The buckets.
        of: Sample,
    },
    /// A histogram bucket by bucket.
    Heat {
        /// The buckets.
        of: Sample,
    },
    /// The seconds that have passed since the result, which is a time.
    Since(Box<Expr>),
    /// 1 for groups that were there and are no more.
    Vanished {
        /// What the groups are.
        by: Labels,
        /// Which series.
        of: Selection,
        /// How long a group is remembered.
        remembered: Duration,
        /// How long it has to be silent.
        silent: Duration,
    },
    /// How many series of each group hold a time that is not longer ago than
    /// this.
    Recent {
        /// What the groups are.
        by: Labels,
        /// Which series.
        of: Selection,
        /// How long ago.
        within: Duration,
    },
    /// A series that a recording rule keeps.
    Recorded {
        /// The whole name: level, metric and operation.
        name: String,
        /// Its labels, job not counted.
        by: Labels,
        /// How far back.
        offset: Option<Duration>,
    },
    /// What a recording rule kept at each whole step of a long time, added up
    /// in each group: few samples, however much there is to count.
    Tallied {
        /// The whole name: level, metric and operation.
        name: String,
        /// What the groups are, job not counted.
        by: Labels,
        /// How long.
        over: Duration,
        /// How far apart the samples are; what was recorded looks back as far.
        step: Duration,
    },
    /// A query in words of PromQL, about series that botmeter does not record.
    Raw {
        /// The words, with what depends on the place behind `$`.
        text: Text,
        /// The labels of the result.
        by: Labels,
        /// What it asks for.
        of: Vec<Foreign>,
    },
    /// How many alerts of this severity fire for the selected jobs.
    Firing {
        /// Of which severity.
        severity: Severity,
    },
    /// 1 for each alert that fires for the selected jobs, by its name and
    /// severity.
    Alerts,
    /// For how many seconds each alert of the selected jobs has asked for
    /// attention, by its name and severity; those that are about to fire are
    /// among them.
    AlertAges,
    /// The same number for every group.
    Number(f64),
    /// Both added.
    Add(Box<Expr>, Box<Expr>),
    /// The second taken off the first.
    Subtract(Box<Expr>, Box<Expr>),
    /// Both multiplied.
    Multiply(Box<Expr>, Box<Expr>),
    /// The first for one of the second; nothing where the second is zero.
    Divide(Box<Expr>, Box<Expr>),
    /// The first, or zero for the groups that only the second has.
    OrZero(Box<Expr>, Box<Expr>),
    /// The largest groups.
    Top {
        /// How many.
        count: u8,
        /// Of what.
        of: Box<Expr>,
    },
    /// The groups of the first that compare so with the second.
    Compare(Box<Expr>, Comparison, Box<Expr>),
    /// The groups of the first that the second has, too.
    And(Box<Expr>, Box<Expr>),
    /// The groups of the first whose job the second has, too.
    AndJob(Box<Expr>, Box<Expr>),
    /// The groups of the first that the second does not have.
    Unless(Box<Expr>, Box<Expr>),
}

/// How the series of one group become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Their sum.
    Sum,
    /// The largest.
    Max,
    /// The smallest.
    Min,
}

/// How two results compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// More than.
    Above,
    /// Less than.
    Below,
    /// Not less than.
    AtLeast,
    /// Not more than.
    AtMost,
}

/// One value for each series at each moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Which series.
    pub selection: Selection,
    /// What is taken of them.
    pub function: Function,
    /// Over which time; means nothing for [`Function::Value`].
    pub window: Window,
    /// How far back.
    pub offset: Option<Duration>,
}

/// What is taken of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    /// Its value as it is.
    Value,
    /// Growth per second.
    Rate,
    /// Growth.
    Increase,
    /// The last value of the window, also if the series has ended since.
    Last,
    /// The highest value of the window.
    Highest,
    /// The lowest value of the window.
    Lowest,
    /// How often the value changed.
    Changes,
    /// The value after this time, if it goes on as in the window.
    Forecast(Duration),
}

/// The time that a function looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// As short as gives a reliable line: what the dashboard's resolution
    /// asks for, five minutes in rules.
    Auto,
    /// All of the time that the dashboard shows; not for rules.
    Shown,
    /// This long.
    Of(Duration),
}

/// Series of an instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Whose.
    pub instrument: &'static Descriptor,
    /// Which part of a histogram.
    pub part: Part,
    /// Which label values.
    pub matchers: Vec<Matcher>,
}

/// What a series of an instrument holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// The value of an instrument that is no histogram.
    Value,
    /// All buckets.
    Buckets,
    /// The bucket with this bound.
    Bucket(f64),
    /// The sum of what was observed.
    Sum,
    /// How much was observed.
    Count,
}

/// A choice among the values of a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub key: &'static str,
    /// Whether the values are those that are wanted, or those that are not.
    pub is_wanted: bool,
    /// The values.
    pub values: Vec<Text>,
}

impl Selection {
    /// The name of the selected series, as Prometheus has it.
    pub fn series_name(&self) -> String {
        let mut name = self.instrument.prometheus_name();
        name.push_str(match self.part {
            Part::Value => "",
            Part::Buckets | Part::Bucket(_) => "_bucket",
            Part::Sum => "_sum",
            Part::Count => "_count",
        });
        name
    }
}

impl Expr {
    /// The selections of the tree, from left to right.
    pub fn selections(&self) -> Vec<&Selection> {
        let all = self.walk().into_iter();
        all.filter_map(|expr| match expr {
            Self::Fold { of, .. } | Self::Quantile { of, .. } | Self::Heat { of } => {
                Some(&of.selection)
            }
            Self::Vanished { of, .. } | Self::Recent { of, .. } => Some(of),
            _ => None,
        })
        .collect()
    }

    /// The tree and all trees within, from left to right.
    pub fn walk(&self) -> Vec<&Self> {
        iter::once(self).chain(self.parts().flat_map(Self::walk)).collect()
    }

    /// The trees that it is made of, from left to right.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Self> {
        let parts = match self {
            Self::Fold { .. }
            | Self::Quantile { .. }
            | Self::Heat { .. }
            | Self::Vanished { .. }
            | Self::Recent { .. }
            | Self::Recorded { .. }
            | Self::Tallied { .. }
            | Self::Raw { .. }
            | Self::Firing { .. }
            | Self::Alerts
            | Self::AlertAges
            | Self::Number(_) => [None, None],
            Self::Since(of) | Self::Top { of, .. } => [Some(&**of), None],
            Self::Add(a, b)
            | Self::Subtract(a, b)
            | Self::Multiply(a, b)
            | Self::Divide(a, b)
            | Self::OrZero(a, b)
            | Self::Compare(a, _, b)
            | Self::And(a, b)
            | Self::AndJob(a, b)
            | Self::Unless(a, b) => [Some(&**a), Some(&**b)],
        };
        parts.into_iter().flatten()
    }

    /// Whether some part looks over this time.
    pub fn looks_over(&self, window: Window) -> bool {
        self.walk().into_iter().any(|expr| match expr {
            Self::Fold { of, .. } | Self::Quantile { of, .. } | Self::Heat { of } => {
                of.window == window
            }
            _ => false,
        })
    }

    /// The longest time that any part looks back over; what a panel chooses
    /// itself is not counted. How far back a recorded series looked is asked
    /// for by its name.
    pub fn reach(&self, recorded: &dyn Fn(&str) -> Duration) -> Duration {
        let own = |expr: &Self| match expr {
            Self::Fold { of, .. } | Self::Quantile { of, .. } | Self::Heat { of } => {
                let window = match of.window {
                    Window::Of(window) => window,
                    Window::Auto | Window::Shown => Duration::ZERO,
                };
                window + of.offset.unwrap_or_default()
            }
            Self::Vanished { remembered, silent, .. } => *remembered.max(silent),
            Self::Recorded { name, offset, .. } => recorded(name) + offset.unwrap_or_default(),
            Self::Tallied { name, over, .. } => recorded(name) + *over,
            _ => Duration::ZERO,
        };
        self.walk().into_iter().map(own).max().unwrap_or_default()
    }
}
