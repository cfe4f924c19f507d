//! The limits of alerts, as lines and colors of panels.

use botmeter_board::{Board, Direction, Limit, Severity};

use super::model::{Step, Thresholds};

/// What each limit of an alert means.
#[derive(Debug, Default)]
pub(crate) struct Limits(Vec<(Limit, Direction, Severity)>);

impl Limits {
    /// The limits of these boards' alerts and objectives.
    pub(crate) fn of(boards: &[&Board]) -> Self {
        let mut limits = Self::default();
        for board in boards {
            for alert in &board.alerts {
                for (direction, limit) in &alert.when.limits {
                    if let Some(direction) = direction {
                        limits.0.push((*limit, *direction, alert.severity));
                    }
                }
            }
            for objective in &board.objectives {
                for window in objective.windows {
                    limits.0.push((window.factor, Direction::Up, window.severity));
                }
            }
        }
        limits
    }

    /// Steps for a panel that shows these limits.
    ///
    /// # Errors
    ///
    /// What is wrong with a limit of the panel, as the end of a sentence.
    pub(super) fn thresholds(&self, shown: &[Limit]) -> Result<Thresholds, String> {
        let mut found = Vec::new();
        for limit in shown {
            // The most severe, where alerts share a limit.
            let known = self.0.iter().filter(|(known, _, _)| known == limit);
            let Some((_, direction, severity)) = known.max_by_key(|(_, _, severity)| *severity)
            else {
                return Err(format!(
                    "the limit {} is that of no alert; compare with it in one, or remove it here",
                    limit.value
                ));
            };
            found.push((limit.value, *direction, color(*severity)));
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let first = found.first().map(|(_, direction, _)| *direction);
        if found.iter().any(|(_, direction, _)| Some(*direction) != first) {
            return Err("one limit is bad above and another is bad below; show one of them".into());
        }
        let steps = match first {
            Some(Direction::Down) => falling(&found),
            Some(Direction::Up) | None => rising(&found),
        };
        Ok(Thresholds { mode: "absolute".to_owned(), steps })
    }
}

const WELL: &str = "green";

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "blue",
        Severity::Warning => "orange",
        Severity::Critical => "red",
    }
}

fn rising(limits: &[(f64, Direction, &str)]) -> Vec<Step> {
    let mut steps = vec![Step { value: None, color: WELL.to_owned() }];
    steps.extend(limits.iter().map(|(value, _, color)| step(*value, color)));
    steps
}

/// Below a limit, the color is the limit's; above the last, all is well.
fn falling(limits: &[(f64, Direction, &str)]) -> Vec<Step> {
    let colors = limits.iter().map(|(_, _, color)| *color).chain([WELL]);
    let starts = [None].into_iter().chain(limits.iter().map(|(value, _, _)| Some(*value)));
    starts.zip(colors).map(|(value, color)| Step { value, color: color.to_owned() }).collect()
}

fn step(value: f64, color: &str) -> Step {
    Step { value: Some(value), color: color.to_owned() }
}
