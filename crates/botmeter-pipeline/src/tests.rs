//! Events in, the text that a scraper sees out.

mod catalogue;
mod passes;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use botmeter_core::{Domain, DropReason, Memory, Meter};

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

    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let moved: Vec<String> =
            self.memory.moved().iter().map(|line| line.replace("pipeline=\"blog\"", "…")).collect();
        assert_eq!(moved, expected, "\n{}", self.memory.text());
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
