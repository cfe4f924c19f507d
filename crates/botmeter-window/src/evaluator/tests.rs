//! What is found once for all moments is what each would find.

use botmeter_board::Scope;

use crate::{Chosen, Place, Play, View};

#[test]
fn many_moments_are_answered_as_each_of_them() {
    let board = botmeter_telemetry::board();
    let chosen = Chosen::default();
    let panels = board.dashboards.iter().flat_map(|dashboard| &dashboard.rows);
    let panels: Vec<_> = panels.flat_map(|row| &row.panels).collect();
    let mut rows = 0;
    for alert in &board.alerts {
        let play = Play::of(&board, &alert.fires.example).unwrap();
        let moments: Vec<_> = (0..=play.end).step_by(120_000).collect();
        let view = |scope: Scope| View {
            scope,
            variables: &[],
            chosen: &chosen,
            rate_interval: 4 * play.pace,
            shown: alert.fires.example.after,
        };
        let own =
            panels.iter().flat_map(|panel| panel.lines.iter().map(|it| (panel.scope, &it.expr)));
        let asked = own.map(|(scope, expr)| (Place::Panel(view(scope)), expr));
        let rules = play.rules.questions().map(|(_, _, expr)| (Place::Rule, expr));
        for (place, expr) in asked.chain(rules) {
            let together = play.history.ask_over(expr, &moments, &place);
            let alone = moments.iter().map(|at| play.history.ask(expr, *at, &place));
            let alone: Vec<_> = alone.collect();
            // As text, because NaN is not equal to itself.
            assert_eq!(format!("{together:?}"), format!("{alone:?}"), "{expr:?}");
            rows += together.iter().map(Vec::len).sum::<usize>();
        }
    }
    assert!(rows > 100, "{rows} rows were compared");
}
