//! The same measurements of one program by four ways: scraped, pushed to
//! Prometheus' own receiver, pushed to a Collector whose page is scraped, and
//! pushed to a Collector that pushes on, as the guide to scaling has it.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use botmeter_bot::Bots;
use botmeter_http::Http;
use botmeter_llm::{ErrorKind, Llm, LlmConfig, Price, PriceBook, Provider, Usage};
use botmeter_telemetry::{Environment, Telemetry};
use integration_tests::{
    Collector, Discovery, FanOut, Labels, Prometheus, blocks_of_the_guide, eventually,
};

/// Scrapes come each second; a machine may be busy.
const SOON: Duration = Duration::from_mins(2);

const SCRAPED: &str = "scraped";
const PUSHED: &str = "pushed";

/// Some of everything, with label values that are hard to carry; afterwards
/// nothing moves.
fn play((llm, bots, http): &(Llm, Bots, Http)) {
    for model in ["gpt-4o", "quo\"ted", "back\\slash", "ünïcödé", ""] {
        let mut call = llm.start(Provider::OpenAi, model);
        call.first_token();
        call.retry(ErrorKind::RateLimit);
        call.finish(&Usage::including_cache(1000, 101).cache_read(600).reasoning(40));
        llm.start(Provider::Anthropic, model).fail(ErrorKind::Timeout);
        drop(llm.start(Provider::named("nobody"), model));
    }
    let bot = bots.bot("mailbox");
    bot.run().finish();
    bot.run().fail(botmeter_bot::ErrorKind::Tool);
    bot.set_queue_depth(7);
    http.start(http::Method::GET, Some("/chat/{id}")).finish(200_u16);
    http.start_tool("search").finish();
}

/// The values of a job's series, without what tells the routes apart: the job
/// itself, and the exports of each route. Prometheus adds what it knows of a
/// scrape and of a resource.
fn values(prometheus: &Prometheus, job: &str) -> Result<BTreeMap<Labels, f64>> {
    // What rules made of series has no instance, and depends on when they ran.
    let answer = prometheus.query(&format!("{{job=\"{job}\",instance!=\"\"}}"))?;
    let mut found = BTreeMap::new();
    for (mut labels, value) in answer.series {
        let name = labels.get("__name__").context("a series has no name")?;
        let is_of_the_route = name == "up"
            || name == "target_info"
            || name.starts_with("scrape_")
            || name.starts_with("telemetry_export")
            || name.starts_with("telemetry_last_export")
            // It moves at each look.
            || name == "telemetry_heartbeat_timestamp_seconds";
        labels.remove("job").context("a series has no job")?;
        if !is_of_the_route {
            found.insert(labels, value);
        }
    }
    Ok(found)
}

/// What is not the same; a sum is added up in another order on each route.
fn differences(one: &BTreeMap<Labels, f64>, other: &BTreeMap<Labels, f64>) -> Vec<String> {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    let mut lines = Vec::new();
    for (labels, value) in one {
        match other.get(labels) {
            None => lines.push(format!("only the first has {labels:?}")),
            Some(second) if !near(*value, *second) => {
                lines.push(format!("{value} and {second}: {labels:?}"));
            }
            Some(_) => {}
        }
    }
    let more = other.keys().filter(|labels| !one.contains_key(*labels));
    lines.extend(more.map(|labels| format!("only the second has {labels:?}")));
    lines
}

/// A Collector that pushes on to this Prometheus.
fn gateway(to: &Prometheus) -> Result<Collector> {
    let block = blocks_of_the_guide("collector")?.join("\n");
    let store = "http://prometheus:9090/api/v1/otlp";
    assert!(block.contains(store), "{block}");
    Collector::start_with(None, Some(&block.replace(store, &to.otlp_endpoint())))
}

#[test]
#[ignore = "needs Prometheus and the Collector"]
fn four_ways_give_the_same_names_labels_buckets_and_values() -> Result<()> {
    let collector = Collector::start(None)?;
    let discovery = Discovery { collectors: vec![collector.page()], ..Discovery::default() };
    // Databases of their own, because the pushed series carry the same job and
    // instance on three of the ways.
    let start = |discovery: Discovery| Prometheus::builder().as_in_the_stack(discovery).start();
    let collected = start(discovery)?;
    let direct = start(Discovery::default())?;
    let store = start(Discovery::default())?;
    let gateway = gateway(&store)?;

    let receivers = [direct.otlp_endpoint(), collector.otlp_endpoint(), gateway.otlp_endpoint()];
    let ways = FanOut::to(&receivers)?;
    let price = Price::per_million(2.5, 10.0)?.cache_read(1.25)?;
    let prices = PriceBook::new().with(Provider::OpenAi, "gpt", price);
    let (telemetry, domains) = Telemetry::builder(PUSHED)
        .environment(Environment::default())
        .instance_id("here:1")
        .scrape(([127, 0, 0, 1], 0).into())
        .otlp(ways.endpoint())
        .interval(Duration::from_secs(1))
        .configure::<Llm>(LlmConfig::new().prices(prices))
        .start::<(Llm, Bots, Http)>()?;
    let page = telemetry.scrape_address().context("nothing is served")?;
    direct.discover(SCRAPED, "here:1", page)?;
    play(&domains);

    let mut last = String::new();
    let same = eventually(SOON, "the same values by four ways", || {
        let scraped = values(&direct, SCRAPED)?;
        let others = [("pushed", &direct), ("collected", &collected), ("pushed on", &store)];
        let mut told = vec![format!("{} series are scraped", scraped.len())];
        let mut are_same = scraped.len() > 300;
        for (way, prometheus) in others {
            let different = differences(&scraped, &values(prometheus, PUSHED)?);
            are_same &= different.is_empty();
            told.push(format!("{way}: {different:#?}"));
        }
        last = told.join("; ");
        Ok(are_same.then_some(scraped))
    });
    let same = same.with_context(|| last.clone())?;
    // A bound, a sum, a float counter, and a text that needs quotes.
    let asked = [
        ("llm_duration_seconds_bucket", "le", "+Inf"),
        ("llm_duration_seconds_sum", "status", "success"),
        ("llm_cost_dollars_total", "model", "gpt-4o"),
        ("llm_requests_total", "model", "quo\"ted"),
        ("bot_queue_depth", "bot", "mailbox"),
        ("http_requests_total", "route", "/chat/{id}"),
    ];
    for (name, key, value) in asked {
        let is_there = same.keys().any(|labels| {
            labels["__name__"] == name && labels.get(key).is_some_and(|it| it == value)
        });
        assert!(is_there, "no {name} has {key}={value:?}");
    }
    telemetry.shutdown_blocking(SOON)?;
    Ok(())
}
