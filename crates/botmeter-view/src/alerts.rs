//! What is wrong, and what may be.

use std::time::Duration;

use botmeter_board::{Board, filled, said};
use botmeter_window::{self as window, AlertState, Labels, Rules};
use serde::Serialize;

use crate::{clock::length, frame::milliseconds, picture::Level};

/// All alerts by their states, what is to be looked at first coming first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Alerts {
    /// They are so for as long as they have to be.
    pub firing: Vec<Alert>,
    /// They are so, and not for long enough.
    pub pending: Vec<Alert>,
    /// They fired within the last minutes, and are over.
    pub resolved: Vec<Alert>,
    /// They are silent, and look further back than is known: their silence
    /// means little.
    pub unsure: Vec<Unsure>,
    /// They are silent, and that means something.
    pub quiet: Vec<String>,
}

/// One alert for one group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alert {
    /// Which alert.
    pub name: String,
    /// How bad it is.
    pub level: Level,
    /// What tells its group from others.
    pub labels: Vec<(String, String)>,
    /// The value, as the alert writes it.
    pub value: String,
    /// Since when it is in its state.
    pub since: i64,
    /// For how long it is in its state; how long until a pending one fires.
    pub length: String,
    /// What is wrong, in one sentence.
    pub summary: String,
    /// What is wrong, with value and labels.
    pub description: String,
    /// What to look at and what to do.
    pub runbook: Vec<String>,
    /// The dashboard that shows it, and the title of the panel.
    pub shown: Option<(String, String)>,
}

/// An alert that needs more history.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Unsure {
    /// Which alert.
    pub name: String,
    /// How far back it looks.
    pub reach: String,
}

/// What the board says of an alert.
struct Told<'a> {
    show: &'a botmeter_board::Show,
    summary: &'a str,
    description: Description<'a>,
    runbook: &'a [botmeter_board::Text],
    panel: &'a str,
}

enum Description<'a> {
    Filled(&'a str),
    Burns(&'a botmeter_board::Objective, &'a botmeter_board::BurnWindow),
}

impl Alerts {
    /// The states of the rules of boards, as of a time, when so much is known.
    pub fn of<'a>(
        of: impl IntoIterator<Item = (&'a Board, &'a Rules)>,
        at: i64,
        covered: Duration,
    ) -> Self {
        let mut alerts = Self::default();
        for (board, rules) in of {
            alerts.add(board, rules, at, covered);
        }
        for list in [&mut alerts.firing, &mut alerts.pending, &mut alerts.resolved] {
            list.sort_by(|a, b| b.level.cmp(&a.level).then(a.since.cmp(&b.since)));
        }
        alerts
    }

    fn add(&mut self, board: &Board, rules: &Rules, at: i64, covered: Duration) {
        let mut loud = Vec::new();
        for alert in rules.alerts() {
            loud.push((alert.name, alert.labels.get("window").unwrap_or_default().to_owned()));
            let Some(told) = told(board, alert.name, alert.labels) else { continue };
            let (list, since, until) = match alert.state {
                AlertState::Firing { fired, .. } => (&mut self.firing, fired, at),
                AlertState::Resolved { since } => (&mut self.resolved, since, at),
                AlertState::Pending { since } => {
                    let hold = rules.watched().find(|watched| is_of(watched, &alert));
                    let hold = hold.map_or(Duration::ZERO, |watched| watched.hold);
                    (&mut self.pending, since, since + milliseconds(hold))
                }
            };
            let left = if matches!(alert.state, AlertState::Pending { .. }) { at } else { since };
            list.push(one(board, &alert, &told, since, length(until - left)));
        }
        for watched in rules.watched() {
            let window = watched.labels.iter().find(|(key, _)| *key == "window");
            let window = window.map_or("", |(_, window)| window);
            if loud.iter().any(|(name, of)| *name == watched.name && of == window) {
                continue;
            }
            let name = if window.is_empty() {
                watched.name.to_owned()
            } else {
                format!("{} {window}", watched.name)
            };
            // Until something is known, nothing means anything.
            if watched.reach >= covered {
                let reach = length(milliseconds(watched.reach));
                self.unsure.push(Unsure { name, reach });
            } else {
                self.quiet.push(name);
            }
        }
    }
}

fn is_of(watched: &window::Watched<'_>, alert: &window::Alert<'_>) -> bool {
    watched.name == alert.name
        && watched.labels.iter().all(|(key, value)| alert.labels.get(key) == Some(value))
}

fn told<'a>(board: &'a Board, name: &str, labels: &Labels) -> Option<Told<'a>> {
    if let Some(alert) = board.alerts.iter().find(|alert| alert.name == name) {
        return Some(Told {
            show: &alert.show,
            summary: &alert.summary,
            description: Description::Filled(&alert.description),
            runbook: &alert.runbook,
            panel: &alert.panel,
        });
    }
    let objective = board.objectives.iter().find(|objective| objective.alert == name)?;
    let window = labels.get("window")?;
    let long = |of: &&botmeter_board::BurnWindow| botmeter_board::spelt(of.long) == window;
    Some(Told {
        show: &botmeter_board::Show::Ratio,
        summary: &objective.summary,
        description: Description::Burns(objective, objective.windows.iter().find(long)?),
        runbook: &objective.runbook,
        panel: &objective.panel,
    })
}

fn one(
    board: &Board,
    alert: &window::Alert<'_>,
    told: &Told<'_>,
    since: i64,
    length: String,
) -> Alert {
    let value = said(told.show, alert.value);
    let fill = |text: &str| {
        let word = |word: &str| match word {
            "value" => Some(value.clone()),
            key => Some(alert.labels.get(key).unwrap_or_default().to_owned()),
        };
        // A text with a brace too many is refused by the generator.
        filled(text, word).unwrap_or_else(|_| text.to_owned())
    };
    let job = alert.labels.get("job").unwrap_or_default();
    let own = ["alertname", "severity", "window"];
    let labels = alert.labels.pairs().filter(|(key, _)| !own.contains(key));
    let level = match alert.labels.get("severity") {
        Some("critical") => Level::Critical,
        Some("warning") => Level::Warning,
        _ => Level::Info,
    };
    let has = |dashboard: &&botmeter_board::Dashboard| {
        dashboard.rows.iter().flat_map(|row| &row.panels).any(|panel| panel.title == told.panel)
    };
    let dashboard = board.dashboards.iter().find(has);
    Alert {
        name: alert.name.to_owned(),
        level,
        labels: labels.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        since,
        length,
        summary: fill(told.summary),
        description: match told.description {
            Description::Filled(text) => fill(text),
            Description::Burns(objective, window) => objective.description(window, job, &value),
        },
        value,
        runbook: told.runbook.iter().map(ToString::to_string).collect(),
        shown: dashboard.map(|dashboard| (dashboard.uid.to_string(), told.panel.to_owned())),
    }
}
