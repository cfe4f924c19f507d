//! A long run over two routes that fail at random: nothing is lost, nothing
//! grows, nothing stands still.
//!
//! It runs in a process of its own, so that its memory is measured alone and
//! a standstill can be ended. Among the other tests it is short and built
//! without optimization; `cargo xtask soak --seconds 3600` builds it with, which
//! a million events a second need.

mod chance;
mod load;
mod memory;
mod oracle;
mod receiving;
mod scraping;

use std::{
    env, fs,
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use botmeter_telemetry::{BackendKind, Environment, Telemetry};
use integration_tests::{Families, eventually, read_exposition, translate_push};

use self::{
    chance::Chance, load::Soak, memory::Memory, oracle::Tally, receiving::Unreliable,
    scraping::Scraper,
};
use witness::Behavior;

/// What is random repeats itself with the same seed.
const SEED: u64 = 0x5eed_0fb0;
const RECORDERS: u64 = 4;
const SCRAPERS: u64 = 3;
const DEFAULT_RATE: u64 = 1_000_000;
const DEFAULT_SECONDS: u64 = 20;
/// How long a run may take beyond its duration before it counts as stuck.
const PATIENCE: Duration = Duration::from_secs(90);
const SOON: Duration = Duration::from_secs(30);
/// What a shutdown gets, and what a busy machine may add.
const SHUTDOWN: Duration = Duration::from_secs(2);
const SLACK: Duration = Duration::from_secs(2);
/// Set in the process that does the work.
const INSIDE: &str = "BOTMETER_TEST_SOAK_INSIDE";

#[test]
fn both_routes_keep_every_count_through_random_faults() -> Result<()> {
    let duration =
        Duration::from_secs(asked("BOTMETER_SOAK_SECONDS", DEFAULT_SECONDS, DEFAULT_SECONDS)?);
    let rate = asked("BOTMETER_SOAK_RATE", DEFAULT_RATE, RECORDERS)?;
    if env::var_os(INSIDE).is_some() {
        println!("{}", run(duration, rate)?);
        return Ok(());
    }
    let output = tempfile::NamedTempFile::new()?;
    let written = output.reopen()?;
    let mut child = Command::new(env::current_exe()?)
        .args(["--exact", "soak::both_routes_keep_every_count_through_random_faults"])
        .arg("--nocapture")
        .env(INSIDE, "1")
        .stdin(Stdio::null())
        .stdout(written.try_clone()?)
        .stderr(written)
        .spawn()?;
    let ended = eventually(duration + PATIENCE, "the end of the run", || Ok(child.try_wait()?));
    if ended.is_err() {
        child.kill()?;
        child.wait()?;
    }
    let printed = fs::read_to_string(output.path())?;
    println!("{printed}");
    let status = ended.with_context(|| format!("it stands still after:\n{printed}"))?;
    ensure!(status.success(), "the run ended with {status}:\n{printed}");
    Ok(())
}

/// A number from the environment, or the usual one.
fn asked(variable: &str, usual: u64, least: u64) -> Result<u64> {
    let Ok(text) = env::var(variable) else { return Ok(usual) };
    let number = text.parse().ok().filter(|number| *number >= least);
    number.with_context(|| format!("{variable} is {text:?}; give {least} or more"))
}

/// The run itself, and what there is to say about it.
fn run(duration: Duration, asked: u64) -> Result<String> {
    let mut unreliable = Unreliable::start()?;
    let (telemetry, soak) = Telemetry::builder("soak")
        // What hangs is given up soon, so that many faults fit into the run.
        .environment(
            [("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "400")].into_iter().collect::<Environment>(),
        )
        .scrape(([127, 0, 0, 1], 0).into())
        .otlp(unreliable.receiver().endpoint())
        .interval(Duration::from_millis(100))
        .start::<Soak>()?;
    let address = telemetry.scrape_address().context("nothing is served")?;
    let is_over = AtomicBool::new(false);
    let mut memory = Memory::default();
    let (tally, scraped) = thread::scope(|scope| -> Result<_> {
        let recorders: Vec<_> = (0..RECORDERS)
            .map(|number| {
                let (soak, is_over) = (&soak, &is_over);
                let chance = Chance::new(SEED + number);
                let rate = asked / RECORDERS;
                scope.spawn(move || load::record(soak, chance, rate, is_over))
            })
            .collect();
        let scrapers: Vec<_> = (0..SCRAPERS)
            .map(|number| {
                let chance = Chance::new(SEED + 100 + number);
                let is_over = &is_over;
                scope.spawn(move || Scraper::new(address, chance).run(is_over))
            })
            .collect();
        let faults = scope.spawn(|| unreliable.run(Chance::new(SEED + 1000), &is_over));
        memory.watch(duration);
        is_over.store(true, Ordering::Relaxed);
        let mut tally = Tally::default();
        for recorder in recorders {
            tally.add(&recorder.join().map_err(|_| anyhow!("a recorder panicked"))?);
        }
        let mut scraped = Vec::new();
        for scraper in scrapers {
            scraped.push(scraper.join().map_err(|_| anyhow!("a scraper panicked"))??);
        }
        faults.join().map_err(|_| anyhow!("the receiver panicked"))?;
        Ok((tally, scraped))
    })?;

    // The faults are over. What hangs may still cost one push.
    let flush = || Ok(telemetry.flush_blocking(Duration::from_secs(5)).ok());
    eventually(SOON, "a push that arrives", flush)?;
    let receiver = unreliable.receiver();
    let pushed = translate_push(receiver.requests().last().context("nothing was pushed")?)?;
    let page = scraping::page(address)?;
    compare(&tally, &read_exposition(&page)?, &pushed)?;

    let counts = |kind| {
        let exports = telemetry.exports(kind).map(|it| (it.success_count(), it.failure_count()));
        exports.context("the backend does not run")
    };
    let (otlp, scrape) = (counts(BackendKind::Otlp)?, counts(BackendKind::Scrape)?);
    ensure!(otlp.0 > 0 && otlp.1 > 0, "there were pushes that arrived and others: {otlp:?}");
    ensure!(scrape.0 > 0, "there were scrapes that ended well: {scrape:?}");

    receiver.behave(Behavior::Hang);
    let started = Instant::now();
    let ending = telemetry.shutdown_blocking(SHUTDOWN);
    let took = started.elapsed();
    ensure!(took < SHUTDOWN + SLACK, "the shutdown took {took:?}");
    let last_words = ending.err().context("a shutdown before a hanging receiver says so")?.chain();
    ensure!(last_words.contains("deliver the last metrics"), "{last_words}");

    let rate = tally.events() / duration.as_secs();
    Ok(format!(
        "soak with seed {SEED:#x} for {duration:?}: {} events, {rate} a second of {asked}\n\
         pushes: {} arrived, {} failed; faults: {}\n\
         scrapes: {} ended well, {} failed; scrapers: {}\n\
         memory: {}\n\
         shutdown: {took:?}, {last_words}",
        tally.events(),
        otlp.0,
        otlp.1,
        unreliable.report(),
        scrape.0,
        scrape.1,
        scraped.join("; "),
        memory.verdict()?,
    ))
}

/// Both routes have what the recorders remember, to the last event.
fn compare(tally: &Tally, scraped: &Families, pushed: &Families) -> Result<()> {
    let expected = tally.expected(&oracle::tools_of(scraped)?)?;
    for (route, families) in [("scraped", scraped), ("pushed", pushed)] {
        let found = oracle::samples_of(families);
        let missing: Vec<_> =
            expected.iter().filter(|(key, value)| found.get(key) != Some(value)).collect();
        let surplus: Vec<_> =
            found.iter().filter(|(key, value)| expected.get(key) != Some(value)).collect();
        ensure!(
            missing.is_empty() && surplus.is_empty(),
            "recorded but not {route}: {missing:?}\n{route} but not recorded: {surplus:?}"
        );
    }
    Ok(())
}
