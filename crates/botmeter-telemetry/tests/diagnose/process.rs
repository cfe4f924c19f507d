//! What a running program finds out about itself.

use std::time::{Duration, Instant};

use botmeter_core::{Counter, Domain, Gauge, Instrument, Memory, Meter, Unit};
use botmeter_telemetry::{Builder, Diagnosis, Environment, Telemetry};

use super::fakes::{black_hole, prometheus_off, server};
use witness::{Behavior, Receiver};

static PINGS: Instrument<Counter, ()> =
    Instrument::counter("ping.sent", Unit::of("{ping}"), "Pings.");
static LEVEL: Instrument<Gauge, ()> =
    Instrument::gauge("ping.level", Unit::of("{step}"), "A level.");

#[derive(Debug)]
struct Ping {
    meter: Meter,
    level: Gauge,
}

impl Domain for Ping {
    const NAME: &'static str = "ping";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let late = PINGS.bind_late(meter, ());
        drop(late);
        Self { meter: meter.clone(), level: LEVEL.bind_late(meter, ()) }
    }
}

impl Ping {
    fn sent(&self) {
        PINGS.bind(&self.meter, ()).add(1);
    }
}

const SOON: Duration = Duration::from_secs(20);

fn builder() -> Builder {
    Telemetry::builder("my-bot")
        .environment(Environment::default())
        .instance_id("host:1")
        .interval(Duration::from_hours(1))
}

fn lines(diagnosis: &Diagnosis) -> Vec<String> {
    diagnosis.findings().iter().map(ToString::to_string).collect()
}

fn broken(diagnosis: &Diagnosis) -> String {
    diagnosis.broken().unwrap().to_string().replace("\n                      ", "\n")
}

#[test]
fn a_program_where_all_is_well_on_both_routes() {
    let receiver = Receiver::http().start();
    let (telemetry, ping) = builder()
        .otlp(receiver.endpoint())
        .scrape(([127, 0, 0, 1], 0).into())
        .start::<Ping>()
        .unwrap();
    ping.sent();
    // The first push is made at start-up.
    receiver.wait_for(|pushes| (!pushes.is_empty()).then_some(()));
    let (diagnosis, address) = (telemetry.diagnose_blocking(), telemetry.scrape_address().unwrap());
    assert_eq!(diagnosis.broken(), None, "{diagnosis}");
    let lines = lines(&diagnosis);
    let url = receiver.endpoint();
    assert_eq!(
        lines[..5],
        [
            "ok       instruments  1 of the 2 instruments of ping have series; not yet: ping.level"
                .to_owned(),
            format!(
                "ok       backends     scrape at {address}, otlp every 3600s; job \"my-bot\", \
                 instance \"host:1\""
            ),
            format!("ok       endpoint     POST {url}"),
            format!("ok       network      {} takes connections", receiver.address()),
            format!(
                "ok       receiver     an empty POST {url}: 415 Unsupported Media Type, \"content \
                 type \\\"\\\"\": a receiver of metrics"
            ),
        ]
    );
    assert!(
        lines[5].starts_with("ok       exports      a push was accepted just now; "),
        "{}",
        lines[5]
    );
    let page = format!("ok       page         http://{address}/metrics answers with ");
    assert!(lines[6].starts_with(&page), "{}", lines[6]);
    assert!(lines[6].ends_with(" lines of numbers; nobody has asked for it yet"), "{}", lines[6]);
    telemetry.shutdown_blocking(SOON).unwrap();
}

#[test]
fn a_program_that_records_nothing() {
    let (telemetry, ping) = builder().backend(Memory::new()).start::<Ping>().unwrap();
    assert_eq!(
        broken(&telemetry.diagnose_blocking()),
        "broken   instruments  nothing was recorded yet: none of the 2 instruments of ping has a \
         series\n\
         change: tell the events to the very value that start() returned for the domain: another \
         one records elsewhere"
    );
    ping.level.set(f64::NAN);
    ping.sent();
    assert_eq!(
        lines(&telemetry.diagnose_blocking())[0],
        "ok       instruments  1 of the 2 instruments of ping have series; not yet: ping.level; \
         measurements that were dropped: 1 not_finite"
    );
}

#[test]
fn a_program_without_domains() {
    let (telemetry, ()) = builder().backend(Memory::new()).start::<()>().unwrap();
    assert_eq!(
        broken(&telemetry.diagnose_blocking()),
        "broken   instruments  no domain was named at start-up, so nothing but telemetry itself is \
         recorded\n\
         change: name the domains that you record with: Telemetry::builder(…).start::<Llm>()"
    );
}

#[test]
fn telemetry_that_is_off_or_over() {
    let off = Environment::from_iter([("OTEL_SDK_DISABLED", "true")]);
    let (telemetry, ping) = builder().environment(off).start::<Ping>().unwrap();
    ping.sent();
    assert_eq!(
        broken(&telemetry.diagnose_blocking()),
        "broken   backends     telemetry is off: OTEL_SDK_DISABLED is true\n\
         change: unset OTEL_SDK_DISABLED, or set it to false"
    );
    let (telemetry, ping) = builder().backend(Memory::new()).start::<Ping>().unwrap();
    ping.sent();
    telemetry.shutdown_blocking(SOON).unwrap();
    assert_eq!(
        broken(&telemetry.diagnose_blocking()),
        "broken   backends     telemetry was shut down, so nothing is exported any more\n\
         change: call shutdown() at the very end of the program"
    );
}

