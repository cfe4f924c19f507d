//! What is found once for all moments is what each would find.

use std::time::Duration;

use botmeter_board::{Expr, Scope};

use crate::{Bounds, Chosen, History, Labels, Place, Play, Row, View};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// What was recorded each minute of three days, and what of it is there at
/// whole hours: 1 of one job, 10 of another, which had stopped for a day.
fn recorded(history: &mut History) {
    let rule = history.add_rule();
    for at in (1..=72 * 60).map(|minute| minute * MINUTE) {
        let series = |job| Labels::of("job:lost:bad_increase1h", [("job", job)]);
        // What happens between the hours is not asked for.
        let counted = if at % HOUR == 0 { 1.0 } else { 1000.0 };
        let rests = (24 * HOUR..48 * HOUR).contains(&at);
        let other = (!rests).then(|| (series("b"), 10.0 * counted));
        history.append(rule, at, [(series("a"), counted)].into_iter().chain(other)).unwrap();
    }
}

#[test]
fn of_each_step_one_sample_is_added_up_and_holes_are_left_out() {
    let name = "job:lost:bad_increase1h".to_owned();
    let over = Duration::from_hours(30 * 24);
    let tally = Expr::Tallied { name, by: &[], over, step: Duration::from_hours(1) };
    let few = Bounds { samples: 1000, ..Bounds::default() };
    let remembering = History::new(few).with_past(Duration::from_mins(1), 1 << 20);
    for mut history in [History::new(Bounds::default()), remembering] {
        recorded(&mut history);
        let asked = |at, place: &Place<'_>| history.ask(&tally, at, place);
        let row = |job, value| Row::new(Labels::from_pairs([("job", job)]), value);
        // The hours are those of the clock, whenever it is asked.
        for at in [72 * HOUR, 72 * HOUR + 4 * MINUTE] {
            assert_eq!(asked(at, &Place::Rule), [row("a", 72.0), row("b", 10.0 * 48.0)]);
        }
        let view = |chosen| View {
            scope: Scope::Fleet,
            variables: &[],
            chosen,
            rate_interval: Duration::from_mins(1),
            shown: Duration::from_hours(1),
        };
        let (all, one) = (Chosen::default(), Chosen::default().only("job", ["b"]));
        let whole = |value| [Row::new(Labels::default(), value)];
        assert_eq!(asked(72 * HOUR, &Place::Panel(view(&all))), whole(552.0));
        assert_eq!(asked(72 * HOUR, &Place::Panel(view(&one))), whole(480.0));
        assert_eq!(asked(59 * MINUTE, &Place::Panel(view(&all))), []);
    }
}

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
