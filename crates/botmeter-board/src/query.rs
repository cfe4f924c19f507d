//! Grouped queries and the arithmetic between them.

mod shares;

use std::{
    marker::PhantomData,
    ops::{Add, Div, Mul, Sub},
};

use botmeter_core::LabelSet;

pub use self::shares::{Compared, Share, ShareBy, share_of};
use crate::{
    Condition, Limit, Line, Text,
    condition::Direction,
    expr::{Comparison, Expr},
};

/// One number for each group of the labels `G` at each moment.
///
/// Two queries can be combined only if their groups are the same, because
/// Prometheus pairs by labels, and finds nothing where they differ.
///
/// ```compile_fail
/// # use botmeter_board::{rate, ratio};
/// # use botmeter_core::{Counter, Instrument, Unit, open_label};
/// open_label! {
///     /// The name of a model.
///     pub struct Model: "model", limit 100;
/// }
/// static RUNS: Instrument<Counter, (Model,)> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs.");
/// // One side has a label that the other has not.
/// let wrong = ratio(rate(&RUNS).by::<(Model,)>(), rate(&RUNS).all());
/// ```
#[must_use = "a query is drawn in a panel or compared in an alert"]
pub struct Query<G> {
    expr: Expr,
    labels: PhantomData<fn() -> G>,
}

/// The first for one of the second, in each group; nothing for groups in which
/// the second is zero.
pub fn ratio<G: LabelSet>(part: Query<G>, whole: Query<G>) -> Query<G> {
    Query::new(Expr::Divide(Box::new(part.expr), Box::new(whole.expr)))
}

/// The part of a whole, in each group: 0 for groups that have no part, nothing
/// for groups in which the whole is zero. For what is no share of counted
/// events; of these, there is [`share_of`].
pub fn share<G: LabelSet>(part: Query<G>, whole: Query<G>) -> Query<G> {
    let part = Expr::OrZero(Box::new(part.expr), Box::new(whole.expr.clone()));
    Query::new(Expr::Divide(Box::new(part), Box::new(whole.expr)))
}

/// The groups with the largest values. Which they are changes over time, so
/// this is for panels that show one moment.
pub fn top<G: LabelSet>(count: u8, of: Query<G>) -> Query<G> {
    Query::new(Expr::Top { count, of: Box::new(of.expr) })
}

impl<G: LabelSet> Query<G> {
    pub(crate) const fn new(expr: Expr) -> Self {
        Self { expr, labels: PhantomData }
    }

    pub(crate) fn into_expr(self) -> Expr {
        self.expr
    }

    /// A rate per minute instead of per second.
    pub fn per_minute(self) -> Self {
        self * 60.0
    }

    /// A rate per hour instead of per second.
    pub fn per_hour(self) -> Self {
        self * 3600.0
    }

    /// What is missing to 1: the share of those for which it is not so.
    pub fn complement(self) -> Self {
        Self::new(Expr::Subtract(Box::new(Expr::Number(1.0)), Box::new(self.expr)))
    }

    /// Only the groups that the other query has as well: of all processes that
    /// Prometheus knows, those that are bots.
    pub fn among(self, other: Self) -> Self {
        Self::new(Expr::And(Box::new(self.expr), Box::new(other.expr)))
    }

    /// The query as a line of a panel that is called so; without a name, the
    /// line is called by its label values.
    pub fn named(self, name: impl Into<Text>) -> Line {
        Line::from(self).named(name)
    }

    /// The groups that are above the limit.
    pub fn above(self, limit: &Limit) -> Condition<G> {
        self.compared(Comparison::Above, Direction::Up, limit)
    }

    /// The groups that are at or above the limit.
    pub fn at_least(self, limit: &Limit) -> Condition<G> {
        self.compared(Comparison::AtLeast, Direction::Up, limit)
    }

    /// The groups that are below the limit.
    pub fn below(self, limit: &Limit) -> Condition<G> {
        self.compared(Comparison::Below, Direction::Down, limit)
    }

    /// The groups that are at or below the limit.
    pub fn at_most(self, limit: &Limit) -> Condition<G> {
        self.compared(Comparison::AtMost, Direction::Down, limit)
    }

    /// The groups that are more than so many times what the other query gives
    /// for them.
    pub fn above_times(self, factor: &Limit, other: Self) -> Condition<G> {
        let other = (other * factor.value).expr;
        Condition::new(compare(self.expr, Comparison::Above, other), None, factor)
    }

    /// The groups that are less than so many times what the other query gives
    /// for them.
    pub fn below_times(self, factor: &Limit, other: Self) -> Condition<G> {
        let other = (other * factor.value).expr;
        Condition::new(compare(self.expr, Comparison::Below, other), None, factor)
    }

    fn compared(self, comparison: Comparison, direction: Direction, limit: &Limit) -> Condition<G> {
        let expr = compare(self.expr, comparison, Expr::Number(limit.value));
        Condition::new(expr, Some(direction), limit)
    }
}

fn compare(left: Expr, comparison: Comparison, right: Expr) -> Expr {
    Expr::Compare(Box::new(left), comparison, Box::new(right))
}

impl<G: LabelSet> Add for Query<G> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(Expr::Add(Box::new(self.expr), Box::new(other.expr)))
    }
}

impl<G: LabelSet> Sub for Query<G> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(Expr::Subtract(Box::new(self.expr), Box::new(other.expr)))
    }
}

impl<G: LabelSet> Mul<f64> for Query<G> {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self::new(Expr::Multiply(Box::new(self.expr), Box::new(Expr::Number(factor))))
    }
}

impl<G: LabelSet> Div<f64> for Query<G> {
    type Output = Self;

    fn div(self, divisor: f64) -> Self {
        Self::new(Expr::Divide(Box::new(self.expr), Box::new(Expr::Number(divisor))))
    }
}

impl<G> Clone for Query<G> {
    fn clone(&self) -> Self {
        Self { expr: self.expr.clone(), labels: PhantomData }
    }
}

impl<G> std::fmt::Debug for Query<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.expr.fmt(f)
    }
}
