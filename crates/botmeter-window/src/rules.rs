//! The recordings and alerts of a board.

use std::{collections::BTreeSet, time::Duration};

use botmeter_board::{Board, Expr, Function, Objective, Window, spelt};

use crate::{
    Alert, AlertState, Heard, History, Labels, OutOfOrder, Place, Row, Target, Watched,
    alerts::{Alerting, KeptRule},
    milliseconds::milliseconds,
};

/// From this length on, the window of an objective is recorded less often.
const LONG: Duration = Duration::from_hours(24);
const LONG_INTERVAL: Duration = Duration::from_mins(1);

/// What Prometheus would record and alert on, if it had loaded the rules that
/// are generated from a board.
///
/// Evaluate them after each reading of the targets: what is recorded becomes
/// samples of the history, and so do the states of alerts, as `ALERTS`.
///
/// ```
/// use botmeter_window::{Bounds, History, Rules};
///
/// let mut history = History::new(Bounds::default());
/// let mut rules = Rules::of(&botmeter_telemetry::board(), &mut history);
/// rules.evaluate(&mut history, 15_000)?;
/// assert_eq!(rules.alerts().count(), 0);
/// # Ok::<(), botmeter_window::OutOfOrder>(())
/// ```
#[derive(Debug)]
pub struct Rules {
    records: Vec<Record>,
    alerts: Vec<Alerting>,
}

/// A series that is kept.
#[derive(Debug)]
struct Record {
    name: String,
    expr: Expr,
    labels: Vec<(&'static str, String)>,
    /// How often; always, if there is none.
    interval: Option<Duration>,
    target: Target,
    evaluated: Option<i64>,
}

impl Rules {
    /// The rules of a board, whose results go into this history.
    pub fn of(board: &Board, history: &mut History) -> Self {
        let (mut records, mut long) = (Vec::new(), Vec::new());
        let mut record = |name: String, expr| {
            let (labels, target) = (Vec::new(), history.add_rule());
            Record { name, expr, labels, interval: None, target, evaluated: None }
        };
        for recording in &board.recordings {
            records.push(record(recording.name.clone(), recording.expr.clone()));
        }
        for objective in &board.objectives {
            for window in windows(objective) {
                let expr = objective.measure.bad_share(Function::Rate, Window::Of(window));
                let rule = record(objective.recorded(window), expr);
                if window < LONG {
                    records.push(rule);
                } else {
                    long.push(Record { interval: Some(LONG_INTERVAL), ..rule });
                }
            }
            let counts = objective.hourly().map(|(name, expr)| record(name, expr));
            long.extend(counts.map(|rule| Record { interval: Some(LONG_INTERVAL), ..rule }));
            let target = Expr::Number(objective.target.value);
            let labels = vec![("slo", objective.name.replace('_', "-"))];
            records.push(Record { labels, ..record("slo:objective:ratio".to_owned(), target) });
        }
        records.extend(long);
        let recorded = |name: &str| {
            let rule = records.iter().find(|rule| rule.name == name);
            // None of them asks for another one.
            rule.map_or(Duration::ZERO, |rule| rule.expr.reach(&|_| Duration::ZERO))
        };
        let mut alerts = Vec::new();
        let mut alert = |name, expr: Expr, hold, labels| {
            let reach = expr.reach(&recorded);
            alerts.push(Alerting::new(name, expr, hold, labels, reach, history));
        };
        for of in &board.alerts {
            let labels = vec![("severity", of.severity.as_str().to_owned())];
            alert(of.name.clone(), of.when.expr.clone(), of.hold, labels);
        }
        for objective in &board.objectives {
            for window in &*objective.windows {
                let labels = vec![
                    ("severity", window.severity.as_str().to_owned()),
                    ("window", spelt(window.long)),
                ];
                let name = objective.alert.clone();
                alert(name, objective.burns(window), window.hold, labels);
            }
        }
        Self { records, alerts }
    }

    /// Records and looks at each alert, in their order, as of this time in
    /// milliseconds.
    ///
    /// # Errors
    ///
    /// If the time is not later than the one before.
    pub fn evaluate(&mut self, history: &mut History, at: i64) -> Result<(), OutOfOrder> {
        for record in &mut self.records {
            record.evaluate(history, at)?;
        }
        for alert in &mut self.alerts {
            alert.evaluate(history, at)?;
        }
        Ok(())
    }

