//! What series cost on their way and in a real Prometheus, measured. The guide
//! to scaling has these figures; this test prints them, with the estimates that
//! follow from them, and fails when the guide's are far from what it measures:
//!
//! ```sh
//! cargo test --package integration-tests real_costs -- --ignored --nocapture
//! ```

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, ensure};
use integration_tests::{Demo, Prometheus, Scales, eventually};
use xtask::fleet::{Guide, page_of_a_small_bot};

const SOON: Duration = Duration::from_mins(2);

/// How often the demo is scraped under another name, so that the server has as
/// much to do as with as many demos.
const INSTANCES: usize = 20;

/// How many scrapes of each series are taken before its samples are weighed:
/// half a chunk.
const SCRAPES: f64 = 60.0;

/// Seconds between two scrapes or pushes, as in the stack.
const INTERVAL: f64 = 15.0;

/// How far a figure of the guide may be from what is measured: machines differ,
/// and so does how far the demo's story got.
const TOLERANCE: f64 = 1.6;

/// One figure, as the guide's table has it in its first two columns.
struct Figure {
    what: &'static str,
    value: f64,
}

/// The samples on a page, which are as many as its series.
fn series_on(page: &str) -> usize {
    page.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).count()
}

/// The page as text, and its size when it is sent as Prometheus asks for it.
fn page(url: &str) -> Result<(String, usize)> {
    let text = ureq::get(url).call()?.body_mut().read_to_string()?;
    let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
    let answer = agent.get(url).header("Accept-Encoding", "gzip").call()?;
    let is_packed = answer.headers().get("content-encoding").is_some_and(|it| it == "gzip");
    ensure!(is_packed, "the page is not packed");
    // The client would unpack it if it had asked by itself.
    let packed = answer.into_body().into_with_config().reader();
    let size = std::io::copy(&mut { packed }, &mut std::io::sink())?;
    Ok((text, usize::try_from(size)?))
}

/// A number that Prometheus tells of itself.
fn of_itself(prometheus: &Prometheus, name: &str) -> Result<f64> {
    let text = ureq::get(format!("{}/metrics", prometheus.url()));
    let text = text.call()?.body_mut().read_to_string()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Ok(line.with_context(|| format!("Prometheus has no {name}"))?.parse()?)
}

/// The bytes of a sample in a block, from a snapshot of what is in memory.
fn bytes_per_sample(prometheus: &Prometheus) -> Result<f64> {
    let url = format!("{}/api/v1/admin/tsdb/snapshot", prometheus.url());
    let answer = ureq::post(url).send_empty()?.body_mut().read_to_string()?;
    let answer: serde_json::Value = serde_json::from_str(&answer)?;
    let name = answer["data"]["name"].as_str().context("there is no snapshot")?;
    let (mut bytes, mut samples) = (0, 0);
    for block in fs::read_dir(prometheus.data().join("snapshots").join(name))? {
        let block = block?.path();
        let meta: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(block.join("meta.json"))?)?;
        samples += meta["stats"]["numSamples"].as_u64().context("no samples")?;
        bytes += size_of(&block.join("chunks"))?;
    }
    ensure!(samples > 0, "the snapshot is empty");
    Ok(bytes as f64 / samples as f64)
}

fn size_of(folder: &Path) -> Result<u64> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.metadata()?.len())).sum()
}

/// What so many bots of a kind come to, as a row of the guide's estimate.
fn estimate(bots: f64, series: f64, value_of: impl Fn(&str) -> f64) -> String {
    let all = bots * series;
    let samples = all / INTERVAL;
    let memory = all * value_of("bytes of memory per series in Prometheus");
    let disk = samples * 86_400.0 * value_of("bytes on disk per sample");
    let scrape = samples * value_of("bytes per series of a scrape, packed");
    let push = samples * value_of("bytes per series of a push");
    let packed = samples * value_of("bytes per series of a push, packed");
    let cells = [bytes(memory), bytes(disk), bytes(scrape), bytes(push), bytes(packed)];
    format!("| {bots} | {all:.0} | {samples:.0} | {} |", cells.join(" | "))
}

