//! An hour of two bots, for a Prometheus: the demo runs for some minutes, which
//! count as an hour.
//!
//! In the middle, one of them gets a provider that fails, until it is started
//! again shortly before the end.

use std::{
    collections::HashMap,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use botmeter_catalogue::catalogue;
use botmeter_telemetry::self_observation::{HEARTBEAT, START_TIME};
use botmeter_window::{
    Bounds, History, Labels, Rules, Scrape,
    exposition::{Family, Format, Page, Sample},
};

use crate::{
    open_metrics::{made, recorded, sample, series},
    repository,
    running::{Running, started},
};

/// How much longer everything takes than it does, but the calls themselves.
const PACE: u32 = 12;

/// How often pages are read and rules evaluated, in the time that is told.
const SCRAPE: Duration = Duration::from_secs(15);
const SCRAPES: u32 = 240;
const SCRAPES_PER_RULES: u32 = 4;

/// What the second bot is told from which reading on, beside its seed.
const LIVES: [(u32, &[&str]); 3] =
    [(0, &[]), (130, &["--rate-limited=0.3", "--server-errors=0.1", "--hangs=0.1"]), (220, &[])];

const JOB: &str = "demo";

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A bot that runs, and what was heard of it.
struct Bot {
    scrape: Scrape,
    process: Option<Running>,
    page: String,
    times: Times,
}

/// The times that a page tells, by their series: as they stand there, and as
/// they are told.
#[derive(Debug, Default)]
struct Times(HashMap<Series, (f64, f64)>);

/// Its name, and its labels.
type Series = (String, Vec<(String, String)>);

/// How long the hour takes.
pub(super) fn takes() -> Duration {
    SCRAPE / PACE * SCRAPES
}

/// Tells the hour in OpenMetrics, and when it ends, in milliseconds.
pub(super) fn told() -> Result<(String, i64)> {
    let demo = repository::build("botmeter-demo", "botmeter-demo")?;
    let agent: ureq::Agent =
        ureq::Agent::config_builder().proxy(None).timeout_global(Some(PATIENCE)).build().into();
    let mut history = History::new(Bounds::default());
    let mut bots = ["a:9464", "b:9464"].map(|instance| Bot {
        scrape: Scrape::new(&mut history, JOB, instance),
        process: None,
        page: String::new(),
        times: Times::default(),
    });
    let catalogue = catalogue();
    let mut rules: Vec<_> =
        catalogue.boards().map(|(_, board)| Rules::of(board, &mut history)).collect();
    let recorded = recorded(&rules);
    let begin = Instant::now();
    let end = milliseconds(SystemTime::now());
    let mut text = String::new();
    for step in 0..=SCRAPES {
        let [first, second] = &mut bots;
        if step == 0 {
            first.begin(&demo, 7, &[])?;
        }
        if let Some((_, told)) = LIVES.iter().find(|(from, _)| *from == step) {
            second.begin(&demo, 8 + step, told)?;
        }
        thread::sleep((SCRAPE / PACE * step).saturating_sub(begin.elapsed()));
        let at = end - milliseconds_of(SCRAPE * (SCRAPES - step));
        for bot in &mut bots {
            bot.read(&agent, &mut history, &mut text, at)?;
        }
        if step % SCRAPES_PER_RULES == 0 {
            for rules in &mut rules {
                rules.evaluate(&mut history, at)?;
            }
            made(&rules, &recorded, &history, &mut text, at)?;
        }
    }
    text.push_str("# EOF\n");
    Ok((text, end))
}

impl Bot {
    /// Starts the process, in the place of the one before.
    fn begin(&mut self, demo: &Path, seed: u32, told: &[&str]) -> Result<()> {
        // The one before has ended by then.
        drop(self.process.take());
        let mut command = Command::new(demo);
        command.args(["--port=0", "--rate=15", &format!("--seed={seed}")]).args(told);
        let (process, page) = started(&mut command, "metrics: ")?;
        self.process = Some(process);
        self.page = page;
        Ok(())
    }

    /// Reads its page as if it was that time.
    fn read(
        &mut self,
        agent: &ureq::Agent,
        history: &mut History,
        text: &mut String,
        at: i64,
    ) -> Result<()> {
        let failed = || format!("failed to read {}", self.page);
        let mut answer = agent.get(&self.page).call().with_context(failed)?;
        let page = answer.body_mut().read_to_string().with_context(failed)?;
        let mut page = Page::read(&page, Format::Text)?;
        let now = milliseconds(SystemTime::now());
        for sample in page.families.iter_mut().flat_map(|family: &mut Family| &mut family.samples) {
            self.times.tell(sample, now, at);
        }
        self.scrape.read(history, at, &page)?;
        for of in page.samples() {
            let own = of.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let bot = [("job", JOB), ("instance", self.scrape.instance())];
            sample(text, &series(&Labels::of(&of.name, own.chain(bot)))?, of.value, at)?;
        }
        Ok(())
    }
}

impl Times {
    /// A time on a page is as much longer ago as everything takes longer, by
    /// when it was first seen. A sign of life is as new as the page.
    fn tell(&mut self, sample: &mut Sample, now: i64, at: i64) {
        let seconds = |milliseconds: i64| milliseconds as f64 / 1000.0;
        if sample.name == HEARTBEAT.descriptor().prometheus_name() {
            sample.value = seconds(at);
        } else if sample.name == START_TIME.descriptor().prometheus_name()
            || sample.name.ends_with("_timestamp_seconds")
        {
            let told = seconds(at) - (seconds(now) - sample.value) * f64::from(PACE);
            let key = (sample.name.clone(), sample.labels.clone());
            let known = self.0.entry(key).or_insert((sample.value, told));
            if known.0.to_bits() != sample.value.to_bits() {
                *known = (sample.value, told);
            }
            sample.value = known.1;
        }
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    milliseconds_of(time.duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn milliseconds_of(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_a_page_are_as_much_longer_ago_and_stay_as_they_are() {
        let mut times = Times::default();
        let mut told = |name: &str, value, now, at| {
            let name = name.to_owned();
            let mut sample = Sample { name, labels: Vec::new(), value, at: None, exemplar: None };
            times.tell(&mut sample, now, at);
            // Exact, since all are whole numbers.
            sample.value.to_string()
        };
        assert_eq!(told("process_start_time_seconds", 4_999.0, 5_000_000, 1_000_000), "988");
        // The page came a bit late.
        assert_eq!(told("process_start_time_seconds", 4_999.0, 5_001_700, 1_015_000), "988");
        let success = "bot_last_success_timestamp_seconds";
        assert_eq!(told(success, 4_990.0, 5_000_000, 1_000_000), "880");
        assert_eq!(told(success, 5_000.0, 5_001_000, 1_015_000), "1003");
        let life = "telemetry_heartbeat_timestamp_seconds";
        assert_eq!(told(life, 4_990.0, 5_000_000, 1_000_000), "1000");
        assert_eq!(told("bot_executions_total", 4_990.0, 5_000_000, 1_000_000), "4990");
    }

    #[test]
    fn the_last_life_begins_before_the_end() {
        assert!(LIVES.is_sorted_by_key(|(from, _)| from));
        assert!(LIVES.iter().all(|(from, _)| *from < SCRAPES));
    }
}
