//! States of alerts.

use std::{collections::BTreeMap, time::Duration};

use botmeter_board::{Expr, Text};

use crate::{History, Labels, OutOfOrder, Place, Row, Target, milliseconds::milliseconds};

/// How long an alert that is over is told of, in milliseconds.
const REMEMBERED: i64 = 15 * 60 * 1000;

/// One alert for one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alert<'a> {
    /// Which alert.
    pub name: &'a str,
    /// The labels of the group, with those that the rule adds.
    pub labels: &'a Labels,
    /// The value when it was last so.
    pub value: f64,
    /// How far it has come.
    pub state: AlertState,
}

/// A rule that may become an alert.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watched<'a> {
    /// Which alert.
    pub name: &'a str,
    /// The labels that the rule adds.
    pub labels: &'a [(&'static str, String)],
    /// For how long it has to be so.
    pub hold: Duration,
    /// How far back it looks, and so how much has to be known before its
    /// silence means anything.
    pub reach: Duration,
}

/// How far an alert has come; times are milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertState {
    /// It is so, and not for long enough.
    Pending {
        /// Since when it is so.
        since: i64,
    },
    /// It is so for as long as it has to be.
    Firing {
        /// Since when it is so.
        since: i64,
        /// Since when it fires.
        fired: i64,
    },
    /// It fired within the last 15 minutes, and is over.
    Resolved {
        /// Since when it is over.
        since: i64,
    },
}

/// What somebody else knows of a rule now.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// Its groups that are pending or firing, with their labels and values.
    States(Vec<(Labels, AlertState, f64)>),
    /// The answer to its query, from which its states follow.
    Rows(Vec<Row>),
    /// Nothing, so it stays as it was.
    Nothing,
}

/// What there is to know of a rule, beside its samples.
#[derive(Debug)]
pub(crate) struct KeptRule<'a> {
    pub(crate) name: &'a str,
    pub(crate) labels: &'a [(&'static str, String)],
    pub(crate) target: Target,
    pub(crate) evaluated: Option<i64>,
    pub(crate) active: Vec<(Labels, AlertState, f64)>,
}

/// An alert's rule, and what has become of it.
#[derive(Debug)]
pub(crate) struct Alerting {
    name: Text,
    expr: Expr,
    hold: Duration,
    labels: Vec<(&'static str, String)>,
    reach: Duration,
    target: Target,
    active: BTreeMap<Labels, (AlertState, f64)>,
}

impl Alerting {
    pub(crate) fn new(
        name: Text,
        expr: Expr,
        hold: Duration,
        labels: Vec<(&'static str, String)>,
        reach: Duration,
        history: &mut History,
    ) -> Self {
        let target = history.add_rule();
        Self { name, expr, hold, labels, reach, target, active: BTreeMap::new() }
    }

    pub(crate) fn kept(&self) -> KeptRule<'_> {
        let active = self.active.iter();
        KeptRule {
            name: &self.name,
            labels: &self.labels,
            target: self.target,
            evaluated: None,
            active: active.map(|(of, (state, value))| (of.clone(), *state, *value)).collect(),
        }
    }

    pub(crate) fn restore(&mut self, active: &[(Labels, AlertState, f64)]) -> Target {
        let active = active.iter().cloned();
        self.active = active.map(|(of, state, value)| (of, (state, value))).collect();
        self.target
    }

    pub(crate) fn question(&self) -> (&str, &[(&'static str, String)], &Expr) {
        (&self.name, &self.labels, &self.expr)
    }

    pub(crate) fn watched(&self) -> Watched<'_> {
        Watched { name: &self.name, labels: &self.labels, hold: self.hold, reach: self.reach }
    }

    pub(crate) fn active(&self) -> impl Iterator<Item = Alert<'_>> {
        let groups = self.active.iter();
        groups.map(|(labels, (state, value))| Alert {
            name: &self.name,
            labels,
            value: *value,
            state: *state,
        })
    }

    /// Looks at the alert, and tells the history of its state.
    pub(crate) fn evaluate(&mut self, history: &mut History, at: i64) -> Result<(), OutOfOrder> {
        self.advance(at, history.ask(&self.expr, at, &Place::Rule));
        let told: Vec<_> = self
            .active
            .iter()
            .filter_map(|(labels, (state, _))| {
                let (state, since) = match state {
                    AlertState::Pending { since } => ("pending", since),
                    AlertState::Firing { since, .. } => ("firing", since),
                    AlertState::Resolved { .. } => return None,
                };
                let with_state = labels.pairs().chain([("alertstate", state)]);
                // Prometheus tells the second in which it began.
                let second = since.div_euclid(1000) as f64;
                Some([
                    (Labels::of("ALERTS", with_state), 1.0),
                    (Labels::of("ALERTS_FOR_STATE", labels.pairs()), second),
                ])
            })
            .flatten()
            .collect();
        history.append(self.target, at, told).map(|_| ())
    }

    /// Takes over what somebody else knows.
    pub(crate) fn hear(&mut self, at: i64, heard: Heard) {
        match heard {
            Heard::Nothing => {}
            Heard::Rows(rows) => self.advance(at, rows),
            Heard::States(states) => {
                let before = std::mem::take(&mut self.active);
                self.active = states.into_iter().map(|(of, state, it)| (of, (state, it))).collect();
                for (labels, (state, value)) in before {
                    let over = match state {
                        AlertState::Firing { .. } => AlertState::Resolved { since: at },
                        AlertState::Resolved { since } if at - since <= REMEMBERED => state,
                        AlertState::Resolved { .. } | AlertState::Pending { .. } => continue,
                    };
                    self.active.entry(labels).or_insert((over, value));
                }
            }
        }
    }

    /// Goes on with the answer to the query at this time.
    fn advance(&mut self, at: i64, rows: Vec<Row>) {
        let rows = rows.into_iter();
        let mut rows: BTreeMap<Labels, f64> =
            rows.map(|row| (row.labels.of_alert(&self.name, &self.labels), row.value)).collect();
        self.active.retain(|labels, (state, value)| {
            let now = rows.remove(labels);
            *value = now.unwrap_or(*value);
            *state = match (*state, now) {
                (AlertState::Resolved { .. }, Some(_)) => AlertState::Pending { since: at },
                (AlertState::Pending { .. }, None) => return false,
                (AlertState::Firing { .. }, None) => AlertState::Resolved { since: at },
                (AlertState::Resolved { since }, None) if at - since > REMEMBERED => return false,
                (state, _) => state,
            };
            true
        });
        let new = rows.into_iter();
        self.active
            .extend(new.map(|(group, value)| (group, (AlertState::Pending { since: at }, value))));
        for (state, _) in self.active.values_mut() {
            if let AlertState::Pending { since } = *state
                && at - since >= milliseconds(self.hold)
            {
                *state = AlertState::Firing { since, fired: at };
            }
        }
    }
}
