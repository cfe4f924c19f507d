//! How long dashboards take over a fleet.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use super::{bots, stop::Stop, stores::Stores};
use crate::{
    dashboards,
    questions::{Question, Times, read_dashboards},
    terminal::say,
};

/// Whose questions are asked: the files of the overview and of the LLM board.
const BOARDS: [&str; 2] = ["overview", "llm-api-health"];

/// As Grafana shows five minutes of what is scraped every 15 seconds.
const SHOWN: Duration = Duration::from_mins(5);
const TIMES: Times = Times { rates: "1m", range: "5m", interval: "15s" };

/// What a board took.
#[derive(Debug)]
pub(super) struct Board {
    pub(super) name: String,
    /// The time of each question at the query layer, and at the Prometheus that
    /// has the same series.
    pub(super) took: Vec<[Duration; 2]>,
    /// How many have no answer at the query layer, and how many are refused by
    /// one of the two, such as those that take too long.
    pub(super) empty: usize,
    pub(super) refused: usize,
}

/// Asks everything once, one after another, as far as nobody wants the end.
pub(super) fn ask(stores: &Stores, stop: &Stop) -> Result<Vec<Board>> {
    let dashboards = read_dashboards(&dashboards::folder().join("grafana"))?;
    let mut boards = Vec::new();
    for name in BOARDS {
        let dashboard = dashboards.iter().find(|board| board.name == name);
        let dashboard = dashboard.with_context(|| format!("there is no dashboard {name}"))?;
        let mut board = Board { name: name.to_owned(), took: Vec::new(), empty: 0, refused: 0 };
        for question in &dashboard.queries {
            if stop.comes() {
                say(format_args!("ended at {}; what follows was not asked", question.place));
                boards.push(board);
                return Ok(boards);
            }
            board.ask(stores, question);
        }
        boards.push(board);
    }
    Ok(boards)
}

impl Board {
    fn ask(&mut self, stores: &Stores, question: &Question) {
        let layer = timed(stores, &stores.query(), question);
        match layer.and_then(|layer| Ok((layer, timed(stores, &stores.prometheus(), question)?))) {
            Ok(((layer, has_answer), (alone, _))) => {
                self.took.push([layer, alone]);
                self.empty += usize::from(!has_answer);
            }
            // What else was measured is worth as much.
            Err(error) => {
                say(format_args!("{error:#}"));
                self.refused += 1;
            }
        }
    }
}

fn timed(stores: &Stores, server: &str, question: &Question) -> Result<(Duration, bool)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("failed to read the clock")?;
    let query = question.filled_for(bots::JOBS, TIMES);
    let seconds = |time: Duration| time.as_secs().to_string();
    let (start, end) = (seconds(now.saturating_sub(SHOWN)), seconds(now));
    let answer = if question.is_instant {
        stores.ask(server, "/api/v1/query", &[("query", &query), ("time", &end)])
    } else {
        let form =
            [("query", &*query), ("start", &*start), ("end", &*end), ("step", TIMES.interval)];
        stores.ask(server, "/api/v1/query_range", &form)
    };
    let (took, result) = answer.with_context(|| format!("{}: {query}", question.place))?;
    Ok((took, result.as_array().is_some_and(|series| !series.is_empty())))
}
