//! Events in, the text that a scraper sees out.

use std::{
    fmt,
    future::pending,
    panic, thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use botmeter_core::{
    Descriptor, Domain, DropReason, Meter, Registered,
    backend::Memory,
    buckets,
    label::{LabelInfo, Values},
};

use crate::{MAX_PIECES, Pipeline, Pipelines, Stage};

struct Bench {
    memory: Memory,
    meter: Meter,
    pipelines: Pipelines,
}

const NAME: &str = "blog";
const LAST_PUBLISHED: &str = "pipeline_last_published_timestamp_seconds";

impl Bench {
    fn new() -> Self {
        let memory = Memory::new();
        let meter = Meter::new(memory.clone());
        let pipelines = Pipelines::register(&meter);
        Self { memory, meter, pipelines }
    }

    fn blog(&self) -> Pipeline {
        self.pipelines.pipeline(NAME)
    }

    /// Every series of the pipeline that is not zero, but for what depends on
    /// the clock.
    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let text = self.memory.text();
        let moved: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.ends_with(" 0"))
            .filter(|line| !line.contains("_bucket{") && !line.contains("_sum{"))
            .filter(|line| !line.starts_with(LAST_PUBLISHED))
            .map(|line| line.replace("pipeline=\"blog\"", "…"))
            .collect();
        assert_eq!(moved, expected, "\n{text}");
    }

    fn last_published(&self) -> Option<f64> {
        self.memory.value(LAST_PUBLISHED, &[("pipeline", NAME)])
    }

    fn implausible(&self) -> u64 {
        self.meter.dropped_count(DropReason::Implausible)
    }
}

fn unix_time(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// One line for each instrument: name, kind, labels with their values or their
/// limit, and buckets.
fn registered() -> Vec<String> {
    let label = |label: &LabelInfo| match label.values() {
        Values::Closed(values) => format!("{}={}", label.key(), values.join("|")),
        Values::Open { limit } => format!("{}<={limit}", label.key()),
    };
    let line = |instrument: &&Descriptor| {
        let labels: Vec<String> = instrument.labels().iter().map(label).collect();
        let buckets = match instrument.buckets() {
            [] => "",
            bounds if bounds == buckets::WORK => " WORK",
            _ => " others",
        };
        let (name, kind) = (instrument.prometheus_name(), instrument.kind());
        format!("{name} {kind:?} [{}]{buckets}", labels.join(" "))
    };
    Registered::of::<Pipelines>().instruments.iter().map(line).collect()
}

#[test]
fn names_kinds_and_labels_are_what_dashboards_rely_on() {
    assert_eq!(
        registered(),
        [
            "pipeline_generated_total Counter [pipeline<=32]",
            "pipeline_curated_total Counter [pipeline<=32]",
            "pipeline_rejected_total Counter [pipeline<=32]",
            "pipeline_published_total Counter [pipeline<=32]",
            "pipeline_last_published_timestamp_seconds Gauge [pipeline<=32]",
            "pipeline_stage_latency_seconds Histogram [pipeline<=32 stage=generation|curation|publication] WORK",
            "pipeline_failures_total Counter [pipeline<=32 stage=generation|curation|publication]",
            "pipeline_queue_depth Gauge [pipeline<=32 stage=generation|curation|publication]",
        ]
    );
}

#[test]
fn every_instrument_is_fed_by_some_event() {
    let bench = Bench::new();
    let blog = bench.blog();
    blog.generated(3);
    blog.curated(2);
    blog.rejected(1);
    blog.published(1);
    blog.set_queue_depth(Stage::Publication, 1);
    blog.start(Stage::Generation).fail();
    let text = bench.memory.text();
    for instrument in Registered::of::<Pipelines>().instruments {
        let name = instrument.prometheus_name();
        let has_moved = |line: &str| line.starts_with(&name) && !line.ends_with(" 0");
        assert!(text.lines().any(has_moved), "nothing feeds {name}\n{text}");
    }
}

#[test]
fn a_pipeline_that_has_done_nothing_yet_is_all_there_at_zero() {
    let bench = Bench::new();
    let _pipeline = bench.blog();
    let text = bench.memory.text();
    let series: Vec<String> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.contains("_bucket{"))
        .map(|line| line.replace("pipeline=\"blog\"", "…"))
        .collect();
    assert_eq!(
        series,
        [
            "pipeline_curated_total{…} 0",
            "pipeline_failures_total{…,stage=\"curation\"} 0",
            "pipeline_failures_total{…,stage=\"generation\"} 0",
            "pipeline_failures_total{…,stage=\"publication\"} 0",
            "pipeline_generated_total{…} 0",
            "pipeline_published_total{…} 0",
            "pipeline_rejected_total{…} 0",
            "pipeline_stage_latency_seconds_sum{…,stage=\"curation\"} 0",
            "pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 0",
            "pipeline_stage_latency_seconds_sum{…,stage=\"generation\"} 0",
            "pipeline_stage_latency_seconds_count{…,stage=\"generation\"} 0",
            "pipeline_stage_latency_seconds_sum{…,stage=\"publication\"} 0",
            "pipeline_stage_latency_seconds_count{…,stage=\"publication\"} 0",
        ],
        "no queue and nothing published yet, and so no such series"
    );
}

