//! The dashboard and the alerts of this domain.

mod alerts;
mod rows;
mod thresholds;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

pub use self::thresholds::OrchestratorThresholds;
use crate::{WorkerProfile, instruments::COMPLETIONS};

/// The dashboard `agent-orchestrator` and its alerts.
pub fn board() -> Board {
    board_with(&OrchestratorThresholds::default())
}

/// The same with limits of one's own, in alerts and panels.
pub fn board_with(of: &OrchestratorThresholds) -> Board {
    Board::new()
        .dashboard(
            Dashboard::new(
                "agent-orchestrator",
                "botmeter / Agent orchestrator",
                "Do the workers get their tasks done, do their branches get merged, and where do \
                 they get stuck?",
            )
            .tags(&["orchestrator"])
            .variables([Variable::of::<WorkerProfile, _, _>("Worker profile", &COMPLETIONS)])
            .rows(rows::rows(of)),
        )
        .alerts(alerts::alerts(of))
}

#[cfg(test)]
mod tests {
    use botmeter_core::Registered;

    use super::*;
    use crate::Orchestrator;

    #[test]
    fn every_instrument_is_drawn_and_every_alert_has_its_panel() {
        let board = board();
        let panels = || board.dashboards[0].rows.iter().flat_map(|row| &row.panels);
        for instrument in Registered::of::<Orchestrator>().instruments {
            let is_drawn = panels()
                .flat_map(|panel| &panel.lines)
                .flat_map(|line| line.expr.selections())
                .any(|selection| selection.instrument == instrument);
            assert!(is_drawn, "{}", instrument.name());
        }
        for alert in &board.alerts {
            let is_shown = |panel: &&botmeter_board::Panel| {
                panel.title == alert.panel && panel.limits.contains(&alert.when.limits[0].1)
            };
            assert!(panels().any(|panel| is_shown(&panel)), "{}", alert.name);
        }
    }

    #[test]
    fn the_alerts_that_existing_receivers_know_keep_their_names() {
        let board = board();
        let names: Vec<_> = board.alerts.iter().map(|alert| &*alert.name).collect();
        assert!(names.contains(&"MergesConcurrent"), "{names:?}");
        assert!(names.contains(&"MergeConflictsHigh"), "{names:?}");
    }
}
