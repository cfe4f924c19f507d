//! What a window takes of the heap, with everything that belongs to it.

use std::time::Duration;

use allocation_counter::measure;
use anyhow::{Result, ensure};
use botmeter_board::Board;
use botmeter_window::{Bounds, Chosen, History, Labels, Place, Target, View};

/// A reading each five seconds, of so many series, with labels as bots have.
fn reading(history: &mut History, target: Target, step: i64, series: &[Labels]) {
    let samples = series.iter().map(|labels| (labels.clone(), (step % 100) as f64));
    history.append(target, step * 5000, samples).unwrap();
}

fn series(from: usize, count: usize) -> Vec<Labels> {
    let each = (from..from + count).map(|number| {
        let model = format!("model-{}", number / 12);
        let bound = format!("{}", number % 12);
        let pairs = [
            ("job", "mail-bots"),
            ("instance", "127.0.0.1:9464"),
            ("provider", "openai"),
            ("model", &model),
            ("status", "success"),
            ("operation", "chat"),
            ("le", &bound),
        ];
        Labels::of("llm_duration_seconds_bucket", pairs)
    });
    each.collect()
}

#[test]
fn a_sample_takes_no_more_than_ten_bytes_all_in_all() -> Result<()> {
    for steps in [720, 777, 1440] {
        let mut history = None;
        let counted = measure(|| {
            let series = series(0, 500);
            let mut made = History::new(Bounds::default());
            let target = made.add_target();
            (0..steps).for_each(|step| reading(&mut made, target, step, &series));
            history = Some(made);
        });
        let samples = history.map_or(0, |history| history.samples());
        let each = counted.bytes_current as f64 / samples as f64;
        ensure!(each <= 10.0, "{each} bytes for each of {samples} samples");
    }
    Ok(())
}

/// What a page asks of a quarter of an hour, for whichever model there is.
fn ask_all(history: &History, board: &Board, at: i64) {
    let end = at - at % 15_000;
    let moments: Vec<_> = (0..60).rev().map(|step| end - step * 15_000).collect();
    let model = format!("model-{}", at / 60_000 * 40 / 12);
    let chosen = Chosen::default().only("model", [model]);
    for dashboard in &board.dashboards {
        for panel in dashboard.rows.iter().flat_map(|row| &row.panels) {
            let view = View {
                scope: panel.scope,
                variables: &dashboard.variables,
                chosen: &chosen,
                rate_interval: Duration::from_mins(1),
                shown: Duration::from_mins(15),
            };
            for line in &panel.lines {
                history.tracks(&line.expr, &moments, &Place::Panel(view.clone()));
            }
        }
    }
}

#[test]
fn a_window_stays_within_its_memory_whoever_comes_and_goes() -> Result<()> {
    const MEMORY: usize = 4 << 20;
    // As the program shares it out.
    let samples = (MEMORY - MEMORY / 8) / 10;
    let own = Bounds { samples: samples - samples / 4, series: samples / 400 };
    let board = botmeter_llm::board::board();
    let mut history = None;
    let counted = measure(|| {
        let mut made = History::new(own)
            .with_past(Duration::from_mins(4), samples / 4)
            .weighing_series(100)
            .with_answers(MEMORY / 16);
        let target = made.add_target();
        // Each minute other ones.
        for (from, step) in (0..2000).map(|step| (step / 12 * 40, step)) {
            let series = series(usize::try_from(from).unwrap_or(0), 300);
            reading(&mut made, target, step, &series);
            if step % 50 == 0 {
                ask_all(&made, &board, step * 5000);
            }
        }
        history = Some(made);
    });
    let history = history.map_or(0, |history| history.samples());
    ensure!(history > samples / 4, "{history} samples alone are there");
    let bytes = counted.bytes_current;
    ensure!(bytes <= i64::try_from(MEMORY)?, "{bytes} bytes are taken");
    Ok(())
}