#[test]
fn a_program_that_chose_nothing() {
    let none = Environment::from_iter([("OTEL_METRICS_EXPORTER", "none")]);
    let (telemetry, ping) = builder().environment(none).start::<Ping>().unwrap();
    ping.sent();
    let broken = broken(&telemetry.diagnose_blocking());
    let told = "broken   backends     no backend runs, because OTEL_METRICS_EXPORTER is none; \
                compiled in: otlp, scrape";
    assert!(broken.starts_with(told), "{broken}");
    assert!(
        broken.ends_with(
            "change: unset OTEL_METRICS_EXPORTER, or set it to otlp, prometheus or console"
        ),
        "{broken}"
    );
}

#[cfg(feature = "stdout")]
#[test]
fn a_program_that_fell_back_to_printing() {
    let header = "OTEL_EXPORTER_OTLP_HEADERS";
    let bad = Environment::from_iter([(header, "x-key=line%0Abreak")]);
    let builder = builder().environment(bad).otlp("http://localhost:4318").fall_back_to_stdout();
    let (telemetry, ping) = builder.start::<Ping>().unwrap();
    ping.sent();
    let broken = broken(&telemetry.diagnose_blocking());
    assert!(broken.starts_with("broken   backends     OTLP was asked for"), "{broken}");
}

#[test]
fn routes_that_were_not_chosen_are_skipped() {
    let (telemetry, ping) = builder().backend(Memory::new()).start::<Ping>().unwrap();
    ping.sent();
    assert_eq!(
        lines(&telemetry.diagnose_blocking())[1..],
        [
            "ok       backends     custom; job \"my-bot\", instance \"host:1\"",
            "skipped  endpoint     OTLP was not chosen; OTEL_METRICS_EXPORTER=otlp chooses it",
            "skipped  network      OTLP was not chosen; OTEL_METRICS_EXPORTER=otlp chooses it",
            "skipped  receiver     OTLP was not chosen; OTEL_METRICS_EXPORTER=otlp chooses it",
            "skipped  exports      OTLP was not chosen; OTEL_METRICS_EXPORTER=otlp chooses it",
            "skipped  page         the page for scrapes was not chosen; \
             OTEL_METRICS_EXPORTER=prometheus chooses it",
        ]
    );
}

#[test]
fn a_page_of_the_applications_own_server() {
    let (telemetry, ping) = builder().scrape_mounted().start::<Ping>().unwrap();
    ping.sent();
    assert_eq!(
        lines(&telemetry.diagnose_blocking())[6],
        "skipped  page         the application's own server has to answer /metrics with \
         Telemetry::page; nobody has asked for it yet"
    );
}

#[test]
fn the_look_ends_at_the_first_broken_layer() {
    let address = server(prometheus_off);
    let (telemetry, ping) = builder()
        .otlp(format!("http://{address}/api/v1/otlp"))
        .scrape(([127, 0, 0, 1], 0).into())
        .start::<Ping>()
        .unwrap();
    ping.sent();
    let diagnosis = telemetry.diagnose_blocking();
    assert!(
        broken(&diagnosis).ends_with("change: start Prometheus with --web.enable-otlp-receiver")
    );
    let after = "\nskipped  exports, page: not looked at: a layer before it is broken\n";
    assert!(diagnosis.to_string().ends_with(after), "{diagnosis}");
}

#[test]
fn a_push_that_is_rejected_by_a_good_receiver() {
    let receiver = Receiver::http().start();
    let (telemetry, ping) = builder().otlp(receiver.endpoint()).start::<Ping>().unwrap();
    ping.sent();
    receiver.wait_for(|pushes| (!pushes.is_empty()).then_some(()));
    let message = "invalid temporality and type combination";
    receiver.behave(Behavior::Reject { points: 3, message });
    let broken = broken(&telemetry.diagnose_blocking());
    assert_eq!(
        broken,
        format!(
            "broken   exports      POST {}: the receiver rejected 3 data points and took the \
             others, \"invalid temporality and type combination\"\n\
             change: set OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE to cumulative, or \
             leave it out",
            receiver.endpoint()
        )
    );
    receiver.behave(Behavior::Accept);
    assert_eq!(telemetry.diagnose_blocking().broken(), None);
    telemetry.shutdown_blocking(SOON).unwrap();
}

/// On the thread that drives everything, with a receiver that never answers:
/// what could hang would.
#[test]
fn it_ends_on_every_runtime() {
    async fn in_time() {
        let (telemetry, ping) =
            builder().otlp(format!("http://{}", black_hole())).start::<Ping>().unwrap();
        ping.sent();
        let start = Instant::now();
        let diagnosis = telemetry.diagnose().await;
        assert!(start.elapsed() < SOON, "{:?}", start.elapsed());
        let broken = broken(&diagnosis);
        assert!(broken.contains("the connection is taken and not answered within 4s"), "{broken}");
        let _undelivered = telemetry.shutdown(Duration::from_millis(100)).await;
    }
    let none = std::thread::spawn(|| {
        futures_executor::block_on(in_time());
    });
    let mut current = tokio::runtime::Builder::new_current_thread();
    current.enable_all().build().unwrap().block_on(in_time());
    let mut multi = tokio::runtime::Builder::new_multi_thread();
    let runtime = multi.worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(runtime.spawn(in_time())).unwrap();
    none.join().unwrap();
}
