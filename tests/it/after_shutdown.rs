//! Guards of every domain that are kept over a shutdown.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use botmeter_bot::Bots;
use botmeter_core::{Domain, Memory};
use botmeter_http::{Http, McpMethod, Method, Status};
use botmeter_llm::{Llm, LlmConfig, Provider, Usage};
use botmeter_narrative::Narratives;
use botmeter_orchestrator::{EscalationReason, Orchestrator, Phase, ResolutionMethod, TaskState};
use botmeter_pipeline::{Pipelines, Stage};
use botmeter_telemetry::{Environment, SelfObservation, Telemetry};
use integration_tests::translate_push;

use witness::{Receiver, logged};

const SOON: Duration = Duration::from_secs(5);

/// What is left to do after the shutdown.
type End = Box<dyn FnOnce()>;

/// Keeps a guard of this domain over a shutdown, or only a handle, and checks
/// that what it records then is counted and said once.
fn keep<D: Domain>(what: &str, start: impl FnOnce(&D) -> End) -> Result<()> {
    keep_with(D::Config::default(), what, start)
}

fn keep_with<D: Domain>(
    config: D::Config,
    what: &str,
    start: impl FnOnce(&D) -> End,
) -> Result<()> {
    let memory = Memory::new();
    let (telemetry, domain) = Telemetry::builder("test")
        .environment(Environment::default())
        .backend(memory.clone())
        .configure::<D>(config)
        .start::<D>()?;
    let dropped = || memory.value("telemetry_dropped_total", &[("reason", "after_shutdown")]);
    let end = start(&domain);
    telemetry.shutdown_blocking(SOON)?;
    drop(telemetry);
    ensure!(dropped() == Some(0.0), "{what}: {:?} before anything came late", dropped());
    let log = logged(end);
    ensure!(dropped() > Some(0.0), "{what}: {:?}", dropped());
    let warnings: Vec<&str> = log.lines().filter(|line| line.contains("WARN")).collect();
    ensure!(warnings.len() == 1 && log.lines().count() == 1, "{what}:\n{log}");
    let (_, named) = warnings[0].split_once("instrument=").context("no instrument is named")?;
    let name = named.trim().trim_matches('"');
    let text = memory.text();
    ensure!(text.contains(&format!("# TYPE {name} ")), "{what}: {named} is not one of\n{text}");
    Ok(())
}

/// A boxed end: what is done with the domain before the shutdown stands
/// outside, what is left for later inside.
macro_rules! end {
    ($($later:tt)*) => { Box::new(move || { $($later)* }) as End };
}

fn llm() -> Result<()> {
    let usage = Usage::including_cache(10, 2);
    let start = |llm: &Llm| llm.start(Provider::OpenAi, "gpt-4o");
    keep::<Llm>("a call that finishes", |llm| {
        let call = start(llm);
        end!(call.finish(&usage))
    })?;
    keep::<Llm>("a call that is dropped", |llm| {
        let call = start(llm);
        end!(drop(call))
    })?;
    keep::<Llm>("a first token", |llm| {
        let mut call = start(llm);
        end!(call.first_token(); std::mem::forget(call))
    })?;
    keep::<Llm>("a model's handle", |llm| {
        let model = llm.model(Provider::OpenAi, "gpt-4o");
        end!(std::mem::forget(model.start()))
    })?;
    keep::<Llm>("a new model", |llm| {
        let llm = llm.clone();
        end!(llm.start(Provider::Groq, "new").finish(&usage))
    })?;
    keep_with::<Llm>(LlmConfig::new().gen_ai(), "a call under both names", |llm| {
        let call = start(llm);
        end!(call.finish(&usage))
    })
}

fn bot() -> Result<()> {
    keep::<Bots>("a run", |bots| {
        let run = bots.run("newsletter");
        end!(run.finish())
    })?;
    keep::<Bots>("a run of a bot", |bots| {
        let bot = bots.bot("newsletter");
        end!(bot.run().finish())
    })?;
    keep::<Bots>("a queue", |bots| {
        let bot = bots.bot("newsletter");
        end!(bot.set_queue_depth(3))
    })
}

fn narrative() -> Result<()> {
    keep::<Narratives>("a run", |narratives| {
        let run = narratives.run("report");
        end!(run.finish())
    })?;
    keep::<Narratives>("an act", |narratives| {
        let act = narratives.narrative("report").act("outline");
        end!(drop(act))
    })?;
    keep::<Narratives>("a reply", |narratives| {
        let report = narratives.narrative("report");
        end!(report.json(Err("no JSON")).unwrap_or_default())
    })
}

