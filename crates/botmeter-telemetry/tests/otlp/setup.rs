//! A backend that pushes to a receiver of the test, and instruments for it.

use std::{
    io::Read,
    net::{Ipv4Addr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use botmeter_core::{
    Backend, Counter, Error, FloatCounter, Gauge, Histogram, Instrument, Meter, Unit,
    UpDownCounter, open_label,
};
use botmeter_telemetry::{
    BackendKind, Exports, OtlpSettings, Protocol, Resource, export::otlp::Otlp,
};

use super::reading;
use witness::{Behavior, Receiver};

open_label! {
    /// Something that has a name.
    pub(crate) struct Tool: "tool", limit 1000;
}
open_label! {
    /// Sorts before `tool`, though it stands behind it.
    pub(crate) struct Model: "model", limit 4;
}

pub(crate) static CALLS: Instrument<Counter, (Tool, Model)> =
    Instrument::counter("test.calls", Unit::of("{call}"), "Calls of a tool.");
pub(crate) static STARTS: Instrument<Counter, ()> =
    Instrument::counter("test.starts", Unit::of("{start}"), "Starts.");
pub(crate) static COST: Instrument<FloatCounter, (Tool,)> =
    Instrument::float_counter("test.cost.dollars", Unit::of("{USD}"), "Money spent.");
pub(crate) static SPENT: Instrument<FloatCounter, ()> =
    Instrument::float_counter("test.spent.dollars", Unit::of("{USD}"), "Money spent in all.");
pub(crate) static OPEN: Instrument<UpDownCounter, (Tool,)> =
    Instrument::up_down_counter("test.open", Unit::of("{call}"), "Calls that run.");
pub(crate) static RUNNING: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("test.running", Unit::of("{run}"), "Runs.");
pub(crate) static DEPTH: Instrument<Gauge, (Tool,)> =
    Instrument::gauge("test.depth", Unit::of("{item}"), "How much waits.");
pub(crate) static LOAD: Instrument<Gauge, ()> =
    Instrument::gauge("test.load", Unit::RATIO, "The share that is used.");
pub(crate) static TIME: Instrument<Histogram, (Tool,)> =
    Instrument::histogram("test.time", Unit::SECONDS, "How long it took.", &[0.5, 2.5]);
pub(crate) static SIZE: Instrument<Histogram, ()> =
    Instrument::histogram("test.size", Unit::BYTES, "How large it was.", &[10.5]);

/// Longer than any test: pushes happen when the test says so.
pub(crate) const NEVER: Duration = Duration::from_hours(1);
/// Long enough for a busy machine.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct Pushing {
    pub(crate) otlp: Otlp,
    pub(crate) exports: Exports,
    pub(crate) meter: Meter,
}

pub(crate) fn http(endpoint: impl Into<String>) -> OtlpSettings {
    OtlpSettings::new(endpoint).timeout(SOON)
}

pub(crate) fn grpc(endpoint: impl Into<String>) -> OtlpSettings {
    http(endpoint).protocol(Protocol::Grpc)
}

pub(crate) fn resource() -> Resource {
    let team = vec![("team".to_owned(), "bots".to_owned())];
    Resource::new("my-bot", "my-host:1").version("1.2.3").attributes(team)
}

pub(crate) fn start(settings: &OtlpSettings) -> Result<Otlp, Error> {
    Otlp::start(settings, NEVER, &resource(), Exports::new(BackendKind::Otlp))
}

impl Pushing {
    #[expect(clippy::needless_pass_by_value, reason = "most are made where they are given")]
    pub(crate) fn with(settings: OtlpSettings) -> Self {
        Self::every(NEVER, &settings)
    }

    pub(crate) fn every(interval: Duration, settings: &OtlpSettings) -> Self {
        let exports = Exports::new(BackendKind::Otlp);
        let otlp = Otlp::start(settings, interval, &resource(), exports.clone()).unwrap();
        let meter = Meter::new(otlp.clone());
        Self { otlp, exports, meter }
    }

    pub(crate) fn flush(&self) -> Result<(), Error> {
        self.otlp.flush(SOON)
    }

    /// Pushes, which must fail, and returns why.
    pub(crate) fn failure(&self) -> String {
        let failed_before = self.exports.failure_count();
        let error = self.flush().unwrap_err();
        let last = self.exports.last().error.expect("the failure was counted");
        let told = error.chain();
        let (count, reason) = told.split_once(" not delivered: ").expect("it counts and explains");
        assert!(count.starts_with("deliver the metrics: ") && reason == last, "{told}");
        assert_eq!(self.exports.failure_count(), failed_before + 1);
        last
    }
}

/// What a push fails with when the receiver behaves like this; then that the
/// next push makes up for it.
pub(crate) fn failure_and_recovery(
    receiver: &Receiver,
    settings: OtlpSettings,
    behavior: Behavior,
) -> String {
    let pushing = Pushing::with(settings);
    let starts = STARTS.bind(&pushing.meter, ());
    starts.add(3);
    // No zero is sent once more where points were looked at, as a status of HTTP
    // and a code of gRPC say, nor where they may have been: by gRPC, with codes
    // that are tried again.
    let is_known = matches!(
        &behavior,
        Behavior::Reject { .. }
            | Behavior::Close
            | Behavior::Answer { status: 400 | 3 | 1 | 4 | 10 | 11 | 14 | 15, .. }
    );
    let zero = if is_known { "" } else { "0, " };
    receiver.behave(behavior);
    let failure = pushing.failure();
    assert_eq!(receiver.requests().len(), 0);
    starts.add(4);
    receiver.behave(Behavior::Accept);
    pushing.flush().unwrap();
    assert_eq!(pushing.exports.last().error, None);
    assert_eq!((pushing.exports.success_count(), pushing.exports.failure_count()), (1, 1));
    assert_eq!(
        reading::family(&receiver.requests()[0], "test.starts"),
        format!("test.starts in {{start}}, monotonic cumulative sum: Starts.\n  {{}} {zero}7"),
        "the next push carries the total"
    );
    failure
}

/// A receiver that answers each request with bytes of its own making, at the
/// URL that is returned.
pub(crate) fn answering(answer: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}/v1/metrics", listener.local_addr().unwrap());
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let _read = stream.read(&mut [0; 4096]);
            answer(&mut stream);
        }
    });
    url
}
