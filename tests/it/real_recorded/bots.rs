//! Bots whose samples a Prometheus has from the past.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use botmeter_bot::{Bots as Runs, ErrorKind as RunError};
use botmeter_llm::{ErrorKind, Llm, LlmConfig, PriceBook, Provider, Usage};
use botmeter_telemetry::{Environment, Telemetry};
use botmeter_window::{
    Labels,
    exposition::{Format, Page, Sample},
};
use xtask::open_metrics::{sample, series};

use crate::hour::{END, told};

/// So many jobs, each with so many instances.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bots {
    pub(super) jobs: usize,
    pub(super) instances: usize,
}

impl Bots {
    /// The jobs and instances by name, and the number of each.
    fn names(self) -> impl Iterator<Item = (String, String, usize)> {
        (0..self.jobs).flat_map(move |job| {
            (0..self.instances).map(move |instance| {
                let number = job * self.instances + instance;
                (format!("job-{job}"), format!("bot-{number}:9464"), number)
            })
        })
    }

    /// An hour of bots that do everything that the wanted instruments are for,
    /// some more of it than others.
    pub(super) fn of_every_kind(self, is_wanted: impl Fn(&str) -> bool) -> Result<String> {
        let mut text = String::new();
        for (at, samples) in told(is_wanted) {
            for (labels, value) in samples {
                let name = labels.name().context("a series has no name")?;
                for (job, instance, number) in self.names() {
                    let own = labels.pairs().filter(|(key, _)| *key != "__name__");
                    let own = own.filter(|(key, _)| !["job", "instance"].contains(key));
                    let bot = [("job", job.as_str()), ("instance", instance.as_str())];
                    let labels = Labels::of(name, own.chain(bot));
                    let value = if grows(name) { value * (number + 1) as f64 } else { value };
                    sample(&mut text, &series(&labels)?, value, at)?;
                }
            }
        }
        text.push_str("# EOF\n");
        Ok(text)
    }

    /// What the small bot of the guide to scaling tells, every 15 seconds of so
    /// many milliseconds before the end, of the series whose names are wanted;
    /// and how many series that are.
    pub(super) fn small(
        self,
        time: i64,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<(String, usize)> {
        let page = page_of_a_small_bot()?;
        let samples: Vec<_> = page.iter().filter(|sample| is_wanted(&sample.name)).collect();
        let mut named = Vec::new();
        for (job, instance, number) in self.names() {
            for of in &samples {
                let own = of.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
                let bot = [("job", job.as_str()), ("instance", instance.as_str())];
                named.push((series(&Labels::of(&of.name, own.chain(bot)))?, *of, number));
            }
        }
        let mut text = String::new();
        for at in (END - time..=END).step_by(15_000) {
            let steps = (at - END + time) / 15_000;
            for (series, of, number) in &named {
                let value = if grows(&of.name) {
                    of.value * (steps + 1 + i64::try_from(number % 7)?) as f64
                } else if of.name.ends_with("_timestamp_seconds") {
                    at as f64 / 1000.0
                } else {
                    of.value
                };
                writeln!(text, "{series} {value} {}", at / 1000)?;
            }
        }
        text.push_str("# EOF\n");
        Ok((text, named.len()))
    }
}

fn grows(name: &str) -> bool {
    ["_total", "_bucket", "_count", "_sum"].iter().any(|ending| name.ends_with(ending))
}

/// A bot that calls three models, and runs.
fn page_of_a_small_bot() -> Result<Vec<Sample>> {
    let builder = Telemetry::builder("small").environment(Environment::default());
    let builder = builder.configure::<Llm>(LlmConfig::new().prices(PriceBook::built_in()));
    let (telemetry, (llm, runs)) = builder.scrape_mounted().start::<(Llm, Runs)>()?;
    for model in ["gpt-4o", "gpt-4o-mini", "o3"] {
        let mut call = llm.start(Provider::OpenAi, model);
        call.first_token();
        call.finish(&Usage::including_cache(100, 20));
        llm.start(Provider::OpenAi, model).fail(ErrorKind::Timeout);
    }
    let bot = runs.bot("newsletter");
    bot.set_queue_depth(7);
    bot.run().finish();
    bot.run().fail(RunError::Llm);
    let page = telemetry.page().context("there is no page")?.render();
    let page = Page::read(&page, Format::Text)?;
    Ok(page.families.into_iter().flat_map(|family| family.samples).collect())
}
