//! What the overview of a thousand small bots takes, raw and recorded, side by
//! side in one run. `docs/scaling.md` has the figures; this prints them:
//!
//! ```sh
//! cargo test --package integration-tests --test it -- --ignored --nocapture a_tenth
//! ```

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use integration_tests::Prometheus;

use super::{Bots, MINUTE, Overview, record};
use crate::{filled::fill, hour::END};

/// What is shown, in milliseconds, and how far apart its moments are.
const SHOWN: i64 = 15 * MINUTE;
const STEP: usize = 15_000;

/// The time that Grafana takes rates over where pages are read every 15 s.
const RATES: i64 = MINUTE;

#[test]
#[ignore = "measures, for ten minutes, with gigabytes of memory and disk"]
fn the_recorded_overview_of_a_thousand_bots_takes_a_tenth_of_the_time() -> Result<()> {
    let mut prometheus = Prometheus::builder().start()?;
    let overview = Overview::generate()?;
    let bots = Bots { jobs: 10, instances: 100 };
    // The time before what is shown is for the rates of its first moment.
    let is_asked_for = |name: &str| overview.asks_for(&format!("{name}{{"));
    let (text, series) = bots.small(SHOWN + 6 * MINUTE, is_asked_for)?;
    fill(&mut prometheus, &text)?;
    drop(text);
    record(&mut prometheus, &overview.rules, SHOWN)?;
    say(&format!("1,000 small bots, of which the overview asks for {series} series"));
    let moments: Vec<_> = (END - SHOWN..=END).step_by(STEP).collect();
    let mut sums = [Duration::ZERO; 2];
    for panel in &overview.panels {
        // The better of two, in turn.
        let mut best = [Duration::MAX; 2];
        for _ in 0..2 {
            let time = |text: &str| panel.time(&prometheus, text, RATES, &moments);
            let times = [time(&panel.raw)?, time(&panel.recorded)?];
            ensure!(times[0].1 == times[1].1, "{} is empty in one way", panel.place);
            best = [best[0].min(times[0].0), best[1].min(times[1].0)];
        }
        for (sum, best) in sums.iter_mut().zip(best) {
            *sum += best;
        }
        say(&format!(
            "| {} | {:.3} s | {:.3} s |",
            panel.place,
            seconds(best[0]),
            seconds(best[1])
        ));
    }
    let [raw, recorded] = sums.map(seconds);
    say(&format!("| all {} | {raw:.2} s | {recorded:.2} s |", overview.panels.len()));
    let start = Instant::now();
    for (_, query) in overview.recordings() {
        prometheus.query_at(&query, END)?;
    }
    say(&format!("one evaluation of the rules: {:.2} s", seconds(start.elapsed())));
    ensure!(raw >= 10.0 * recorded, "{raw} s raw and {recorded} s recorded");
    Ok(())
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

/// For whoever renews the guide.
fn say(line: &str) {
    println!("{line}");
}
