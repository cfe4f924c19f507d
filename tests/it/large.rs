//! A hundred thousand series that are served and pushed while four threads
//! record: in the end every count is that of an oracle.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use botmeter_core::{Counter, Domain, Instrument, Meter, Unit, open_label};
use botmeter_telemetry::{Environment, Telemetry};
use integration_tests::{Families, read_exposition, read_open_metrics, translate_push};

use witness::Receiver;

const SOON: Duration = Duration::from_mins(2);
const GROUPS: usize = 100;
const MEMBERS: usize = 1_000;
const THREADS: u64 = 4;
/// How often everything is read while the threads record; a debug build on two
/// cores takes half a minute for it.
const ROUNDS: usize = 1;

open_label! {
    /// One of a hundred.
    struct Group: "group", limit 100;
}

open_label! {
    /// One of a thousand.
    struct Member: "member", limit 1000;
}

static EVENTS: Instrument<Counter, (Group, Member)> =
    Instrument::counter("large.events", Unit::of("{event}"), "Events of many.");

#[derive(Debug)]
struct Large(Vec<Counter>);

impl Domain for Large {
    const NAME: &'static str = "large";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let names: Vec<_> = (0..MEMBERS).map(|member| format!("m{member}")).collect();
        let groups = (0..GROUPS).map(|group| format!("g{group}"));
        let bind = |group: String| -> Vec<Counter> {
            names.iter().map(|member| EVENTS.bind(meter, (&*group, &**member))).collect()
        };
        Self(groups.flat_map(bind).collect())
    }
}

/// Counts at random until it is told to stop; how often, counter by counter.
fn record(counters: &[Counter], seed: u64, steps: &AtomicU64, ends: &AtomicBool) -> Vec<u64> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut oracle = vec![0; counters.len()];
    while !ends.load(Ordering::Relaxed) {
        for _ in 0..1_000 {
            let (at, n) = (random.usize(..counters.len()), random.u64(1..5));
            counters[at].add(n);
            oracle[at] += n;
        }
        steps.fetch_add(1_000, Ordering::Relaxed);
    }
    oracle
}

fn counts(families: &Families) -> Result<BTreeMap<String, f64>> {
    let family = families.get("large_events_total").context("no events")?;
    let named = family
        .samples
        .iter()
        .map(|((_, labels), value)| (format!("{} {}", labels["group"], labels["member"]), *value));
    Ok(named.collect())
}

fn page(address: SocketAddr, accept: &str) -> Result<String> {
    // The client asks for gzip by itself.
    let mut answer =
        ureq::get(format!("http://{address}/metrics")).header("accept", accept).call()?;
    Ok(answer.body_mut().with_config().limit(1 << 30).read_to_string()?)
}

fn text(address: SocketAddr) -> Result<BTreeMap<String, f64>> {
    counts(&read_exposition(&page(address, "text/plain; version=0.0.4")?)?)
}

fn open_metrics(address: SocketAddr) -> Result<BTreeMap<String, f64>> {
    let page = page(address, "application/openmetrics-text; version=1.0.0")?;
    counts(&read_open_metrics(&page)?)
}

/// What one push brought, in as many requests as it took.
fn pushed(telemetry: &Telemetry, receiver: &Receiver) -> Result<BTreeMap<String, f64>> {
    receiver.forget();
    telemetry.flush_blocking(SOON)?;
    let requests = receiver.requests();
    ensure!(requests.len() > 1, "a hundred thousand series are more than one request holds");
    let mut all = BTreeMap::new();
    for request in &requests {
        let families = translate_push(request)?;
        if families.contains_key("large_events_total") {
            all.extend(counts(&families)?);
        }
    }
    Ok(all)
}

/// Asks for a page and goes away in the middle of it.
fn stop_midway(address: SocketAddr) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n")?;
    stream.read_exact(&mut vec![0; 64 * 1024])?;
    Ok(())
}

#[test]
fn every_count_of_a_hundred_thousand_is_that_of_an_oracle_on_every_route() -> Result<()> {
    for receiver in [Receiver::http().start(), Receiver::grpc().start()] {
        let protocol = if receiver.is_http() { "http/protobuf" } else { "grpc" };
        let variables = [("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
        let (telemetry, Large(counters)) = Telemetry::builder("large")
            .environment(variables.into_iter().collect::<Environment>())
            .scrape(([127, 0, 0, 1], 0).into())
            .otlp(receiver.endpoint())
            .interval(Duration::from_hours(1))
            .start::<Large>()?;
        let address = telemetry.scrape_address().context("nothing is served")?;

        let (ends, steps) = (AtomicBool::new(false), AtomicU64::new(0));
        let oracle = thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS)
                .map(|seed| {
                    let (counters, steps, ends) = (&counters, &steps, &ends);
                    scope.spawn(move || record(counters, seed, steps, ends))
                })
                .collect();
            let mut before = BTreeMap::new();
            let read = (0..ROUNDS).try_for_each(|_| {
                stop_midway(address)?;
                for now in [text(address)?, open_metrics(address)?, pushed(&telemetry, &receiver)?]
                {
                    ensure!(now.len() == GROUPS * MEMBERS, "{} series", now.len());
                    let back = before.iter().find(|(name, count)| now[*name] < **count);
                    ensure!(back.is_none(), "a count went back: {back:?}");
                    before = now;
                }
                Ok(())
            });
            ends.store(true, Ordering::Relaxed);
            let mut oracle = vec![0; counters.len()];
            for thread in threads {
                let Ok(counted) = thread.join() else { anyhow::bail!("a thread panicked") };
                oracle.iter_mut().zip(counted).for_each(|(sum, n)| *sum += n);
            }
            read.map(|()| oracle)
        })?;

        assert!(steps.into_inner() > 100_000, "the threads recorded meanwhile");
        let names = (0..GROUPS).flat_map(|g| (0..MEMBERS).map(move |m| format!("g{g} m{m}")));
        let oracle: BTreeMap<String, f64> =
            names.zip(oracle.into_iter().map(|n| n as f64)).collect();
        assert_eq!(oracle.len(), counters.len());
        let ways = [text(address)?, open_metrics(address)?, pushed(&telemetry, &receiver)?];
        for (found, way) in ways.iter().zip(["text", "OpenMetrics", protocol]) {
            let wrong = oracle.iter().find(|(name, count)| found.get(*name) != Some(count));
            assert_eq!((wrong, found.len()), (None, oracle.len()), "by {way}");
        }
        telemetry.shutdown_blocking(SOON)?;
    }
    Ok(())
}
