//! A bot that does what the domains are there for, at times that are told.

use std::{collections::HashMap, time::Duration};

use anyhow::{Context, Result};
use botmeter_bot::{Bots, ErrorKind as BotError};
use botmeter_core::process::{HEARTBEAT, START_TIME};
use botmeter_export::BackendKind;
use botmeter_http::{Http, McpMethod, Method, Status};
use botmeter_llm::{ErrorKind, Llm, LlmConfig, PriceBook, Provider, Usage};
use botmeter_narrative::Narratives;
use botmeter_orchestrator::{
    EscalationReason, Orchestrator, Phase, ResolutionMethod, TaskState, Worker,
};
use botmeter_pipeline::{Pipelines, Stage};
use botmeter_telemetry::{Environment, Telemetry};
use botmeter_window::{
    Labels,
    exposition::{Format, Page, Sample},
};

const SOON: Duration = Duration::from_secs(5);
const TOOK: Duration = Duration::from_millis(3);

type Domains = (Llm, Bots, Narratives, Pipelines, Orchestrator, Http);

/// What it does when it has something to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Habits {
    /// Whether some of it goes wrong.
    pub(super) fails: bool,
    /// Whether some of its calls to models are streamed.
    pub(super) streams: bool,
}

/// A process with every domain, whose page is read.
pub(super) struct Bot {
    telemetry: Telemetry,
    page: botmeter_export::scrape::Page,
    domains: Domains,
    /// The times that its page tells, as the clock of this machine has them,
    /// and when they were first seen.
    times: HashMap<Vec<(String, String)>, (f64, f64)>,
    rounds: u32,
}

impl Bot {
    /// A process that has just started, and has done nothing.
    pub(super) fn start() -> Result<Self> {
        let builder = Telemetry::builder("states").environment(Environment::default());
        let builder = builder.configure::<Llm>(LlmConfig::new().prices(PriceBook::built_in()));
        let (telemetry, domains) = builder.scrape_mounted().start::<Domains>()?;
        let page = telemetry.page().context("there is no page")?;
        Ok(Self { telemetry, page, domains, times: HashMap::new(), rounds: 0 })
    }

    /// It does each of the things that it does once, and some of them twice.
    pub(super) fn work(&mut self, habits: Habits) {
        self.rounds += 1;
        let (llm, bots, narratives, pipelines, orchestrator, http) = &self.domains;
        call_models(llm, habits);
        run_bots(bots, habits);
        narrate(narratives, habits);
        publish(pipelines, habits);
        orchestrate(orchestrator, habits, self.rounds);
        serve(http, habits);
    }

    /// What a scraper reads at this time in milliseconds.
    pub(super) fn read(&mut self, at: i64) -> Result<Vec<Sample>> {
        let page = Page::read(&self.page.render(), Format::Text)?;
        if let Some(exports) = self.telemetry.exports(BackendKind::Scrape) {
            exports.succeeded(TOOK);
        }
        let samples = page.families.into_iter().flat_map(|family| family.samples);
        Ok(samples.map(|sample| self.in_time(sample, at)).collect())
    }

    /// A time on the page is that of the reading at which it was new.
    fn in_time(&mut self, mut sample: Sample, at: i64) -> Sample {
        let is_start = sample.name == START_TIME.descriptor().prometheus_name();
        if !is_start && !sample.name.ends_with("_timestamp_seconds") {
            return sample;
        }
        let now = at as f64 / 1000.0;
        if sample.name == HEARTBEAT.descriptor().prometheus_name() {
            sample.value = now;
            return sample;
        }
        let mut key = sample.labels.clone();
        key.push((String::new(), sample.name.clone()));
        let known = self.times.entry(key).or_insert((sample.value, now));
        if known.0.to_bits() != sample.value.to_bits() {
            *known = (sample.value, now);
        }
        sample.value = known.1;
        sample
    }

    /// It ends as a process does that is asked to.
    pub(super) fn end(self) -> Result<()> {
        Ok(self.telemetry.shutdown_blocking(SOON)?)
    }
}

