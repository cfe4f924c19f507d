//! What is registered, and what is there before anything happens.

use std::fmt;

use botmeter_core::{Registered, label::Clean};

use super::{Bench, NAME};
use crate::Narratives;

#[test]
fn names_kinds_and_labels_are_what_dashboards_rely_on() {
    let registered = Registered::of::<Narratives>().instruments;
    let registered: Vec<String> = registered.iter().map(ToString::to_string).collect();
    assert_eq!(
        registered,
        [
            "narrative_executions_total Counter [narrative<=64 status=success|error|cancelled]",
            "narrative_duration_seconds Histogram [narrative<=64 status=success|error|cancelled] WORK",
            "narrative_active UpDownCounter [narrative<=64]",
            "narrative_json_success_total Counter [narrative<=64]",
            "narrative_json_failures_total Counter [narrative<=64]",
            "narrative_act_duration_seconds Histogram [narrative<=64 act<=256 status=success|error|cancelled] LLM",
        ]
    );
}

#[test]
fn every_instrument_is_fed_by_some_event() {
    let bench = Bench::new();
    let _active = bench.narratives.run(NAME);
    let run = bench.narratives.run(NAME);
    let act = run.act("outline");
    assert!(act.json(Ok::<_, fmt::Error>(())).is_ok());
    assert!(run.json(Err::<(), _>(fmt::Error)).is_err());
    act.finish();
    run.finish();
    assert_eq!(bench.memory.unfed::<Narratives>(), [""; 0], "\n{}", bench.memory.text());
}

#[test]
fn a_narrative_that_has_not_run_yet_is_all_there_at_zero() {
    let bench = Bench::new();
    let _narrative = bench.narratives.narrative(NAME);
    let text = bench.memory.text();
    let series: Vec<String> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.contains("_bucket{"))
        .map(|line| line.replace("narrative=\"weekly_report\"", "…"))
        .collect();
    assert_eq!(
        series,
        [
            "narrative_active{…} 0",
            "narrative_duration_seconds_sum{…,status=\"cancelled\"} 0",
            "narrative_duration_seconds_count{…,status=\"cancelled\"} 0",
            "narrative_duration_seconds_sum{…,status=\"error\"} 0",
            "narrative_duration_seconds_count{…,status=\"error\"} 0",
            "narrative_duration_seconds_sum{…,status=\"success\"} 0",
            "narrative_duration_seconds_count{…,status=\"success\"} 0",
            "narrative_executions_total{…,status=\"cancelled\"} 0",
            "narrative_executions_total{…,status=\"error\"} 0",
            "narrative_executions_total{…,status=\"success\"} 0",
            "narrative_json_failures_total{…} 0",
            "narrative_json_success_total{…} 0",
        ],
        "no act has started, and so there is no such series"
    );
}

#[test]
fn an_act_that_has_started_has_its_failures_at_zero() {
    let bench = Bench::new();
    let _act = bench.narratives.run(NAME).act("outline");
    let labels = [("narrative", NAME), ("act", "outline"), ("status", "error")];
    let failures = bench.memory.value("narrative_act_duration_seconds_count", &labels);
    assert_eq!(failures, Some(0.0));
}

#[test]
fn any_text_is_a_name() {
    let long = "x".repeat(10_000);
    let bench = Bench::new();
    for name in ["", "a\nb\\c\u{0}", "say \"hi\"", "日本語", &long] {
        bench.narratives.run(name).act(name).finish();
    }
    for name in ["unknown", "a_b_c_", "say \"hi\"", "日本語", Clean::of(&long).as_str()] {
        let labels = [("narrative", name), ("act", name), ("status", "success")];
        let acts = bench.memory.value("narrative_act_duration_seconds_count", &labels);
        assert_eq!(acts, Some(1.0), "{name}");
    }
}

#[test]
fn narratives_and_acts_past_the_limit_are_other() {
    let bench = Bench::new();
    for n in 0..100 {
        bench.narratives.run(&format!("narrative-{n}")).finish();
    }
    let labels = [("narrative", "other"), ("status", "success")];
    assert_eq!(bench.memory.value("narrative_executions_total", &labels), Some(36.0));
    let run = bench.narratives.run("narrative-0");
    for n in 0..300 {
        run.act(&format!("act-{n}")).finish();
    }
    let labels = [("narrative", "narrative-0"), ("act", "other"), ("status", "success")];
    let acts = bench.memory.value("narrative_act_duration_seconds_count", &labels);
    assert_eq!(acts, Some(44.0));
    let surplus = bench.narratives.run("narrative-99");
    surplus.act("act-0").finish();
    let labels = [("narrative", "other"), ("act", "act-0"), ("status", "success")];
    let acts = bench.memory.value("narrative_act_duration_seconds_count", &labels);
    assert_eq!(acts, Some(1.0));
}
