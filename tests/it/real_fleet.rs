//! Three demos in front of a real Thanos, which keeps each series in two of its
//! three receivers: scraped by a Prometheus that hands on, through a Collector,
//! and by their own push. Every question is answered, and a receiver that dies
//! takes nothing with it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, ensure};
use integration_tests::{
    Collector, Demo, Disk, Prometheus, Thanos, blocks_of_the_guide, eventually,
    every_generated_rule_is_healthy, read_exposition,
};
use xtask::questions::{Dashboard, read_dashboards};

/// The demo needs some of everything to happen; a machine may be busy.
const SOON: Duration = Duration::from_mins(3);

const SCRAPED: &str = "fleet-scraped";
const PUSHED: &str = "fleet-pushed";
const COLLECTED: &str = "fleet-collected";

/// The receivers that are sent to; the third hears of series from these alone.
const SENT_TO: [usize; 2] = [0, 1];
const OTHER: usize = 2;

/// Buckets of one histogram are at different receivers, and a query sees a
/// write at some of them and not yet at others. It costs no number.
const BETWEEN_TWO_WRITES: &str = "needed to be fixed for monotonicity";

/// How long samples may be on their way to both copies.
const ON_THE_WAY: Duration = Duration::from_secs(10);

/// How long there may be no sample, although one comes each second: the machine
/// may be busy.
const REST: &str = "15s";

/// As in the test of the stack.
const OPTIONS: &[&str] = &["--rate", "40", "--seed", "7", "--timeout", "1s"];

