//! Alerts shown firing, before they ever do.

use std::time::Duration;

use botmeter_board::{Board, Example, Limits};
use botmeter_window::{Chosen, Play};
use serde::Serialize;

use crate::{Alert, Alerts, Clock, Frame, Picture, draw};

/// An alert as it will be one night: its example played into its own panel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// The alert, which fires; there are several if more than one window of an
    /// objective burns.
    pub alerts: Vec<Alert>,
    /// The panel while it fires.
    pub picture: Picture,
    /// The panel when it is just not enough, if the board has an example of
    /// that.
    pub quiet: Option<Picture>,
}

impl Stage {
    /// The alerts of a board that can be shown firing.
    pub fn names(board: &Board) -> impl Iterator<Item = &str> {
        let objectives = board.objectives.iter().map(|objective| &*objective.alert);
        board.alerts.iter().map(|alert| &*alert.name).chain(objectives)
    }

    /// The alert of this name of a board, firing; nothing if the board has no
    /// such alert, or no panel of it.
    ///
    /// ```
    /// use botmeter_board::Limits;
    /// use botmeter_view::Stage;
    ///
    /// let board = botmeter_telemetry::board();
    /// let name = &*board.alerts[0].name;
    /// let stage = Stage::of(&board, name, &Limits::of(&[&board])).unwrap();
    /// assert_eq!(stage.alerts[0].name, name);
    /// ```
    pub fn of(board: &Board, name: &str, limits: &Limits) -> Option<Self> {
        let alert = board.alerts.iter().find(|alert| alert.name == name);
        let objective = board.objectives.iter().find(|objective| objective.alert == name);
        let (panel, loud, quiet) = match (alert, objective) {
            (Some(alert), _) => {
                (&alert.panel, alert.fires.example.clone(), Some(alert.is_quiet.clone()))
            }
            (None, Some(objective)) => (&objective.panel, objective.fires()?, None),
            (None, None) => return None,
        };
        let stage = |example: &Example| {
            let play = Play::of(board, example).ok()?;
            let frame = Frame {
                end: play.end,
                shown: example.after.max(Duration::from_mins(1)),
                scrape: play.pace,
                chosen: Chosen::default(),
                clock: Clock::Elapsed,
            };
            let found = board.dashboards.iter().find_map(|dashboard| {
                let panels = dashboard.rows.iter().flat_map(|row| &row.panels);
                let panel = panels.into_iter().find(|drawn| drawn.title == *panel)?;
                Some((panel, &dashboard.variables))
            });
            let (panel, variables) = found?;
            let picture = draw(panel, variables, limits, &play.history, &frame);
            let alerts = Alerts::of([(board, &play.rules)], play.end, example.after);
            Some((picture, alerts.firing))
        };
        let (picture, mut alerts) = stage(&loud)?;
        alerts.retain(|alert| alert.name == name);
        let quiet = quiet.and_then(|example| stage(&example)).map(|(picture, _)| picture);
        Some(Self { alerts, picture, quiet })
    }
}
