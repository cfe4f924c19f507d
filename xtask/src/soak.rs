//! `cargo xtask soak`: two routes under random faults, as long and as fast as
//! one likes.

use std::process::Command;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::repository;

/// How long and how fast.
#[derive(Clone, Copy, Debug, Args)]
pub struct Options {
    /// How long it records, in seconds: 20 or more, 3600 for an hour
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u64).range(20..))]
    seconds: u64,

    /// Events to record in a second; the report says how many there were
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    rate: u64,

    /// Run what is built without optimization, as the tests do: soon built, and
    /// slow
    #[arg(long)]
    debug: bool,
}

/// Builds the test and runs it.
///
/// # Errors
///
/// When it does not build, or when a count was lost, memory grew, or something
/// stood still; what it printed says which.
pub fn run(options: Options) -> Result<()> {
    let status = command(options).status().context("failed to run `cargo test`")?;
    ensure!(status.success(), "the soak failed");
    Ok(())
}

/// The run that has to pass among the other steps.
pub fn short() -> Command {
    command(Options { seconds: 30, rate: 1_000_000, debug: false })
}

fn command(options: Options) -> Command {
    let Options { seconds, rate, debug } = options;
    let mut command = repository::cargo();
    command.arg("test");
    if !debug {
        command.arg("--release");
    }
    command
        .args(["--package", "integration-tests", "--test", "it", "soak::", "--", "--nocapture"])
        .env("BOTMETER_SOAK_SECONDS", seconds.to_string())
        .env("BOTMETER_SOAK_RATE", rate.to_string());
    command
}