struct Fleet {
    thanos: Thanos,
    dashboards: Vec<Dashboard>,
    demos: [(&'static str, Demo); 3],
    /// What two of them send through.
    _between: (Prometheus, Collector),
    begin: SystemTime,
}

fn start() -> Result<Fleet> {
    let rules = xtask::dashboards::folder().join("prometheus");
    let thanos = Thanos::start(&rules)?;
    let begin = SystemTime::now();
    let collector = gateway(&thanos)?;
    let scraped = Demo::start(&[("OTEL_SERVICE_NAME", SCRAPED)], OPTIONS)?;
    let builder = Prometheus::builder().remote_write(&thanos.remote_write_url(SENT_TO[0]));
    let prometheus = builder.scrape(SCRAPED, "one", scraped.address()).start()?;
    let pushing = |job: &str, variable: &str, endpoint: &str| {
        let variables = [
            ("OTEL_SERVICE_NAME", job),
            (variable, endpoint),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ];
        Demo::start(&variables, OPTIONS)
    };
    let own = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    let pushed = pushing(PUSHED, own, &thanos.otlp_url(SENT_TO[0]))?;
    let collected = pushing(COLLECTED, "OTEL_EXPORTER_OTLP_ENDPOINT", &collector.otlp_endpoint())?;
    let demos = [(SCRAPED, scraped), (PUSHED, pushed), (COLLECTED, collected)];
    let dashboards = read_dashboards(&xtask::dashboards::folder().join("grafana"))?;
    let between = (prometheus, collector);
    Ok(Fleet { thanos, dashboards, demos, _between: between, begin })
}

/// A Collector that pushes on as the guide has it, to a path that is whole.
fn gateway(thanos: &Thanos) -> Result<Collector> {
    let block = blocks_of_the_guide("collector")?.join("\n");
    let store = "endpoint: http://prometheus:9090/api/v1/otlp";
    ensure!(block.contains(store), "{block}");
    let whole = format!("metrics_endpoint: {}", thanos.otlp_url(SENT_TO[1]));
    Collector::start_with(None, Some(&block.replace(store, &whole)))
}

/// All that the store had at a moment.
struct Memory {
    at: i64,
    all: BTreeMap<String, f64>,
}

/// The sum of each counter, and of each bucket and count, by name.
type Counters = BTreeMap<String, f64>;

impl Fleet {
    fn every_question_is_answered(&self) -> Result<()> {
        for (job, _) in &self.demos {
            for dashboard in &self.dashboards {
                for variable in &dashboard.variables {
                    let (selector, label) = variable.label_values(job)?;
                    eventually(SOON, &format!("{} for {job}", variable.place), || {
                        let values = self.thanos.label_values(&label, &selector)?;
                        Ok((!values.is_empty()).then_some(()))
                    })?;
                }
                for query in &dashboard.queries {
                    let what = format!("{} for {job}: {}", query.place, query.filled(job));
                    eventually(SOON, &what, || {
                        let harmless = Some(BETWEEN_TWO_WRITES);
                        Ok(self.thanos.answers(query, job, harmless)?.then_some(()))
                    })?;
                }
            }
        }
        Ok(())
    }

    /// The store has at least what each bot had said before, and at most what
    /// it says afterwards.
    fn counters_are_those_of_the_bots(&self) -> Result<()> {
        for (job, demo) in &self.demos {
            let before = counters_on_the_page(demo)?;
            ensure!(before.len() > 80, "{job} has {} counters alone", before.len());
            let what = format!("the counters of {job}");
            let mut behind = String::new();
            let stored = eventually(SOON, &what, || {
                let stored = self.counters(job)?;
                let lacks = before.iter().find(|(name, value)| {
                    stored.get(*name).is_none_or(|stored| is_less(*stored, **value))
                });
                behind = format!("{lacks:?}");
                Ok(lacks.is_none().then_some(stored))
            });
            let stored = stored.with_context(|| format!("{job} is behind with {behind}"))?;
            let after = counters_on_the_page(demo)?;
            for (name, stored) in stored {
                let said = *after.get(&name).with_context(|| format!("{job} has no {name}"))?;
                ensure!(!is_less(said, stored), "{job}: {name} is {stored}, and {said} at the bot");
            }
        }
        Ok(())
    }

    /// What the store has of a bot at this moment.
    fn counters(&self, job: &str) -> Result<Counters> {
        let counters = format!(
            "sum by (__name__) ({{job=\"{job}\",instance!=\"\",__name__=~\".+_(total|count|bucket)\"}})"
        );
        let series = self.thanos.query(&counters)?.series;
        series
            .into_iter()
            .map(|(mut labels, value)| {
                Ok((labels.remove("__name__").context("a sum has no name")?, value))
            })
            .collect()
    }

    /// How many series there were of each name at a moment, and their sum.
    fn all_at(&self, at: i64) -> Result<BTreeMap<String, f64>> {
        let jobs = self.demos.each_ref().map(|(job, _)| *job).join("|");
        let mut found = BTreeMap::new();
        for what in ["count", "sum"] {
            let all = format!("{what} by (job, __name__) ({{job=~\"{jobs}\",instance!=\"\"}})");
            for (labels, value) in self.thanos.query_at(&all, at)?.series {
                found.insert(format!("the {what} of {labels:?}"), value);
            }
        }
        Ok(found)
    }

    /// A moment that all copies have heard of, and all there was then.
    fn remember(&self) -> Result<Memory> {
        let moment = SystemTime::now() - ON_THE_WAY;
        let at = i64::try_from(moment.duration_since(SystemTime::UNIX_EPOCH)?.as_millis())?;
        let all = self.all_at(at)?;
        ensure!(all.len() > 6 * 80, "there is little to be remembered: {}", all.len());
        Ok(Memory { at, all })
    }

    fn still_knows(&self, Memory { at, all }: &Memory) -> Result<()> {
        let found = self.all_at(*at)?;
        for (what, value) in all {
            let now = *found.get(what).with_context(|| format!("{what} is gone"))?;
            ensure!(!is_less(now, *value) && !is_less(*value, now), "{what} was {value}, is {now}");
        }
        ensure!(found.len() == all.len(), "there is more than was there");
        Ok(())
    }

    /// From the first value on, samples come without a rest, and none is less.
    fn nothing_is_missing_since_the_begin(&self) -> Result<()> {
        let (span, step) = (self.begin.elapsed()?, Duration::from_secs(1));
        for (job, _) in &self.demos {
            let calls = format!("llm_requests_total{{job=\"{job}\"}}");
            let range = self.thanos.query_range(&calls, span, step)?;
            ensure!(!range.series.is_empty(), "{job} has made no calls");
            for (labels, points) in range.series {
                for (one, next) in points.iter().zip(&points[1..]) {
                    ensure!(one.1 <= next.1, "{labels:?} falls: {one:?}, {next:?}");
                }
            }
            // A selector alone would go on for five minutes with the last one.
            let fresh = format!("count_over_time({calls}[{REST}])");
            for (labels, points) in self.thanos.query_range(&fresh, span, step)?.series {
                for (one, next) in points.iter().zip(&points[1..]) {
                    ensure!(next.0 - one.0 < 1.5, "{labels:?} has a gap: {one:?}, {next:?}");
                }
            }
        }
        Ok(())
    }
}

/// A cost is a sum of fractions, which comes in another order.
fn is_less(one: f64, other: f64) -> bool {
    one < other - 1e-9 * other.abs()
}

fn counters_on_the_page(demo: &Demo) -> Result<Counters> {
    let url = format!("http://{}/metrics", demo.address());
    let page = ureq::get(url).call()?.body_mut().read_to_string()?;
    let mut counters = Counters::new();
    for family in read_exposition(&page)?.into_values() {
        for ((name, _), value) in family.samples {
            if ["_total", "_count", "_bucket"].iter().any(|end| name.ends_with(end)) {
                *counters.entry(name).or_default() += value;
            }
        }
    }
    Ok(counters)
}

#[test]
#[ignore = "needs Thanos, Prometheus and the Collector"]
fn a_fleet_is_seen_whole_whatever_becomes_of_one_receiver() -> Result<()> {
    let mut fleet = start()?;
    fleet.every_question_is_answered().context("with all receivers")?;
    fleet.counters_are_those_of_the_bots()?;
    every_generated_rule_is_healthy(fleet.thanos.ruler(), SOON)?;
    let with_all = fleet.remember()?;

    fleet.thanos.kill(OTHER)?;
    fleet.still_knows(&with_all).context("of the time before the receiver was killed")?;
    fleet.every_question_is_answered().context("without one receiver")?;
    fleet.counters_are_those_of_the_bots().context("without one receiver")?;
    let without_one = fleet.remember()?;

    fleet.thanos.start_again(OTHER, Disk::Lost)?;
    for moment in [&with_all, &without_one] {
        fleet.still_knows(moment).context("after a disk was lost")?;
    }
    fleet.counters_are_those_of_the_bots().context("with an empty receiver")?;
    fleet.nothing_is_missing_since_the_begin()
}
