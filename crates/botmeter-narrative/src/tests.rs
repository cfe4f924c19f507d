//! Events in, the text that a scraper sees out.

use std::{fmt, future::pending, panic, thread, time::Duration};

use botmeter_core::{
    Descriptor, Domain, Meter, Registered,
    backend::Memory,
    buckets,
    label::{LabelInfo, Values},
};

use crate::Narratives;

struct Bench {
    memory: Memory,
    narratives: Narratives,
}

const NAME: &str = "weekly_report";

impl Bench {
    fn new() -> Self {
        let memory = Memory::new();
        let narratives = Narratives::register(&Meter::new(memory.clone()));
        Self { memory, narratives }
    }

    /// Every series of the narrative that is not zero, but for durations,
    /// whose values depend on the clock.
    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let text = self.memory.text();
        let moved: Vec<String> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.ends_with(" 0"))
            .filter(|line| !line.contains("_bucket{") && !line.contains("_sum{"))
            .map(|line| line.replace("narrative=\"weekly_report\"", "…"))
            .collect();
        assert_eq!(moved, expected, "\n{text}");
    }
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
            bounds if bounds == buckets::LLM => " LLM",
            _ => " others",
        };
        let (name, kind) = (instrument.prometheus_name(), instrument.kind());
        format!("{name} {kind:?} [{}]{buckets}", labels.join(" "))
    };
    Registered::of::<Narratives>().instruments.iter().map(line).collect()
}

#[test]
fn names_kinds_and_labels_are_what_dashboards_rely_on() {
    assert_eq!(
        registered(),
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
    let text = bench.memory.text();
    for instrument in Registered::of::<Narratives>().instruments {
        let name = instrument.prometheus_name();
        let has_moved = |line: &str| line.starts_with(&name) && !line.ends_with(" 0");
        assert!(text.lines().any(has_moved), "nothing feeds {name}\n{text}");
    }
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
fn a_run_is_active_and_then_a_success_with_its_acts() {
    let bench = Bench::new();
    let run = bench.narratives.run(NAME);
    let outline = run.act("outline");
    bench.check(&["narrative_active{…} 1"]);
    outline.finish();
    run.act("draft").fail();
    run.act("draft").finish();
    drop(run.act("pictures"));
    run.finish();
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"draft\",status=\"error\"} 1",
        "narrative_act_duration_seconds_count{…,act=\"draft\",status=\"success\"} 1",
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"success\"} 1",
        "narrative_act_duration_seconds_count{…,act=\"pictures\",status=\"cancelled\"} 1",
        "narrative_duration_seconds_count{…,status=\"success\"} 1",
        "narrative_executions_total{…,status=\"success\"} 1",
    ]);
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
fn results_end_runs_and_acts() {
    let bench = Bench::new();
    let (good, bad) = (Ok::<_, fmt::Error>("text"), Err::<(), _>("not an error type"));
    let run = bench.narratives.run(NAME);
    run.act("outline").end(&good);
    run.act("outline").end(&bad);
    run.end(&good);
    bench.narratives.run(NAME).end(&bad);
    bench.narratives.run(NAME).fail();
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"error\"} 1",
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"success\"} 1",
        "narrative_duration_seconds_count{…,status=\"error\"} 2",
        "narrative_duration_seconds_count{…,status=\"success\"} 1",
        "narrative_executions_total{…,status=\"error\"} 2",
        "narrative_executions_total{…,status=\"success\"} 1",
    ]);
}

#[test]
fn a_dropped_run_is_cancelled_with_its_act() {
    let bench = Bench::new();
    let run = bench.narratives.run(NAME);
    let act = run.act("outline");
    drop((run, act));
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"cancelled\"} 1",
        "narrative_duration_seconds_count{…,status=\"cancelled\"} 1",
        "narrative_executions_total{…,status=\"cancelled\"} 1",
    ]);
}

