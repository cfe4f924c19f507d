//! `cargo xtask bench`: what recording and exporting cost, beside the libraries
//! below and beside this one.

mod chart;
mod figures;
mod page;
mod rows;

use std::fs;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::repository;
use figures::Figures;
use rows::Row;

/// Runs the benchmarks, prints their ratios and writes them to
/// `target/bench/summary.json`; and into `docs`, if pictures are asked for.
///
/// # Errors
///
/// When the benchmarks cannot be run, or a ratio misses its target.
pub fn run(pictures: bool) -> Result<()> {
    let root = repository::root();
    let folder = root.join("target/bench");
    // A figure of an earlier run would stand in for one that is missing.
    if folder.exists() {
        fs::remove_dir_all(&folder).context("failed to remove the figures of an earlier run")?;
    }
    fs::create_dir_all(&folder).context("failed to make a folder for the figures")?;
    let status = repository::cargo()
        .args(["bench", "--package", "botmeter", "--all-features"])
        .args(["--bench", "record", "--bench", "export", "--bench", "export_heap"])
        .env("BENCH_FIGURES", &folder)
        .status()
        .context("failed to run `cargo bench`")?;
    ensure!(status.success(), "the benchmarks failed");
    let figures = Figures::measured(&folder)?;
    let rows = rows::all(&figures)?;
    let summary = folder.join("summary.json");
    let text = serde_json::to_string_pretty(&json!({ "rows": rows, "figures": figures }))
        .context("failed to write the summary")?;
    fs::write(&summary, text).with_context(|| format!("failed to write {}", summary.display()))?;
    print(&rows);
    if pictures {
        page::write(&root.join("docs"), &figures)?;
    }
    let missed: Vec<&str> =
        rows.iter().filter(|row| row.misses()).map(|row| row.name.as_str()).collect();
    ensure!(missed.is_empty(), "missed the target: {}", missed.join(", "));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a task talks to the person who runs it")]
fn print(rows: &[Row]) {
    println!("{:52} {:>9}  {:>8}  {:>7}  against", "", "", "ratio", "target");
    for row in rows {
        let Row { name, figure, against, ratio, target } = row;
        let target = target.map_or_else(|| "-".to_owned(), |target| format!("{target:.3}"));
        let mark = if row.misses() { "  MISSED" } else { "" };
        println!("{name:52} {:>9}  {ratio:>8.3}  {target:>7}  {against}{mark}", figure.to_string());
    }
}