/// The labels of a sample of a bot that is called so.
pub(super) fn labels(sample: &Sample, job: &str, instance: &str) -> Labels {
    let own = sample.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    Labels::of(&sample.name, own.chain([("job", job), ("instance", instance)]))
}

fn call_models(llm: &Llm, habits: Habits) {
    let usage = || Usage::including_cache(900, 120).cache_read(300).reasoning(20);
    let start = || llm.start(Provider::OpenAi, "gpt-4o");
    start().finish(&usage());
    if habits.streams {
        let mut call = start();
        call.first_token();
        call.finish(&usage());
    }
    if habits.fails {
        let mut call = start();
        call.retry(ErrorKind::RateLimit);
        call.finish(&usage());
        start().fail(ErrorKind::RateLimit);
        start().fail(ErrorKind::Timeout);
        drop(start());
        llm.start(Provider::Ollama, "a model without a price").finish(&usage());
    }
}

fn run_bots(bots: &Bots, habits: Habits) {
    let bot = bots.bot("newsletter");
    bot.set_queue_depth(7);
    bot.run().finish();
    if habits.fails {
        bot.run().fail(BotError::Llm);
        drop(bot.run());
        bots.run("reminders").fail(BotError::Platform);
        bots.run("reminders").finish();
    }
}

fn narrate(narratives: &Narratives, habits: Habits) {
    let report = narratives.narrative("report");
    report.run().finish();
    report.act("outline").finish();
    report.json(Ok::<_, &str>(())).unwrap_or_default();
    if habits.fails {
        report.run().fail();
        drop(report.run());
        report.act("outline").fail();
        report.json::<(), _>(Err("no JSON")).unwrap_or_default();
    }
}

fn publish(pipelines: &Pipelines, habits: Habits) {
    let blog = pipelines.pipeline("blog");
    blog.generated(5);
    blog.curated(3);
    blog.published(2);
    for stage in Stage::ALL {
        blog.start(*stage).finish();
        blog.set_queue_depth(*stage, 4);
    }
    if habits.fails {
        blog.rejected(2);
        blog.start(Stage::Curation).fail();
    }
}

fn orchestrate(orchestrator: &Orchestrator, habits: Habits, round: u32) {
    let mut merge = orchestrator.merge().locked();
    if habits.fails {
        merge.found_conflicts(1);
        orchestrator.resolve_conflict(ResolutionMethod::Llm).finish();
        orchestrator.resolve_conflict(ResolutionMethod::Llm).fail();
        orchestrator.merge().locked().conflict();
        orchestrator.merge().locked().fail();
        orchestrator.create_worktree().fail();
        orchestrator.escalate(EscalationReason::UnclearTask);
    }
    merge.finish(12);
    orchestrator.checkout().finish();
    orchestrator.create_worktree().finish();
    orchestrator.clean_up_worktree().finish();
    let mut cycle = orchestrator.dispatch_cycle();
    cycle.dispatched(2);
    cycle.completed(1);
    cycle.finish();
    orchestrator.director_cycle().finish();
    orchestrator.set_tasks([(TaskState::Ready, 3), (TaskState::Active, 1)]);
    tasks(&orchestrator.worker("coder"), habits, round);
}

fn tasks(worker: &Worker, habits: Habits, round: u32) {
    let task = worker.task();
    for phase in Phase::ALL {
        task.phase(*phase).finish();
    }
    task.finish();
    if habits.fails {
        worker.task().fail();
        worker.task().error();
        let mut task = worker.task().after_retries(4 * usize::from(round.is_multiple_of(2)));
        task.retry(Phase::Test);
        task.finish();
    }
}

fn serve(http: &Http, habits: Habits) {
    http.start(Method::Get, Some("/runs/{id}")).finish(Status::Ok);
    http.start_tool("search").finish();
    http.start_mcp(McpMethod::ToolsCall).finish();
    if habits.fails {
        http.start(Method::Get, Some("/runs/{id}")).finish(Status::InternalServerError);
        drop(http.start(Method::Get, Some("/runs/{id}")));
        http.start_tool("search").fail();
        http.start_mcp(McpMethod::ToolsCall).fail();
    }
}