#[test]
fn a_panic_is_an_error_of_the_run_and_of_its_act() {
    let bench = Bench::new();
    let narratives = bench.narratives.clone();
    let result = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let run = narratives.run(NAME);
        let _act = run.act("outline");
        panic!("on purpose");
    }));
    assert!(result.is_err());
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"error\"} 1",
        "narrative_duration_seconds_count{…,status=\"error\"} 1",
        "narrative_executions_total{…,status=\"error\"} 1",
    ]);
}

#[test]
fn an_act_may_end_on_another_thread_and_after_its_run() {
    let bench = Bench::new();
    let run = bench.narratives.run(NAME);
    let act = run.act("pictures");
    thread::spawn(move || run.finish()).join().unwrap();
    thread::spawn(move || act.finish()).join().unwrap();
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"pictures\",status=\"success\"} 1",
        "narrative_duration_seconds_count{…,status=\"success\"} 1",
        "narrative_executions_total{…,status=\"success\"} 1",
    ]);
}

#[test]
fn json_is_counted_wherever_it_is_extracted() {
    let bench = Bench::new();
    let narrative = bench.narratives.narrative(NAME);
    assert_eq!(narrative.json("1".parse::<u8>()), Ok(1));
    let run = narrative.run();
    assert_eq!(run.json("2".parse::<u8>()), Ok(2));
    let act = run.act("outline");
    assert_eq!(act.json(Err::<(), _>("no JSON in the reply")), Err("no JSON in the reply"));
    act.finish();
    run.finish();
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"success\"} 1",
        "narrative_duration_seconds_count{…,status=\"success\"} 1",
        "narrative_executions_total{…,status=\"success\"} 1",
        "narrative_json_failures_total{…} 1",
        "narrative_json_success_total{…} 2",
    ]);
}

#[test]
fn any_text_is_a_name() {
    let bench = Bench::new();
    for name in ["", "a\nb\\c\u{0}", "say \"hi\"", "日本語", &"x".repeat(10_000)] {
        bench.narratives.run(name).act(name).finish();
    }
    for name in ["unknown", "a_b_c_", "say \"hi\"", "日本語", &"x".repeat(128)] {
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

#[tokio::test(start_paused = true)]
async fn a_future_that_loses_a_race_is_cancelled_with_the_act_it_was_in() {
    let bench = Bench::new();
    let acts = bench.narratives.narrative(NAME);
    let never = bench.narratives.observe(NAME, async move {
        acts.act("outline").observe(pending::<Result<(), fmt::Error>>()).await
    });
    assert!(tokio::time::timeout(Duration::from_secs(1), never).await.is_err());
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"cancelled\"} 1",
        "narrative_duration_seconds_count{…,status=\"cancelled\"} 1",
        "narrative_executions_total{…,status=\"cancelled\"} 1",
    ]);
}

#[tokio::test]
async fn a_spawned_future_is_counted_and_gives_its_result() {
    let bench = Bench::new();
    let run = bench.narratives.observe(NAME, async { Ok::<_, fmt::Error>(42) });
    assert_eq!(tokio::spawn(run).await.unwrap(), Ok(42));
    let run = bench.narratives.observe(NAME, async { Err::<(), _>("no") });
    assert_eq!(tokio::spawn(run).await.unwrap(), Err("no"));
    let panics = bench.narratives.observe(NAME, async { stumble() });
    assert!(tokio::spawn(panics).await.unwrap_err().is_panic());
    bench.check(&[
        "narrative_duration_seconds_count{…,status=\"error\"} 2",
        "narrative_duration_seconds_count{…,status=\"success\"} 1",
        "narrative_executions_total{…,status=\"error\"} 2",
        "narrative_executions_total{…,status=\"success\"} 1",
    ]);
}

#[tokio::test]
async fn a_future_that_is_never_polled_never_ran() {
    let bench = Bench::new();
    drop(bench.narratives.observe(NAME, async { Ok::<_, fmt::Error>(()) }));
    bench.check(&[]);
}

fn stumble() -> Result<(), fmt::Error> {
    panic!("on purpose")
}
