//! What the limits of alerts mean in panels.

use std::collections::BTreeSet;

use crate::{Board, Direction, Limit, Line, Panel, Severity, Text};

/// What each limit of an alert means: on which side of it is what, and whose it
/// is.
#[derive(Clone, Debug, Default)]
pub struct Limits(Vec<(Limit, Direction, Severity, Text)>);

/// From where on it is well, or as severe as this.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// None for the first, which begins at minus infinity.
    pub from: Option<f64>,
    /// None where all is well.
    pub severity: Option<Severity>,
}

impl Limits {
    /// The limits of these boards' alerts and objectives.
    pub fn of(boards: &[&Board]) -> Self {
        let mut limits = Self::default();
        for board in boards {
            for alert in &board.alerts {
                for (direction, limit) in &alert.when.limits {
                    if let Some(direction) = direction {
                        let (limit, name) = (limit.clone(), alert.name.clone());
                        limits.0.push((limit, *direction, alert.severity, name));
                    }
                }
            }
            for objective in &board.objectives {
                for window in &*objective.windows {
                    let (limit, alert) = (window.factor.clone(), objective.alert.clone());
                    limits.0.push((limit, Direction::Up, window.severity, alert));
                }
            }
        }
        limits
    }

    /// The alerts that compare with this limit.
    pub fn alerts(&self, limit: &Limit) -> BTreeSet<&str> {
        let own = self.0.iter().filter(|(known, ..)| known == limit);
        own.map(|(.., alert)| &**alert).collect()
    }

    /// The steps of a panel that shows limits of alerts, or advice, the lowest
    /// first.
    ///
    /// # Errors
    ///
    /// What is wrong with a limit of the panel, as the end of a sentence.
    pub fn steps(&self, panel: &Panel) -> Result<Vec<Step>, String> {
        self.between(&panel.limits, &panel.advice)
    }

    /// The steps of a column of a table.
    ///
    /// # Errors
    ///
    /// What is wrong with a limit of the column, as the end of a sentence.
    pub fn steps_of_column(&self, line: &Line) -> Result<Vec<Step>, String> {
        self.between(&line.limits, &line.advice)
    }

    fn between(
        &self,
        limits: &[Limit],
        advice: &[(Direction, Limit)],
    ) -> Result<Vec<Step>, String> {
        let advice = advice.iter();
        let mut found: Vec<_> =
            advice.map(|(direction, limit)| (limit.value, *direction, Severity::Warning)).collect();
        for limit in limits {
            // The most severe, where alerts share a limit.
            let known = self.0.iter().filter(|(known, ..)| known == limit);
            let Some((_, direction, severity, _)) =
                known.max_by_key(|(_, _, severity, _)| *severity)
            else {
                return Err(format!(
                    "the limit {} is that of no alert; compare with it in one, or advise with it",
                    limit.value
                ));
            };
            found.push((limit.value, *direction, *severity));
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        let first = found.first().map(|(_, direction, _)| *direction);
        if found.iter().any(|(_, direction, _)| Some(*direction) != first) {
            return Err("one limit is bad above and another is bad below; show one of them".into());
        }
        let starts = [None].into_iter().chain(found.iter().map(|(value, _, _)| Some(*value)));
        let severities = found.iter().map(|(_, _, severity)| Some(*severity));
        // Below a limit that is bad below, it is as severe as the limit; above
        // the last, all is well.
        let severities: Vec<_> = match first {
            Some(Direction::Down) => severities.chain([None]).collect(),
            Some(Direction::Up) | None => [None].into_iter().chain(severities).collect(),
        };
        Ok(starts.zip(severities).map(|(from, severity)| Step { from, severity }).collect())
    }
}
