//! How each bot is.

use std::collections::BTreeMap;

use botmeter_board::{Expr, Line, Scope, last};
use botmeter_core::process::{BUILD, HEARTBEAT, START_TIME, Version};
use botmeter_window::{Row, Scrape};
use serde::Serialize;

use crate::{Answers, Frame, Reading, clock::length};

/// How one bot is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Life {
    /// What it is called.
    pub job: String,
    /// Which process of it this is.
    pub instance: String,
    /// Which version runs.
    pub version: Option<String>,
    /// For how long it has been running.
    pub running: Option<String>,
    /// How long ago it was last heard of.
    pub heard: Option<String>,
    /// Why it cannot be read now.
    pub failure: Option<String>,
    /// What is to be said of it although it was read.
    pub warning: Option<String>,
}

/// The bots that there is something of, by job and instance: those that are
/// scraped, and those that the answers know.
///
/// # Errors
///
/// Why there is no answer.
pub(crate) fn lives(
    answers: &dyn Answers,
    scrapes: &[Scrape],
    frame: &Frame,
) -> Result<Vec<Life>, String> {
    let mut lives: BTreeMap<(String, String), Life> = BTreeMap::new();
    let mut of = |job: &str, instance: &str, tell: &mut dyn FnMut(&mut Life)| {
        let life = lives.entry((job.to_owned(), instance.to_owned())).or_default();
        (life.job, life.instance) = (job.to_owned(), instance.to_owned());
        tell(life);
    };
    let asked = |expr: Line| rows(answers, &expr.expr, frame);
    let ago = |row: &Row| {
        #[expect(clippy::cast_possible_truncation, reason = "times of a century are small")]
        let at = (row.value * 1000.0) as i64;
        length(frame.end - at)
    };
    let mut each = |rows: Vec<Row>, tell: &dyn Fn(&mut Life, &Row)| {
        for row in rows {
            let label = |key| row.labels.get(key).unwrap_or_default();
            of(label("job"), label("instance"), &mut |life| tell(life, &row));
        }
    };
    each(asked(last(&BUILD).by::<(Version,)>().into())?, &|life, row| {
        life.version = row.labels.get("version").map(str::to_owned);
    });
    each(asked(last(&START_TIME).all().into())?, &|life, row| life.running = Some(ago(row)));
    each(asked(last(&HEARTBEAT).all().into())?, &|life, row| life.heard = Some(ago(row)));
    for Reading { job, instance, last, failure } in answers.readings(frame.end)? {
        of(&job, &instance, &mut |life| {
            life.heard = last.map(|at| length(frame.end - at)).or(life.heard.take());
            life.failure.clone_from(&failure);
        });
    }
    for scrape in scrapes {
        of(scrape.job(), scrape.instance(), &mut |life| {
            life.heard = scrape.last_read().map(|at| length(frame.end - at));
            life.failure = scrape.failure().map(str::to_owned);
            life.warning = scrape.warning().map(str::to_owned);
        });
    }
    // Other programs have some of these series, too.
    let is_bot =
        |life: &Life| life.version.is_some() || life.failure.is_some() || life.heard.is_some();
    Ok(lives.into_values().filter(is_bot).collect())
}

fn rows(answers: &dyn Answers, expr: &Expr, frame: &Frame) -> Result<Vec<Row>, String> {
    answers.at(expr, frame.end, &frame.place(Scope::Instance, &[]))
}
