//! Queries whose result Prometheus keeps as a series.

use std::{marker::PhantomData, time::Duration};

use botmeter_core::LabelSet;

use crate::{
    Query, Text,
    expr::{Expr, Labels},
};

/// A query that Prometheus answers all the time, so that what needs the answer
/// does not have to add up a day of samples again.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Recording {
    /// Level, metric and operation: `job_model:llm_cost_dollars:increase1d`.
    pub name: String,
    /// What is recorded.
    pub expr: Expr,
    /// The labels of the result, job not counted.
    pub labels: Labels,
    /// What the series tells.
    pub help: Text,
}

/// A [`Recording`] whose labels the compiler knows, to be asked in alerts.
#[derive(Debug)]
pub struct Recorded<G> {
    recording: Recording,
    labels: PhantomData<fn() -> G>,
}

impl<G: LabelSet> Recorded<G> {
    /// Keeps what the query gives under `<labels>:<name>`; the name is made of
    /// metric and operation, such as `llm_cost_dollars:increase1d`.
    pub fn new(name: &str, query: Query<G>, help: impl Into<Text>) -> Self {
        let mut level = "job".to_owned();
        for label in G::LABELS {
            level.push('_');
            level.push_str(label.key());
        }
        let recording = Recording {
            name: format!("{level}:{name}"),
            expr: query.into_expr(),
            labels: G::LABELS,
            help: help.into(),
        };
        Self { recording, labels: PhantomData }
    }

    /// What was recorded last.
    pub fn query(&self) -> Query<G> {
        self.asked(None)
    }

    /// What was recorded this long ago.
    pub fn ago(&self, offset: Duration) -> Query<G> {
        self.asked(Some(offset))
    }

    fn asked(&self, offset: Option<Duration>) -> Query<G> {
        Query::new(Expr::Recorded { name: self.recording.name.clone(), by: G::LABELS, offset })
    }
}

/// Written out, because a label set need not be `Clone` for it.
impl<G> Clone for Recorded<G> {
    fn clone(&self) -> Self {
        Self { recording: self.recording.clone(), labels: PhantomData }
    }
}

impl<G> From<Recorded<G>> for Recording {
    fn from(recorded: Recorded<G>) -> Self {
        recorded.recording
    }
}
