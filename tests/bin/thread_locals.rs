//! Keeps a guard of every domain in a thread-local, and compares what is counted
//! when the thread has ended them; `it/thread_locals.rs` reads what it says.

use std::{
    any::Any,
    cell::RefCell,
    collections::BTreeMap,
    env, fmt,
    future::pending,
    mem,
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use anyhow::{Result, ensure};
use botmeter_bot::Bots;
use botmeter_core::Memory;
use botmeter_http::{Http, McpMethod, Method};
use botmeter_llm::{Llm, Provider, Reply, Usage};
use botmeter_narrative::Narratives;
use botmeter_orchestrator::{Orchestrator, Phase, ResolutionMethod};
use botmeter_pipeline::{Pipelines, Stage};
use botmeter_telemetry::{Environment, Telemetry};

type All = (Bots, Http, Llm, Narratives, Orchestrator, Pipelines);
type Start = fn(&All, &str) -> Box<dyn Any>;
type Labels = &'static [(&'static str, &'static str)];

/// What starts a guard, and the series that its end adds one to. Labels of
/// `NAME` have the name that it is started with.
const GUARDS: [(Start, &str, Labels); 17] = [
    (
        |all, name| Box::new(all.0.run(name)),
        "bot_executions_total",
        &[("bot", "NAME"), ("status", "cancelled")],
    ),
    (
        |all, name| Box::new(all.1.start(Method::Get, Some(name))),
        "http_requests_total",
        &[("method", "GET"), ("route", "NAME"), ("status", "499")],
    ),
    (
        |all, name| Box::new(all.1.start_tool(name)),
        "tool_calls_total",
        &[("tool", "NAME"), ("status", "cancelled")],
    ),
    (
        |all, _| Box::new(all.1.start_mcp(McpMethod::ToolsCall)),
        "mcp_client_operation_duration_seconds_count",
        &[("method", "tools/call"), ("status", "cancelled")],
    ),
    (|all, name| Box::new(all.2.start(Provider::OpenAi, name)), CALLS, CALL),
    (observed_call, CALLS, CALL),
    (
        |all, name| Box::new(all.3.run(name)),
        "narrative_executions_total",
        &[("narrative", "NAME"), ("status", "cancelled")],
    ),
    (
        |all, name| Box::new(all.3.narrative(name).act("outline")),
        "narrative_act_duration_seconds_count",
        &[("narrative", "NAME"), ("act", "outline"), ("status", "cancelled")],
    ),
    (|all, _| Box::new(all.4.merge()), "git_merge_total", &[("result", "error")]),
    (|all, _| Box::new(all.4.merge().locked()), "git_merge_total", &[("result", "error")]),
    (
        |all, _| Box::new(all.4.resolve_conflict(ResolutionMethod::Llm)),
        "git_conflict_resolution_total",
        &[("result", "cancelled"), ("method", "llm")],
    ),
    (|all, _| Box::new(all.4.checkout()), "git_checkout_duration_seconds_count", &[]),
    (
        |all, _| Box::new(all.4.create_worktree()),
        "git_worktree_operations_total",
        &[("operation", "create"), ("result", "cancelled")],
    ),
    (
        |all, name| Box::new(all.4.worker(name).task()),
        "task_completion_total",
        &[("worker_profile", "NAME"), ("status", "cancelled")],
    ),
    (
        |all, _| Box::new(all.4.worker("tester").task().phase(Phase::Build)),
        "task_execution_duration_seconds_count",
        &[("worker_profile", "tester"), ("phase", "build")],
    ),
    (|all, _| Box::new(all.4.dispatch_cycle()), "dispatch_loop_iterations_total", &[]),
    (
        |all, name| Box::new(all.5.pipeline(name).start(Stage::Curation)),
        "pipeline_stage_latency_seconds_count",
        &[("pipeline", "NAME"), ("stage", "curation")],
    ),
];

const CALLS: &str = "llm_requests_total";
const CALL: Labels = &[("provider", "openai"), ("model", "NAME"), ("status", "cancelled")];

struct Silent;

impl Reply for Silent {
    fn usage(&self) -> Usage {
        Usage::unknown()
    }
}

/// A task of a runtime that somebody keeps in a thread-local.
fn observed_call(all: &All, model: &str) -> Box<dyn Any> {
    let reply = pending::<Result<Silent, fmt::Error>>();
    let mut call = Box::pin(all.2.model(Provider::OpenAi, model).observe(reply));
    let polled = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    debug_assert!(matches!(polled, Poll::Pending));
    Box::new(call)
}

thread_local! {
    /// The first thread-local of its thread, so that it goes last.
    static KEPT: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

/// What a thread still has when it ends.
struct Kept {
    guards: Vec<Box<dyn Any>>,
    all: All,
    memory: Memory,
}

impl Kept {
    fn keep(all: All, memory: Memory) {
        KEPT.with_borrow_mut(|kept| {
            let guards = GUARDS.map(|(start, ..)| start(&all, "kept")).into();
            *kept = Some(Self { guards, all, memory });
        });
    }
}

impl Kept {
    /// Each limit is told of when a value is past it for the first time.
    fn exceed_limits(&self) {
        for (start, ..) in GUARDS {
            drop(start(&self.all, &"long".repeat(100)));
        }
        for number in 0..10_000 {
            let (narrative, act) = (number / 100, number % 100);
            drop(self.all.3.narrative(&narrative.to_string()).act(&act.to_string()));
        }
    }
}

#[expect(clippy::print_stderr, reason = "this is how it tells the test")]
impl Drop for Kept {
    fn drop(&mut self) {
        self.guards.clear();
        for (start, ..) in GUARDS {
            drop(start(&self.all, "new"));
        }
        for ((series, labels), expected) in expected() {
            let counted = self.memory.value(series, &labels);
            if counted != Some(expected) {
                eprintln!("wrong: {series} {labels:?} is {counted:?}, not {expected}");
            }
        }
        self.exceed_limits();
        eprintln!("all is compared");
    }
}

/// The name of a series, and its labels.
type Series = (&'static str, Vec<(&'static str, &'static str)>);

/// What all guards together make of each series.
fn expected() -> BTreeMap<Series, f64> {
    let mut totals = BTreeMap::new();
    for name in ["kept", "new"] {
        for (_, series, labels) in GUARDS {
            let named = |(key, value)| (key, if value == "NAME" { name } else { value });
            let labels = labels.iter().copied().map(named).collect();
            *totals.entry((series, labels)).or_insert(0.0) += 1.0;
        }
    }
    totals
}

/// Its arguments say what else is there, and which thread it is.
fn main() -> Result<()> {
    let words: Vec<String> = env::args().collect();
    let has = |word: &str| words.iter().any(|one| one == word);
    if has("main") {
        KEPT.with(|_| ());
    }
    let memory = Memory::new();
    let mut builder = Telemetry::builder("test")
        .environment(Environment::default())
        .backend(memory.clone())
        .scrape_mounted()
        .otlp("http://127.0.0.1:9")
        .interval(Duration::from_hours(1));
    if has("subscriber") {
        builder = builder.install_subscriber().otlp_traces("http://127.0.0.1:9");
    }
    let (telemetry, all) = builder.start::<All>()?;
    if has("shutdown") {
        // Nobody listens, so it fails.
        drop(telemetry.shutdown_blocking(Duration::from_millis(1)));
    }
    // It would end before the guards do.
    mem::forget(telemetry);
    if has("main") {
        Kept::keep(all, memory);
        return Ok(());
    }
    let panics = has("panics");
    let thread = thread::spawn(move || {
        Kept::keep(all, memory);
        assert!(!panics, "on purpose");
    });
    ensure!(thread.join().is_err() == panics);
    Ok(())
}
