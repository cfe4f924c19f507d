//! The dashboard and the alerts of this domain.

mod alerts;
mod rows;
mod thresholds;
mod titles;

use botmeter_board::{Board, Dashboard, Variable};

pub use self::thresholds::HttpThresholds;
use crate::{
    Route, Tool,
    instruments::{REQUESTS, TOOL_CALLS},
};

/// The dashboard `http-and-tools` and its alerts.
pub fn board() -> Board {
    board_with(&HttpThresholds::default())
}

/// The same with limits of one's own, in alerts and panels.
pub fn board_with(of: &HttpThresholds) -> Board {
    Board::new()
        .dashboard(
            Dashboard::new(
                "http-and-tools",
                "botmeter / HTTP and tools",
                "Are requests answered, well and fast, and do the tools work?",
            )
            .tags(&["http", "tools"])
            .span_attributes(&[("route", "http.route"), ("tool", "gen_ai.tool.name")])
            .variables([
                Variable::of::<Route, _, _>("Route", &REQUESTS),
                Variable::of::<Tool, _, _>("Tool", &TOOL_CALLS),
            ])
            .rows(rows::rows(of)),
        )
        .alerts(alerts::alerts(of))
}

#[cfg(test)]
mod tests {
    use botmeter_core::Registered;

    use super::*;
    use crate::Http;

    #[test]
    fn every_instrument_is_drawn_and_every_alert_has_its_panel() {
        let board = board();
        let panels = || board.dashboards[0].rows.iter().flat_map(|row| &row.panels);
        for instrument in Registered::of::<Http>().instruments {
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
}
