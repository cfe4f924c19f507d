//! What is registered, and what is there before anything happens.

use botmeter_core::{Registered, label::Clean};

use super::Bench;
use crate::{Pipelines, Stage};

#[test]
fn names_kinds_and_labels_are_what_dashboards_rely_on() {
    let registered = Registered::of::<Pipelines>().instruments;
    let registered: Vec<String> = registered.iter().map(ToString::to_string).collect();
    assert_eq!(
        registered,
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
    assert_eq!(bench.memory.unfed::<Pipelines>(), [""; 0], "\n{}", bench.memory.text());
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
fn any_text_is_a_name() {
    let long = "x".repeat(10_000);
    let bench = Bench::new();
    for name in ["", "a\nb\\c\u{0}", "say \"hi\"", "日本語", &long] {
        bench.pipelines.pipeline(name).generated(1);
    }
    for name in ["unknown", "a_b_c_", "say \"hi\"", "日本語", Clean::of(&long).as_str()] {
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
