//! The overview that reads what rules record, over a real Prometheus: the
//! numbers of the one that asks all instances, in a tenth of its time.

mod bots;
mod cost;
mod overview;

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use integration_tests::{End, Prometheus, promtool};

use crate::{filled::fill, hour::END};
use bots::Bots;
use overview::{Overview, Taken};

/// Five minutes, which rules take rates over.
const RULES: i64 = 5 * 60_000;

const MINUTE: i64 = 60_000;

/// Puts into a Prometheus what it would have recorded by these rules in the
/// time before the end.
fn record(prometheus: &mut Prometheus, rules: &str, time: i64) -> Result<()> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("rules.yml"), rules)?;
    let verdict = promtool(&["check", "rules", "--lint-fatal", "rules.yml"], folder.path())?;
    ensure!(verdict.passed, "{}", verdict.text);
    let data = prometheus.data();
    let output = format!("--output-dir={}", path(&data)?);
    let (url, start) = (format!("--url={}", prometheus.url()), seconds(END - time));
    let times = [format!("--start={start}"), format!("--end={}", seconds(END))];
    let create = ["tsdb", "create-blocks-from", "rules", "--eval-interval=15s"];
    let with = [output.as_str(), &url, &times[0], &times[1], "rules.yml"];
    let verdict = promtool(&[&create[..], &with].concat(), folder.path())?;
    ensure!(verdict.passed, "{}", verdict.text);
    // What is put beside the server is seen at its start.
    prometheus.restart(End::Killed)
}

fn path(of: &Path) -> Result<&str> {
    of.to_str().context("the folder has no name")
}

fn seconds(at: i64) -> i64 {
    at / 1000
}

/// The answers of a panel to the same question, asked raw and recorded.
fn compare(taken: Taken, raw: &[f64], recorded: &[f64], place: &str) -> Result<()> {
    ensure!(raw.len() == recorded.len(), "{place}: {} and {} values", raw.len(), recorded.len());
    for (raw, recorded) in raw.iter().zip(recorded) {
        let apart = (raw - recorded).abs() / raw.abs().max(1e-9);
        let allowed = match taken {
            // Added up in another order.
            Taken::Alike => 1e-9,
            // The rates of the first moments tell of what was just before.
            Taken::OfRates => 0.1,
        };
        ensure!(apart <= allowed, "{place}: {raw} and {recorded}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Prometheus and promtool"]
fn recorded_panels_have_the_numbers_of_those_that_ask_all_instances() -> Result<()> {
    let mut prometheus = Prometheus::builder().start()?;
    let overview = Overview::generate()?;
    let bots = Bots { jobs: 2, instances: 2 };
    let told = bots.of_every_kind(|name| overview.asks_for(name))?;
    fill(&mut prometheus, &told)?;
    record(&mut prometheus, &overview.rules, 45 * MINUTE)?;
    // Groups are evaluated at moments of their own; there, both look at the same.
    let last = prometheus.query_at("timestamp(job:build_info:sum)", END)?.series;
    let (_, last) = last.first().context("nothing is recorded")?;
    let last = Duration::try_from_secs_f64(*last)? + Duration::from_micros(500);
    let last = i64::try_from(last.as_millis())?;
    let moments: Vec<_> = (0..20).rev().map(|minute| last - minute * MINUTE).collect();
    let (mut alike, mut of_rates) = (0, 0);
    for panel in &overview.panels {
        for chosen in [".*", "job-1"] {
            let ask = |text: &str| panel.ask(&prometheus, text, chosen, RULES, &moments);
            let (raw, recorded) = (ask(&panel.raw)?, ask(&panel.recorded)?);
            compare(panel.taken, &raw, &recorded, &format!("{} of {chosen}", panel.place))?;
            ensure!(!raw.is_empty() || panel.is_of_alerts(), "{} is empty", panel.place);
        }
        match panel.taken {
            _ if panel.raw == panel.recorded => {}
            Taken::Alike => alike += 1,
            Taken::OfRates => of_rates += 1,
        }
    }
    // All but the list of alerts.
    ensure!(alike == 20 && of_rates == 3, "{alike} and {of_rates} queries are recorded");
    Ok(())
}