#[test]
fn pieces_are_counted_as_they_move_on() {
    let bench = Bench::new();
    let blog = bench.blog();
    blog.generated(10);
    blog.generated(2_usize);
    blog.curated(7_u8);
    blog.rejected(5_i64);
    let before = unix_time(SystemTime::now());
    blog.published(4_u64);
    let at = bench.last_published().unwrap();
    assert!((before..=unix_time(SystemTime::now())).contains(&at), "{at} is not now");
    bench.check(&[
        "pipeline_curated_total{…} 7",
        "pipeline_generated_total{…} 12",
        "pipeline_published_total{…} 4",
        "pipeline_rejected_total{…} 5",
    ]);
}

#[test]
fn nothing_published_is_no_publication() {
    let bench = Bench::new();
    bench.blog().published(0);
    bench.check(&[]);
    assert_eq!(bench.last_published(), None);
}

#[test]
fn impossible_numbers_are_dropped_and_counted() {
    let bench = Bench::new();
    let blog = bench.blog();
    blog.generated(-1);
    blog.curated(u64::MAX);
    blog.rejected(MAX_PIECES + 1);
    blog.published(-1_i64);
    blog.set_queue_depth(Stage::Curation, 3_u64.wrapping_sub(4));
    bench.check(&[]);
    assert_eq!(bench.last_published(), None);
    assert_eq!(bench.implausible(), 5);
    blog.generated(MAX_PIECES);
    bench.check(&["pipeline_generated_total{…} 1000000000"]);
}

#[test]
fn a_queue_is_as_deep_as_it_was_last_said_to_be() {
    let bench = Bench::new();
    let blog = bench.blog();
    blog.set_queue_depth(Stage::Curation, 12);
    blog.set_queue_depth(Stage::Curation, 9);
    blog.set_queue_depth(Stage::Publication, 2);
    bench.check(&[
        "pipeline_queue_depth{…,stage=\"curation\"} 9",
        "pipeline_queue_depth{…,stage=\"publication\"} 2",
    ]);
    blog.set_queue_depth(Stage::Curation, 0);
    let labels = [("pipeline", NAME), ("stage", "curation")];
    assert_eq!(bench.memory.value("pipeline_queue_depth", &labels), Some(0.0));
}

#[test]
fn every_pass_is_timed_and_failures_are_counted() {
    let bench = Bench::new();
    let blog = bench.blog();
    blog.start(Stage::Generation).finish();
    blog.start(Stage::Generation).fail();
    drop(blog.start(Stage::Generation));
    blog.start(Stage::Curation).end(&Ok::<_, fmt::Error>(()));
    blog.start(Stage::Publication).end(&Err::<(), _>("not an error type"));
    bench.check(&[
        "pipeline_failures_total{…,stage=\"generation\"} 1",
        "pipeline_failures_total{…,stage=\"publication\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"generation\"} 3",
        "pipeline_stage_latency_seconds_count{…,stage=\"publication\"} 1",
    ]);
}

#[test]
fn a_panic_is_a_failure() {
    let bench = Bench::new();
    let blog = bench.blog();
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let _pass = blog.start(Stage::Curation);
        panic!("on purpose");
    }));
    assert!(result.is_err());
    bench.check(&[
        "pipeline_failures_total{…,stage=\"curation\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 1",
    ]);
}

