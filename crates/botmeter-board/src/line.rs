//! The lines of a panel.

use botmeter_core::LabelSet;

use crate::{
    Direction, Limit, Query, Show, Text,
    expr::{Expr, Labels},
};

/// One query of a panel.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Line {
    /// What is asked.
    pub expr: Expr,
    /// The labels of the result.
    pub labels: Labels,
    /// What it is called, before the values of its labels.
    pub name: Option<Text>,
    /// Its color, if its meaning has one.
    pub color: Option<Color>,
    /// What its numbers are, where that differs from the panel: in tables.
    pub show: Option<Show>,
    /// Limits of alerts that color its column, in tables.
    pub limits: Vec<Limit>,
    /// Limits that color its column without an alert, in tables.
    pub advice: Vec<(Direction, Limit)>,
}

/// Colors with a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Well.
    Green,
    /// Not quite.
    Yellow,
    /// Badly.
    Red,
    /// Neither.
    Gray,
}

impl Line {
    /// Called so, before the values of its labels.
    #[must_use]
    pub fn named(mut self, name: impl Into<Text>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Drawn in this color.
    #[must_use]
    pub fn color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }

    /// Shown so, where that differs from the panel: in tables.
    #[must_use]
    pub fn show(mut self, show: Show) -> Self {
        self.show = Some(show);
        self
    }

    /// Colored by the limit of an alert, in tables.
    #[must_use]
    pub fn limit(mut self, limit: &Limit) -> Self {
        self.limits.push(limit.clone());
        self
    }

    /// Colored as a warning from where on somebody should look closer,
    /// although no alert fires there, in tables.
    #[must_use]
    pub fn advised_above(mut self, limit: &Limit) -> Self {
        self.advice.push((Direction::Up, limit.clone()));
        self
    }
}

impl<G: LabelSet> From<Query<G>> for Line {
    fn from(query: Query<G>) -> Self {
        Self {
            expr: query.into_expr(),
            labels: G::LABELS,
            name: None,
            color: None,
            show: None,
            limits: Vec::new(),
            advice: Vec::new(),
        }
    }
}
