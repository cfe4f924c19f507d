//! `cargo xtask fleet`: bots that are only told of, in front of stores that are
//! real, and what these need for them beside what the guide to scaling says.

mod asking;
mod bots;
mod guide;
mod memory;
mod report;
mod serving;
mod stop;
mod stores;
mod story;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

pub use self::{
    bots::{Kind, instances, page_of_a_small_bot},
    guide::Guide,
    story::Story,
};
use self::{report::Report, serving::Served, stop::Stop, stores::Stores};
use crate::terminal::say;

/// How long it may take until each bot was scraped once and its samples are
/// behind the query layer.
const PATIENCE: Duration = Duration::from_mins(2);

/// How long the servers run without bots: two scrapes of each other, and two
/// evaluations of the rules.
const SETTLES: Duration = Duration::from_secs(30);

/// How often that is looked at.
const GLANCE: Duration = Duration::from_secs(1);

/// How many bots, of which kind, for how long.
#[derive(Clone, Copy, Debug, Args)]
pub struct Options {
    /// How many bots
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    bots: u32,
    /// Bots with all series of the demo, instead of those that call three models
    #[arg(long)]
    large: bool,
    /// How long the stores are measured; Ctrl-C ends it sooner
    #[arg(long = "for", value_name = "TIME", default_value = "5m")]
    time: humantime::Duration,
}

/// Starts the stores and the bots, measures, and prints the table.
///
/// # Errors
///
/// When the machine has too little memory, a server is missing or ends by
/// itself, or what was measured makes no sense.
pub fn run(options: Options) -> Result<()> {
    let Options { bots: count, large, time } = options;
    let kind = if large { Kind::Large } else { Kind::Small };
    let guide = Guide::read()?;
    memory::suffices(count, guide.figure(kind.figure())?, guide.figure(guide::MEMORY)?)?;
    Stores::are_there()?;
    let stop = Stop::listen()?;
    say(format_args!("reading {}", kind.origin()));
    let bots = Served::start(kind.stories()?, count)?;
    if stop.came_within(Duration::ZERO) {
        bail!("ended before anything was measured");
    }
    let stores = Stores::start()?;
    say(format_args!("query layer, for Grafana:  {}", stores.query()));
    say(format_args!("Prometheus before it:      {}", stores.prometheus()));
    // A server that has just begun grows also by itself.
    stop.came_within(SETTLES);
    let before = stores.read()?;
    stores.scrape(&bots.targets(count))?;
    all_are_scraped(&stores, count, &stop)?;
    say(format_args!("measuring for {time}; Ctrl-C ends it sooner"));
    let (first, own) = (stores.read()?, serving::processor_time());
    stop.came_within(time.into());
    let (last, own) = (stores.read()?, serving::processor_time() - own);
    say("asking what the dashboards ask; Ctrl-C ends that as well");
    let boards = asking::ask(&stores, &stop)?;
    let report = Report {
        bots: f64::from(count),
        series: bots.series(count),
        said: f64::from(count) * guide.figure(kind.figure())?,
        before: &before,
        first: &first,
        last: &last,
        after: &stores.read()?,
        own,
        boards: &boards,
        guide: &guide,
    };
    say(report.table()?);
    Ok(())
}

/// Waits until the query layer knows that every bot was scraped.
fn all_are_scraped(stores: &Stores, count: u32, stop: &Stop) -> Result<()> {
    let begin = Instant::now();
    loop {
        let query = format!("sum(up{{job=~\"{}\"}})", bots::JOBS);
        let scraped = stores.number(&query)?.unwrap_or_default();
        if scraped >= f64::from(count) {
            return Ok(());
        }
        if stop.came_within(GLANCE) {
            bail!("ended before anything was measured");
        }
        if begin.elapsed() > PATIENCE {
            return Err(stores.trouble()).with_context(|| {
                format!("after {PATIENCE:?}, {scraped} of {count} bots are behind the query layer")
            });
        }
    }
}

#[cfg(test)]
mod tests;
