//! Events in, the text that a scraper sees out.

mod catalogue;
mod futures;

use std::{fmt, panic, thread};

use botmeter_core::{Domain, Memory, Meter};

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

    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let moved: Vec<String> = self
            .memory
            .moved()
            .iter()
            .map(|line| line.replace("narrative=\"weekly_report\"", "…"))
            .collect();
        assert_eq!(moved, expected, "\n{}", self.memory.text());
    }
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
fn results_end_runs_and_acts() {
    let bench = Bench::new();
    let (good, bad) = (Ok::<_, fmt::Error>("text"), Err::<(), _>(fmt::Error));
    let run = bench.narratives.run(NAME);
    run.act("outline").end(&good);
    run.act("outline").end(&bad);
    run.end(&good);
    bench.narratives.run(NAME).end(&bad);
    bench.narratives.run(NAME).end_with(&Err::<(), _>("not an error type"), |_| ());
    bench.narratives.run(NAME).fail();
    bench.check(&[
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"error\"} 1",
        "narrative_act_duration_seconds_count{…,act=\"outline\",status=\"success\"} 1",
        "narrative_duration_seconds_count{…,status=\"error\"} 3",
        "narrative_duration_seconds_count{…,status=\"success\"} 1",
        "narrative_executions_total{…,status=\"error\"} 3",
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
