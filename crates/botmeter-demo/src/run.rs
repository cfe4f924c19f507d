//! The whole demo: a provider, a story around it, and the telemetry of both.

mod prices;
mod progress;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, anyhow};
use botmeter_llm::core::Memory;
use botmeter_llm::{Llm, LlmConfig, Provider as ProviderLabel};
use botmeter_telemetry::Telemetry;
use botmeter_telemetry::traces::Traces;
use botmeter_telemetry::{StopRequested, stop_requested};
use tokio::time::{Instant, interval_at, sleep};

use self::progress::Progress;
use crate::client::{BaseUrl, Client, Settings};
use crate::model::{Habits, Model, provider_at};
use crate::options::Options;
use crate::provider::{Faults, Provider};
use crate::story::{Domains, Story};

/// How often the demo says how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

/// What gets done that is under way at the end.
const GRACE: Duration = Duration::from_secs(3);

/// What the last metrics get to leave.
const FLUSH: Duration = Duration::from_secs(5);

/// Runs the demo until its time is over or it is asked to end, and hands over what it measured.
///
/// The spans of its calls are exported through `traces`, if the environment says where to.
///
/// # Errors
///
/// When signals, the provider, the client or the telemetry cannot be set up, and when metrics could
/// not be handed over at the end.
pub async fn run(options: &Options, traces: &Traces) -> anyhow::Result<()> {
    let stop = stop_requested().map_err(|error| failed_to(&error))?;
    let own_provider = match options.provider_url {
        Some(_) => None,
        None => Some(Provider::start(options.profile()).await?),
    };
    let url = base_url(options, own_provider.as_ref())?;
    // The demo's own provider speaks as OpenAI does, and its models have the names of OpenAI's.
    let label = own_provider.as_ref().map_or_else(|| provider_at(&url), |_| ProviderLabel::OpenAi);
    let client = Client::new(Settings {
        base_url: url.clone(),
        key: options.provider_url.as_ref().and(options.provider_key.clone()),
        timeout: options.call_timeout(),
    })?;

    let prices = match &own_provider {
        Some(_) => prices::with_cache_writes(&options.models())?,
        None => prices::listed(),
    };
    let memory = Memory::new();
    let (telemetry, domains) = Telemetry::builder("botmeter-demo")
        .version(env!("CARGO_PKG_VERSION"))
        .scrape(SocketAddr::from((options.host, options.port)))
        .backend(memory.clone())
        .traces(traces)
        .configure::<Llm>(LlmConfig::new().prices(prices))
        .start::<Domains>()
        .map_err(|error| {
            let advice = if is_about_the_port(&error) { "; --port chooses another" } else { "" };
            anyhow!("{}{advice}", failed_to(&error))
        })?;
    let llm = domains.0.clone();

    let habits = Habits {
        provider: label,
        is_own: own_provider.is_some(),
        models: options.models(),
        trial: options.trial_model(),
        rate: options.rate,
        concurrency: options.concurrency.get().into(),
        streaming: options.streaming,
        seed: options.seed,
    };
    let model = Model::new(client, llm, habits);
    let story = Story::set_up(model.clone(), domains).await?;
    introduce(&telemetry, options, model.habits(), &url, &story);
    let end = async {
        asked_to_end(options.run_for, stop).await;
        say("ending: what is under way gets a moment, then the last metrics are handed over");
    };
    let recorded = telemetry.settings().map(|_| &memory);
    report_on(story.tell(end, GRACE), &model, recorded).await;

    let handed_over = telemetry.shutdown(FLUSH).await;
    if let Some(provider) = own_provider {
        provider.shutdown(Duration::from_secs(1)).await;
    }
    handed_over.map_err(|error| failed_to(&error))?;
    say(if recorded.is_some() { "ended: everything was handed over" } else { "ended" });
    Ok(())
}

fn base_url(options: &Options, own_provider: Option<&Provider>) -> anyhow::Result<BaseUrl> {
    match (&options.provider_url, own_provider) {
        (_, Some(provider)) => {
            provider.base_url().parse().context("failed to understand the provider's own address")
        }
        (Some(url), None) => Ok(url.clone()),
        (None, None) => Err(anyhow!("failed to find a provider: none was given and none started")),
    }
}

/// Says at intervals what of the story was recorded, if anything is.
async fn report_on(story: impl Future<Output = ()>, model: &Model, recorded: Option<&Memory>) {
    let started = Instant::now();
    let report = || {
        if let Some(memory) = recorded {
            let seconds = started.elapsed().as_secs();
            say(format_args!("{seconds:>4} s: {}", Progress::of(&memory.text())));
        }
        if let Some(error) = model.take_last_error() {
            say(format_args!("        latest error: {error}"));
        }
    };
    let mut story = pin!(story);
    let mut ticks = interval_at(started + PROGRESS, PROGRESS);
    loop {
        tokio::select! {
            () = &mut story => break,
            _ = ticks.tick() => report(),
        }
    }
    report();
}

/// Says where to look, first of all, and then what goes on.
fn introduce(
    telemetry: &Telemetry,
    options: &Options,
    habits: &Habits,
    url: &BaseUrl,
    story: &Story,
) {
    match telemetry.scrape_address() {
        Some(address) => say(format_args!("metrics: http://{address}/metrics")),
        None => say("metrics: off, because OTEL_SDK_DISABLED is true"),
    }
    match &options.provider_url {
        Some(_) => say(format_args!("provider: {url}, recorded as {}", habits.provider.as_str())),
        None => {
            say(format_args!("provider: its own at {url}; {}", shares(&options.faults.faults())));
        }
    }
    say(format_args!(
        "calls: {} a second on average, streamed with a share of {}, of {}",
        habits.rate,
        habits.streaming,
        habits.models.join(", ")
    ));
    say(format_args!(
        "story: people chat and write tickets at http://{}, a writer and two editors fill a blog, \
         and a crew of workers merges branches",
        story.api_address()
    ));
    match options.run_for {
        Some(time) => {
            say(format_args!("ends: after {} or on Ctrl-C", humantime::format_duration(time)));
        }
        None => say("ends: on Ctrl-C"),
    }
    if let Some(address) = telemetry.scrape_address() {
        say(format_args!("look: curl -s http://{address}/metrics | grep -v _bucket"));
    }
}

fn shares(faults: &Faults) -> String {
    let Faults { rate_limited, server_errors, unauthorized, filtered, malformed, hangs, dropped } =
        faults;
    format!(
        "shares of faults: rate-limited {rate_limited}, server-errors {server_errors}, unauthorized \
         {unauthorized}, filtered {filtered}, malformed {malformed}, hangs {hangs}, dropped {dropped}"
    )
}

/// Ends when the time is over, or when somebody or the system asks the process to end.
async fn asked_to_end(run_for: Option<Duration>, stop: StopRequested) {
    let time_is_over = async {
        match run_for {
            Some(time) => sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = time_is_over => {}
        signal = stop => tracing::info!(%signal, "asked to end"),
    }
}

/// Whether the system refuses the port.
fn is_about_the_port(error: &botmeter_llm::core::Error) -> bool {
    let kind = error.source().and_then(<dyn Error>::downcast_ref).map(io::Error::kind);
    matches!(kind, Some(io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied))
}

fn failed_to(error: &botmeter_llm::core::Error) -> anyhow::Error {
    anyhow!("failed to {}", error.chain())
}

/// Nobody may be reading any more, which is no reason to stop serving metrics.
fn say(line: impl Display) {
    drop(writeln!(io::stdout(), "{line}"));
}