    /// Takes over what somebody else knows of each alert now, such as a
    /// Prometheus. Nothing is recorded then.
    ///
    /// ```
    /// use botmeter_window::{AlertState, Bounds, Heard, History, Labels, Row, Rules};
    ///
    /// let mut history = History::new(Bounds::default());
    /// let mut rules = Rules::of(&botmeter_telemetry::board(), &mut history);
    /// let job = Row { labels: Labels::from_pairs([("job", "mail")]), value: 3.0 };
    /// rules.hear(15_000, |_, _| Heard::Rows(vec![job.clone()]));
    /// assert!(rules.alerts().all(|alert| alert.labels.get("job") == Some("mail")));
    /// rules.hear(30_000, |_, _| Heard::States(Vec::new()));
    /// assert!(rules.alerts().all(|alert| matches!(alert.state, AlertState::Resolved { .. })));
    /// ```
    pub fn hear(&mut self, at: i64, mut of: impl FnMut(Watched<'_>, &Expr) -> Heard) {
        for alert in &mut self.alerts {
            let (_, _, expr) = alert.question();
            let heard = of(alert.watched(), expr);
            alert.hear(at, heard);
        }
    }

    /// The alerts that are pending, firing, or were lately.
    pub fn alerts(&self) -> impl Iterator<Item = Alert<'_>> {
        self.alerts.iter().flat_map(Alerting::active)
    }

    /// Every rule that may become an alert, in the order of the board.
    pub fn watched(&self) -> impl Iterator<Item = Watched<'_>> {
        self.alerts.iter().map(Alerting::watched)
    }

    /// Every rule that may become an alert, with what it asks.
    pub fn asked(&self) -> impl Iterator<Item = (Watched<'_>, &Expr)> {
        self.alerts.iter().map(|alert| (alert.watched(), alert.question().2))
    }

    pub(crate) fn kept(&self) -> impl Iterator<Item = KeptRule<'_>> {
        let records = self.records.iter().map(|record| KeptRule {
            name: &record.name,
            labels: &record.labels,
            target: record.target,
            evaluated: record.evaluated,
            active: Vec::new(),
        });
        records.chain(self.alerts.iter().map(Alerting::kept))
    }

    /// Lets a rule go on where it stood, and returns its target, if it is one
    /// of these.
    pub(crate) fn restore(
        &mut self,
        name: &str,
        labels: &[(String, String)],
        evaluated: Option<i64>,
        active: &[(Labels, AlertState, f64)],
    ) -> Option<Target> {
        let is = |own_name: &str, own: &[(&'static str, String)]| {
            let own = own.iter().map(|(key, value)| (*key, value.as_str()));
            own_name == name && own.eq(labels.iter().map(|(key, value)| (&**key, &**value)))
        };
        if let Some(rule) = self.records.iter_mut().find(|rule| is(&rule.name, &rule.labels)) {
            rule.evaluated = evaluated;
            return Some(rule.target);
        }
        let mut alerts = self.alerts.iter_mut();
        let alert = alerts.find(|alert| {
            let (own_name, own, _) = alert.question();
            is(own_name, own)
        });
        alert.map(|alert| alert.restore(active))
    }

    /// The name of each rule, the labels that it adds, and what it asks.
    pub fn questions(&self) -> impl Iterator<Item = (&str, &[(&'static str, String)], &Expr)> {
        let records = self.records.iter();
        let records = records.map(|rule| (&*rule.name, &*rule.labels, &rule.expr));
        records.chain(self.alerts.iter().map(Alerting::question))
    }
}

impl Record {
    fn evaluate(&mut self, history: &mut History, at: i64) -> Result<(), OutOfOrder> {
        let interval = self.interval.map_or(0, milliseconds);
        if self.evaluated.is_some_and(|last| at - last < interval) {
            return Ok(());
        }
        self.evaluated = Some(at);
        let Self { name, labels, .. } = &*self;
        let rows = history.ask(&self.expr, at, &Place::Rule).into_iter();
        let rows = rows.map(|Row { labels: own, value }| (own.of_rule(name, labels), value));
        let rows: Vec<(Labels, f64)> = rows.collect();
        history.append(self.target, at, rows).map(|_| ())
    }
}

fn windows(objective: &Objective) -> BTreeSet<Duration> {
    objective.windows.iter().flat_map(|window| [window.short, window.long]).collect()
}

#[cfg(test)]
mod tests;