fn bytes(count: f64) -> String {
    let (count, unit) = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB")]
        .into_iter()
        .find(|(size, _)| count >= *size)
        .map_or((count / 1e3, "kB"), |(size, unit)| (count / size, unit));
    let decimals = usize::from(count < 10.0);
    format!("{count:.decimals$} {unit}")
}

fn measure() -> Result<Vec<Figure>> {
    let (plain, packed) = (Scales::set_up()?, Scales::set_up()?);
    let start = |scales: &Scales, compression: &str| {
        let endpoint = scales.endpoint();
        let variables = [
            ("OTEL_SERVICE_NAME", "demo"),
            ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", compression),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ];
        Demo::start(&variables, &["--rate", "40", "--timeout", "1s"])
    };
    let (demo, packing) = (start(&plain, "none")?, start(&packed, "gzip")?);
    let mut builder = Prometheus::builder().with_admin_api();
    for number in 0..INSTANCES {
        builder = builder.scrape("demo", &format!("demo-{number}"), demo.address());
    }
    let prometheus = builder.start()?;
    let resident = "process_resident_memory_bytes";
    let empty = of_itself(&prometheus, resident)?;
    eventually(SOON, "enough scrapes", || {
        let scrapes = "max(count_over_time(build_info[1h]))";
        let answer = prometheus.query(scrapes)?;
        Ok(answer.series.iter().any(|(_, count)| *count >= SCRAPES).then_some(()))
    })?;
    let (text, on_the_wire) = page(&format!("http://{}/metrics", demo.address()))?;
    let series = series_on(&text) as f64;
    let pushed = plain.last().context("nothing was pushed")? as f64;
    // The other demo tells the same story, and is not further in it.
    let (other, _) = page(&format!("http://{}/metrics", packing.address()))?;
    let pushed_packed = packed.last().context("nothing was pushed")? as f64;
    let held = of_itself(&prometheus, "prometheus_tsdb_head_series")?;
    let full = of_itself(&prometheus, resident)?;
    Ok(vec![
        Figure {
            what: "series of a bot that calls 3 models",
            value: series_on(&page_of_a_small_bot()?) as f64,
        },
        Figure { what: "series of the demo, which has every domain", value: series },
        Figure { what: "bytes per series on the page", value: text.len() as f64 / series },
        Figure { what: "bytes per series of a scrape, packed", value: on_the_wire as f64 / series },
        Figure { what: "bytes per series of a push", value: pushed / series },
        Figure {
            what: "bytes per series of a push, packed",
            value: pushed_packed / series_on(&other) as f64,
        },
        Figure { what: "bytes of memory per series in Prometheus", value: (full - empty) / held },
        Figure { what: "bytes on disk per sample", value: bytes_per_sample(&prometheus)? },
    ])
}

#[test]
#[ignore = "needs Prometheus"]
fn the_guide_to_scaling_has_the_figures_that_are_measured() -> Result<()> {
    let figures = measure()?;
    say("");
    for Figure { what, value } in &figures {
        say(&format!("| {what} | {value:.1} |"));
    }
    let value_of = |what: &str| {
        figures.iter().find(|figure| figure.what == what).map_or(f64::NAN, |figure| figure.value)
    };
    for series in [figures[0].value, figures[1].value] {
        for bots in [10.0, 1_000.0, 100_000.0] {
            say(&estimate(bots, series, value_of));
        }
    }
    let guide = Guide::read()?;
    let mut stale = Vec::new();
    for Figure { what, value } in &figures {
        let told = guide.figure(what)?;
        if told / value > TOLERANCE || value / told > TOLERANCE {
            stale.push(format!("{what}: {told} in docs/scaling.md, {value:.1} measured"));
        }
    }
    assert!(stale.is_empty(), "{stale:#?}");
    Ok(())
}

/// For whoever renews the guide.
fn say(line: &str) {
    println!("{line}");
}
