//! `cargo xtask fleet`, as a person runs it and ends it.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use xtask::repository;

/// Two scrapes, and a moment more.
const MEASURED: Duration = Duration::from_secs(40);

/// What stands in a column of the row that begins so, without its unit.
fn cell(table: &[String], row: &str, column: usize) -> Result<String> {
    let line = table.iter().find(|line| line.starts_with(&format!("| {row}")));
    let line = line.with_context(|| format!("there is no row {row:?} in {table:#?}"))?;
    let cell = line.split(" | ").nth(column).context("the row is short")?;
    Ok(cell.trim_end_matches(['|', ' ', 's']).replace(',', ""))
}

fn figure(table: &[String], row: &str, column: usize) -> Result<f64> {
    let cell = cell(table, row, column)?;
    cell.parse().with_context(|| format!("{cell:?} of {row:?} is no number"))
}

#[test]
#[ignore = "needs Thanos, Prometheus and Jaeger"]
fn a_simulated_fleet_of_three_is_measured_until_somebody_has_enough() -> Result<()> {
    let program = repository::build("xtask", "xtask")?;
    let mut command = Command::new(program);
    command.args(["fleet", "--bots", "3", "--for", "1h"]).stdout(Stdio::piped());
    let mut task = command.spawn()?;
    let out = task.stdout.take().context("it says nothing")?;
    let mut lines = BufReader::new(out).lines().map_while(Result::ok);
    let before: Vec<_> = lines.by_ref().take_while(|it| !it.starts_with("measuring")).collect();
    ensure!(before.iter().any(|line| line.starts_with("query layer, for Grafana:  http://")));
    thread::sleep(MEASURED);
    let pid = task.id().to_string();
    ensure!(Command::new("kill").args(["-s", "INT", &pid]).status()?.success());
    let table: Vec<_> = lines.collect();
    ensure!(task.wait()?.success(), "{table:#?}");

    assert_eq!(cell(&table, "bots", 1)?, "3");
    assert_eq!(cell(&table, "their series", 3)?, "1.00");
    // What was scraped went to two receivers, whole.
    for row in ["samples each second", "the same at the three receivers"] {
        let ratio = figure(&table, row, 3)?;
        ensure!((0.4..2.5).contains(&ratio), "{row}: {ratio}: {table:#?}");
    }
    assert_eq!(cell(&table, "samples that were not handed on", 1)?, "0");
    let all = figure(&table, "llm-api-health", 1)?;
    let empty = figure(&table, "llm-api-health", 2)?;
    ensure!(all > 20.0 && empty < all / 2.0, "{empty} of {all} are empty: {table:#?}");
    Ok(())
}
