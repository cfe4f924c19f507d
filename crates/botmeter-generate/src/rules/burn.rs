//! Objectives as recordings of what went wrong and alerts on how fast the
//! budget burns.

use std::{collections::BTreeSet, time::Duration};

use botmeter_board::{Expr, Function, Measure, Objective, Window, percent, spelt};

use super::{Alerting, Group, Links, Record, Rule, group, text};
use crate::{
    Problem,
    options::Options,
    promql::{self, Fleet, Place},
};

/// From this length on, a window is evaluated less often: a day of samples
/// takes time to add up, and changes little in a minute.
pub(super) const LONG: Duration = Duration::from_hours(24);
pub(super) const LONG_INTERVAL: Duration = Duration::from_mins(1);

/// What is recorded for the objectives of a domain.
pub(super) fn recordings(domain: &str, objectives: &[Objective], fleet: &Fleet) -> Vec<Group> {
    let mut short = Vec::new();
    let mut long = Vec::new();
    let record = |name, expr: &Expr| {
        Rule::Record(Record {
            name,
            expr: promql::render(expr, Place::Rule, fleet),
            labels: Vec::new(),
            keys: promql::scope(Place::Rule, fleet),
        })
    };
    for objective in objectives {
        let windows = objective.windows.iter().flat_map(|window| [window.short, window.long]);
        for window in windows.collect::<BTreeSet<_>>() {
            let share = objective.measure.bad_share(Function::Rate, Window::Of(window));
            let rule = record(objective.recorded(window), &share);
            if window < LONG { short.push(rule) } else { long.push(rule) }
        }
        // One sample of each hour is asked for.
        long.extend(objective.hourly().map(|(name, expr)| record(name, &expr)));
        // Rules of several environments may stand side by side.
        let mut labels = vec![("slo".to_owned(), objective.name.replace('_', "-"))];
        labels.extend(fleet.selected.iter().cloned());
        short.push(Rule::Record(Record {
            name: "slo:objective:ratio".to_owned(),
            expr: format!("vector({})", objective.target.value),
            keys: labels.iter().map(|(key, _)| key.clone()).collect(),
            labels,
        }));
    }
    vec![
        group(domain, "objectives", None, short),
        group(domain, "objectives-long", Some(LONG_INTERVAL), long),
    ]
}

/// The alerts of an objective, one for each pair of windows.
pub(super) fn alerts(objective: &Objective, links: &Links<'_>) -> Vec<Alerting> {
    let windows = objective.windows.iter();
    let fleet = &links.options.fleet;
    windows
        .map(|window| Alerting {
            name: objective.alert.clone(),
            expr: promql::render(&objective.burns(window).of_bots(), Place::Rule, fleet),
            hold: window.hold,
            labels: vec![
                ("severity", window.severity.as_str().to_owned()),
                ("window", spelt(window.long)),
            ],
            summary: objective.summary.to_string(),
            description: objective.description(
                window,
                &text::job(fleet, text::label),
                "{{ $value | humanizePercentage }}",
            ),
            runbook_url: links.runbook(&objective.alert),
            dashboard_url: links.panel(&objective.panel),
            panel: objective.panel.clone(),
            dashboard: links.dashboard(&objective.panel).cloned(),
        })
        .collect()
}

/// Why an objective makes no sense.
pub(crate) fn objections(objective: &Objective, options: &Options) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut object = |what: String| {
        problems.push(Problem::new(format!("objective {}", objective.name), what));
    };
    let target = objective.target.value;
    if !(target > 0.0 && target < 1.0) {
        object(format!("the target is {target}; it has to lie between 0 and 1"));
    }
    if !objective.name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_') {
        object("the name is made of small letters, digits and underscores".to_owned());
    }
    if objective.windows.is_empty() {
        object("there is no window, so nobody would ever be told".to_owned());
    }
    if objective.floor.value < 1.0 {
        object(
            "one event alone would be a share of everything; say of how many events it speaks \
             with `of_at_least`, 1 or more"
                .to_owned(),
        );
    }
    for window in &*objective.windows {
        let (factor, long) = (window.factor.value, window.long);
        let threshold = factor * objective.budget();
        if threshold >= 1.0 {
            object(format!(
                "burning {factor} times too fast would need {} of all events to go wrong; take a \
                 higher target or lower factors",
                percent(threshold)
            ));
        }
        if window.short >= long {
            object(format!("the short window is not shorter than {}", spelt(long)));
        }
        if long > options.retention {
            object(format!(
                "the window of {} is longer than Prometheus keeps samples, {}",
                spelt(long),
                spelt(options.retention)
            ));
        }
    }
    if let Measure::Latency { of, bound } = &objective.measure {
        let bounds = of.instrument.buckets();
        if !bounds.contains(bound) {
            object(format!("{bound} is not a bucket of {}: {bounds:?}", of.instrument.name()));
        }
    }
    problems
}
