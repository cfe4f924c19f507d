//! What is generated, and what is refused.

mod absurd;
mod data;
mod disk;
mod firing;
mod incomplete;
mod options;
mod output;
mod raw;
mod recorded;
mod refusals;
mod triage;

use crate::{Catalogue, Options, Problem, generate};
use botmeter_board::Board;

use crate::sample::{self, Mail};

fn options() -> Options {
    Options::new("cargo xtask dashboards")
        .reference_url("https://example.org/reference/")
        .grafana_url("https://grafana.example.org")
}

/// What is wrong with the sample after a change.
fn problems_of(change: impl FnOnce(&mut Board)) -> Vec<String> {
    problems_with(&options(), change)
}

fn problems_with(options: &Options, change: impl FnOnce(&mut Board)) -> Vec<String> {
    let mut board = sample::board();
    change(&mut board);
    match generate(&Catalogue::new().domain::<Mail>(board), options) {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(Problem::to_string).collect(),
    }
}
