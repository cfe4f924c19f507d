//! The bots: pages of real ones, and the names of as many as are wanted.

use std::{process::Command, thread, time::Duration};

use anyhow::{Context, Result};
use botmeter_llm::{ErrorKind, Llm, Provider, Usage};
use botmeter_telemetry::{Environment, Telemetry};
use serde_json::{Value, json};

use super::Story;
use crate::{repository, running::started};

/// What is asked about all of them.
pub(super) const JOBS: &str = "fleet-.+";

/// How many jobs the bots are divided among.
const JOB_COUNT: u32 = 10;

/// What small bots call; each of these has its own page.
const CALLED: [(Provider, [&str; 3]); 4] = [
    (Provider::OpenAi, ["gpt-4o", "gpt-4o-mini", "o3"]),
    (Provider::Anthropic, ["claude-opus-4", "claude-sonnet-4", "claude-haiku-4"]),
    (Provider::Gemini, ["gemini-2.5-pro", "gemini-2.5-flash", "gemini-2.5-flash-lite"]),
    (Provider::Mistral, ["mistral-large", "mistral-small", "codestral"]),
];

/// How long their calls take, one after another.
const TAKES: [Duration; 5] = [
    Duration::from_millis(15),
    Duration::from_millis(60),
    Duration::from_millis(150),
    Duration::from_millis(400),
    Duration::from_millis(900),
];

/// How long a bot may take to end, which has nowhere to push to.
const SOON: Duration = Duration::from_secs(5);

/// How long a demo runs until all of its domains have been busy, and how long
/// between its two pages.
const WARMS_UP: Duration = Duration::from_secs(15);
const GOES_ON: Duration = Duration::from_secs(15);

/// Which series a bot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Those of a bot that calls three models.
    Small,
    /// Those of the demo, which has every domain.
    Large,
}

impl Kind {
    /// What the guide calls their number.
    pub(super) fn figure(self) -> &'static str {
        match self {
            Self::Small => "series of a bot that calls 3 models",
            Self::Large => "series of the demo, which has every domain",
        }
    }

    /// What is read.
    pub(super) fn origin(self) -> String {
        match self {
            Self::Small => format!("{} bots of this process", CALLED.len()),
            Self::Large => format!("a demo for {:?}", WARMS_UP + GOES_ON),
        }
    }

    /// Has bots of this kind work for a moment, and continues what they say.
    ///
    /// # Errors
    ///
    /// When one does not start, or has no page.
    pub fn stories(self) -> Result<Vec<Story>> {
        match self {
            Self::Small => small(),
            Self::Large => Ok(vec![large()?]),
        }
    }
}

/// A bot that has called three models once each, and failed once each.
struct Small {
    telemetry: Telemetry,
    llm: Llm,
    provider: Provider,
    models: [&'static str; 3],
}

impl Small {
    fn start((provider, models): (Provider, [&'static str; 3])) -> Result<Self> {
        let builder = Telemetry::builder("small").environment(Environment::default());
        let (telemetry, llm) = builder.scrape_mounted().start::<Llm>()?;
        let bot = Self { telemetry, llm, provider, models };
        for model in models {
            let mut call = bot.llm.start(provider, model);
            call.first_token();
            call.finish(&Usage::including_cache(100, 20));
            bot.llm.start(provider, model).fail(ErrorKind::Timeout);
        }
        Ok(bot)
    }

    fn page(&self) -> Result<String> {
        Ok(self.telemetry.page().context("a bot has no page")?.render())
    }

    /// Its last page.
    fn end(self) -> Result<String> {
        let page = self.page()?;
        self.telemetry.shutdown_blocking(SOON).context("a bot does not end")?;
        Ok(page)
    }
}

/// The page of a bot that calls three models.
///
/// # Errors
///
/// When it does not start.
pub fn page_of_a_small_bot() -> Result<String> {
    Small::start(CALLED[0])?.end()
}

fn small() -> Result<Vec<Story>> {
    let bots: Vec<_> = CALLED.into_iter().map(Small::start).collect::<Result<_>>()?;
    let first: Vec<_> = bots.iter().map(Small::page).collect::<Result<_>>()?;
    for (takes, number) in TAKES.into_iter().zip(1..) {
        let calls = bots
            .iter()
            .flat_map(|bot| bot.models.iter().map(|model| bot.llm.start(bot.provider, model)));
        let mut calls: Vec<_> = calls.collect();
        thread::sleep(takes / 4);
        for call in &mut calls {
            call.first_token();
        }
        thread::sleep(takes * 3 / 4);
        for call in calls {
            call.finish(&Usage::including_cache(400 * number, 60 * number));
        }
    }
    for bot in &bots {
        bot.llm.start(bot.provider, bot.models[0]).fail(ErrorKind::Timeout);
    }
    let pages = bots.into_iter().zip(&first);
    pages.map(|(bot, first)| Story::between(first, &bot.end()?)).collect()
}

fn large() -> Result<Story> {
    let mut command = Command::new(repository::build("botmeter-demo", "botmeter-demo")?);
    command.args(["--port=0", "--rate=40", "--seed=7", "--timeout=1s"]);
    let (_demo, url) = started(&mut command, "metrics: ")?;
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let read = || agent.get(&url).call()?.body_mut().read_to_string();
    thread::sleep(WARMS_UP);
    let first = read().context("failed to read the page of the demo")?;
    thread::sleep(GOES_ON);
    Story::between(&first, &read().context("failed to read the page of the demo")?)
}

/// So many bots at an address, as Prometheus finds targets in a file.
pub fn instances(address: &str, count: u32) -> Value {
    let target = |number: u32| {
        json!({
            "targets": [address],
            "labels": {
                "job": format!("fleet-{}", number % JOB_COUNT),
                "instance": format!("bot-{number}"),
                "__metrics_path__": path(&number.to_string()),
            },
        })
    };
    (0..count).map(target).collect()
}

/// Where the page of a bot is.
pub(super) fn path(number: &str) -> String {
    format!("/bots/{number}/metrics")
}