fn pipeline() -> Result<()> {
    keep::<Pipelines>("a pass", |pipelines| {
        let pass = pipelines.pipeline("blog").start(Stage::Curation);
        end!(pass.fail())
    })?;
    keep::<Pipelines>("pieces", |pipelines| {
        let blog = pipelines.pipeline("blog");
        end!(blog.published(2))
    })
}

type Keep = fn(&Orchestrator) -> End;

fn orchestrator() -> Result<()> {
    let kept: [(&str, Keep); 10] = [
        ("a merge that waits", |o| {
            let merge = o.merge();
            end!(drop(merge))
        }),
        ("a merge with the lock", |o| {
            let merge = o.merge().locked();
            end!(merge.finish(3))
        }),
        ("a resolution", |o| {
            let resolution = o.resolve_conflict(ResolutionMethod::Llm);
            end!(resolution.finish())
        }),
        ("a checkout", |o| {
            let checkout = o.checkout();
            end!(checkout.finish())
        }),
        ("a worktree", |o| {
            let worktree = o.create_worktree();
            end!(worktree.fail())
        }),
        ("a worker", |o| {
            let worker = o.worker("coder");
            end!(drop(worker))
        }),
        ("a task", |o| {
            let worker = o.worker("coder");
            let task = worker.task();
            end!(task.finish(); std::mem::forget(worker))
        }),
        ("a phase", |o| {
            let worker = o.worker("coder");
            let task = worker.task();
            let phase = task.phase(Phase::Build);
            end!(phase.finish(); std::mem::forget((task, worker)))
        }),
        ("a round of the dispatch loop", |o| {
            let cycle = o.dispatch_cycle();
            end!(cycle.finish())
        }),
        ("what has no guard", |o| {
            let o = o.clone();
            end!(o.escalate(EscalationReason::ALL[0]); o.set_tasks([(TaskState::Ready, 1)]))
        }),
    ];
    kept.into_iter().try_for_each(|(what, start)| keep(what, start))
}

fn http() -> Result<()> {
    keep::<Http>("a request", |http| {
        let request = http.start(Method::Get, Some("/runs/{id}"));
        end!(request.finish(Status::Ok))
    })?;
    keep::<Http>("a tool", |http| {
        let call = http.start_tool("search");
        end!(drop(call))
    })?;
    keep::<Http>("an MCP operation", |http| {
        let operation = http.start_mcp(McpMethod::ToolsCall);
        end!(operation.finish())
    })
}

type Check = fn() -> Result<()>;

const DOMAINS: [(&str, Check); 6] = [
    (Bots::NAME, bot),
    (Http::NAME, http),
    (Llm::NAME, llm),
    (Narratives::NAME, narrative),
    (Orchestrator::NAME, orchestrator),
    (Pipelines::NAME, pipeline),
];

#[test]
fn no_guard_of_any_domain_ends_unheard_after_a_shutdown() -> Result<()> {
    let checked: BTreeSet<&str> = DOMAINS.iter().map(|(domain, _)| *domain).collect();
    let all: BTreeSet<&str> = botmeter_catalogue::catalogue().domains().collect();
    // Telemetry's own instruments are the ones that tell of this.
    let mut expected = all;
    ensure!(expected.remove(SelfObservation::NAME));
    ensure!(checked == expected, "{checked:?} are checked of {expected:?}");
    DOMAINS.into_iter().try_for_each(|(domain, check)| check().context(domain))
}

/// The last push is recorded itself, after the domains have ended.
#[test]
fn what_telemetry_tells_of_its_own_end_is_not_late() -> Result<()> {
    let (memory, receiver) = (Memory::new(), Receiver::http().start());
    let (telemetry, bots) = Telemetry::builder("test")
        .environment(Environment::default())
        .backend(memory.clone())
        .otlp(receiver.endpoint())
        .interval(Duration::from_hours(1))
        .start::<Bots>()?;
    bots.run("newsletter").finish();
    telemetry.shutdown_blocking(SOON)?;
    let exported =
        memory.value("telemetry_exports_total", &[("backend", "otlp"), ("status", "success")]);
    ensure!(exported > Some(0.0), "{exported:?}");
    let dropped = memory.value("telemetry_dropped_total", &[("reason", "after_shutdown")]);
    ensure!(dropped == Some(0.0), "{dropped:?}");
    let last = translate_push(receiver.requests().last().context("nothing was pushed")?)?;
    let runs: f64 = last["bot_executions_total"].samples.values().sum();
    ensure!((runs - 1.0).abs() < f64::EPSILON, "{runs} runs were pushed");
    Ok(())
}
