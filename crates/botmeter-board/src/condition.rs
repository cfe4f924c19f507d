//! When something is worth an alert.

use std::marker::PhantomData;

use botmeter_core::LabelSet;

use crate::{
    Text,
    expr::{Expr, Labels},
};

/// A number at which something stops being well, and why it is this number.
///
/// Declared as a constant and used by the alert and by the panel, so that the
/// line in the panel is where the alert fires.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limit {
    /// The number, in the unit of what is compared with it.
    pub value: f64,
    /// Why it is this number.
    pub reason: Text,
}

/// On which side of a limit it is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Above.
    Up,
    /// Below.
    Down,
}

/// Groups of the labels `G` for which something holds.
#[derive(Debug)]
#[must_use = "a condition triggers an alert"]
pub struct Condition<G> {
    trigger: Trigger,
    labels: PhantomData<fn() -> G>,
}

/// A [`Condition`] whose labels are known to the compiler no more.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Trigger {
    /// What has to have a result.
    pub expr: Expr,
    /// The labels of the result, job not counted.
    pub labels: Labels,
    /// What the result is compared with, the limit that decides first. The
    /// direction is there if a panel can show the limit as a line.
    pub limits: Vec<(Option<Direction>, Limit)>,
}

impl Limit {
    /// A limit and its reason, for a constant.
    pub const fn new(value: f64, reason: &'static str) -> Self {
        Self { value, reason: Text::Borrowed(reason) }
    }

    /// A limit and its reason, which may be made from data.
    ///
    /// ```
    /// use botmeter_board::Limit;
    ///
    /// let limit = Limit::because(40.0, format!("the contract of {} says so", "billing"));
    /// assert_eq!(limit, Limit::new(40.0, "the contract of billing says so"));
    /// ```
    pub fn because(value: f64, reason: impl Into<Text>) -> Self {
        Self { value, reason: reason.into() }
    }
}

impl<G: LabelSet> Condition<G> {
    pub(crate) fn new(expr: Expr, direction: Option<Direction>, limit: &Limit) -> Self {
        let trigger = Trigger { expr, labels: G::LABELS, limits: vec![(direction, limit.clone())] };
        Self { trigger, labels: PhantomData }
    }

    /// Only the groups for which the other holds as well.
    pub fn and(self, other: Self) -> Self {
        self.joined(Expr::And, other)
    }

    /// Only the groups for whose job as a whole the other holds.
    pub fn and_overall(self, other: Condition<()>) -> Self {
        self.joined(Expr::AndJob, other)
    }

    fn joined<O>(self, join: fn(Box<Expr>, Box<Expr>) -> Expr, other: Condition<O>) -> Self {
        let Trigger { expr, labels, mut limits } = self.trigger;
        let expr = join(Box::new(expr), Box::new(other.trigger.expr));
        limits.extend(other.trigger.limits);
        Self { trigger: Trigger { expr, labels, limits }, labels: PhantomData }
    }
}

impl<G> From<Condition<G>> for Trigger {
    fn from(condition: Condition<G>) -> Self {
        condition.trigger
    }
}