#[test]
fn a_pass_may_end_on_another_thread() {
    let bench = Bench::new();
    let pass = bench.blog().start(Stage::Publication);
    thread::spawn(move || pass.fail()).join().unwrap();
    bench.check(&[
        "pipeline_failures_total{…,stage=\"publication\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"publication\"} 1",
    ]);
}

#[test]
fn a_restored_publication_counts_until_there_is_a_later_one() {
    let bench = Bench::new();
    let blog = bench.blog();
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    blog.restore_last_published(yesterday);
    assert_eq!(bench.last_published(), Some(unix_time(yesterday)));
    blog.restore_last_published(yesterday - Duration::from_hours(24));
    assert_eq!(bench.last_published(), Some(unix_time(yesterday)), "later than that");
    blog.published(1);
    let today = bench.last_published().unwrap();
    assert!(today > unix_time(yesterday), "{today}");
    blog.restore_last_published(yesterday);
    assert_eq!(bench.last_published(), Some(today));
    assert_eq!(bench.implausible(), 0);
    bench.check(&["pipeline_published_total{…} 1"]);
}

#[test]
fn an_impossible_time_of_publication_is_dropped_and_counted() {
    let bench = Bench::new();
    let blog = bench.blog();
    blog.restore_last_published(SystemTime::now() + Duration::from_hours(1));
    blog.restore_last_published(UNIX_EPOCH);
    blog.restore_last_published(UNIX_EPOCH - Duration::from_secs(1));
    assert_eq!(bench.last_published(), None);
    assert_eq!(bench.implausible(), 3);
}

#[test]
fn any_text_is_a_name() {
    let bench = Bench::new();
    for name in ["", "a\nb\\c\u{0}", "say \"hi\"", "日本語", &"x".repeat(10_000)] {
        bench.pipelines.pipeline(name).generated(1);
    }
    for name in ["unknown", "a_b_c_", "say \"hi\"", "日本語", &"x".repeat(128)] {
        let pieces = bench.memory.value("pipeline_generated_total", &[("pipeline", name)]);
        assert_eq!(pieces, Some(1.0), "{name}");
    }
}

#[test]
fn pipelines_past_the_limit_are_other() {
    let bench = Bench::new();
    for n in 0..50 {
        bench.pipelines.pipeline(&format!("pipeline-{n}")).generated(1);
    }
    let pieces = bench.memory.value("pipeline_generated_total", &[("pipeline", "other")]);
    assert_eq!(pieces, Some(18.0));
}

#[tokio::test(start_paused = true)]
async fn a_future_that_loses_a_race_is_called_off() {
    let bench = Bench::new();
    let never = bench.blog().observe(Stage::Curation, pending::<Result<(), fmt::Error>>());
    assert!(tokio::time::timeout(Duration::from_secs(1), never).await.is_err());
    bench.check(&["pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 1"]);
}

#[tokio::test]
async fn a_spawned_future_is_counted_and_gives_its_result() {
    let bench = Bench::new();
    let blog = bench.blog();
    let pass = blog.observe(Stage::Curation, async { Ok::<_, fmt::Error>(42) });
    assert_eq!(tokio::spawn(pass).await.unwrap(), Ok(42));
    let pass = blog.observe(Stage::Curation, async { Err::<(), _>("no") });
    assert_eq!(tokio::spawn(pass).await.unwrap(), Err("no"));
    let panics = blog.observe(Stage::Generation, async { stumble() });
    assert!(tokio::spawn(panics).await.unwrap_err().is_panic());
    drop(blog.observe(Stage::Publication, async { Ok::<_, fmt::Error>(()) }));
    bench.check(&[
        "pipeline_failures_total{…,stage=\"curation\"} 1",
        "pipeline_failures_total{…,stage=\"generation\"} 1",
        "pipeline_stage_latency_seconds_count{…,stage=\"curation\"} 2",
        "pipeline_stage_latency_seconds_count{…,stage=\"generation\"} 1",
    ]);
}

fn stumble() -> Result<(), fmt::Error> {
    panic!("on purpose")
}
