//! Samples of times that are past, as `promtool` puts them into a Prometheus.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use botmeter_board::Expr;
use botmeter_window::{AlertState, History, Labels, Place, Rules};

/// A series as OpenMetrics writes it.
///
/// # Errors
///
/// When it has no name.
pub fn series(labels: &Labels) -> Result<String> {
    let pairs = labels.pairs().filter(|(key, _)| *key != "__name__").map(|(key, value)| {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!("{key}=\"{value}\"")
    });
    let pairs: Vec<_> = pairs.collect();
    let name = labels.name().context("a series has no name")?;
    Ok(format!("{name}{{{}}}", pairs.join(",")))
}

/// Adds a sample of a series at a time in milliseconds.
///
/// # Errors
///
/// None; a text takes whatever is written.
pub fn sample(text: &mut String, series: &str, value: f64, at: i64) -> Result<()> {
    writeln!(text, "{series} {value} {}", at as f64 / 1000.0)?;
    Ok(())
}

/// The names of what these rules record.
pub fn recorded(rules: &[Rules]) -> Vec<String> {
    let names = rules.iter().flat_map(Rules::questions).map(|(name, _, _)| name.to_owned());
    // Alerts are called otherwise.
    let mut names: Vec<_> = names.filter(|name| name.contains(':')).collect();
    names.sort();
    names.dedup();
    names
}

/// Adds what the rules have made of it at this time: what is recorded under
/// these names, and the series of alerts.
///
/// # Errors
///
/// As [`series`].
pub fn made(
    rules: &[Rules],
    recorded: &[String],
    history: &History,
    text: &mut String,
    at: i64,
) -> Result<()> {
    for name in recorded {
        let expr = Expr::Recorded { name: name.clone(), by: &[], offset: None };
        for row in history.ask(&expr, at, &Place::Rule) {
            sample(text, &series(&row.labels)?, row.value, at)?;
        }
    }
    for alert in rules.iter().flat_map(Rules::alerts) {
        let (state, since) = match alert.state {
            AlertState::Pending { since } => ("pending", since),
            AlertState::Firing { since, .. } => ("firing", since),
            AlertState::Resolved { .. } => continue,
        };
        let labels = alert.labels.pairs().chain([("alertstate", state)]);
        sample(text, &series(&Labels::of("ALERTS", labels))?, 1.0, at)?;
        let since = since.div_euclid(1000) as f64;
        let of = Labels::of("ALERTS_FOR_STATE", alert.labels.pairs());
        sample(text, &series(&of)?, since, at)?;
    }
    Ok(())
}
