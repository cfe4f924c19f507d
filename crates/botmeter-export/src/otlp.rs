//! Pushing to an OTLP receiver.

#[doc(hidden)]
pub mod check;
mod encode;
#[cfg(feature = "otlp-grpc")]
mod grpc;
mod http;
mod proxy;
mod reason;
mod secrets;
#[cfg(feature = "spans")]
mod spans;
mod target;
mod times;
mod way;
mod wire;

use std::{fmt, mem, time::Duration};

use botmeter_core::{Backend, Error, Store};
use bytes::Bytes;

use self::{
    encode::{Before, Encoder, Requests, Stamp},
    target::Target,
    times::Times,
    way::Way,
};
use crate::{
    Exports, OtlpSettings, Resource, Temporality,
    failure::Failure,
    interval::{Deliver, Interval, Start},
};
#[cfg(feature = "spans")]
pub use spans::SpanPush;

/// Pushes to an OTLP receiver, such as Prometheus' own or a Collector.
///
/// A thread of its own pushes at each interval and works with any async
/// runtime and without one. Every push is counted, and a failed one says what
/// to do about it. Series are cumulative unless asked otherwise, so a failed
/// push costs resolution and no counts: the next one carries the totals.
///
/// A push is one request of at most 4 MiB, or as many as it takes; if the
/// receiver takes less at once, the requests become smaller.
///
/// A series that counts and that no push had yet carries a zero, at the time at
/// which it was made, before its first value: so `increase()` sees the first
/// events as well.
///
/// ```no_run
/// use std::time::Duration;
///
/// use botmeter_core::{Backend, Meter};
/// use botmeter_export::{BackendKind, Exports, OtlpSettings, Resource, otlp::Otlp};
///
/// let settings = OtlpSettings::new("http://localhost:9090/api/v1/otlp/v1/metrics");
/// let resource = Resource::new("my-bot", "my-host:1").version("1.0.0");
/// let exports = Exports::new(BackendKind::Otlp);
/// let otlp = Otlp::start(&settings, Duration::from_secs(15), &resource, exports)?;
/// let meter = Meter::new(otlp.clone());
/// otlp.shutdown(Duration::from_secs(5))?;
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Otlp(Interval);

impl Otlp {
    /// Pushes at each interval from now on; the first time after one interval.
    ///
    /// The settings are final: nothing is read from the environment but what
    /// the platform itself reads, such as `HTTPS_PROXY` and `SSL_CERT_FILE`.
    ///
    /// # Errors
    ///
    /// When the endpoint, a header or a time cannot be used, or a feature is
    /// missing: `otlp-tls` for `https`, `otlp-grpc` for gRPC. Whether anybody
    /// listens at the endpoint is found out by the first push.
    pub fn start(
        settings: &OtlpSettings,
        interval: Duration,
        resource: &Resource,
        exports: Exports,
    ) -> Result<Self, Error> {
        let target = Target::of(settings)?;
        let start = Start {
            name: "botmeter-otlp",
            destination: target.to_string(),
            deliver: Push::new(Way::to(settings, &target)?, resource, settings.temporality),
            interval,
            exports,
        };
        Interval::start(start).map(Self)
    }
}

impl Backend for Otlp {
    fn open(&self, store: &Store) -> Store {
        self.0.open(store)
    }

    fn flush(&self, deadline: Duration) -> Result<(), Error> {
        self.0.flush(deadline)
    }

    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        self.0.shutdown(deadline)
    }

    fn undelivered(&self) -> u64 {
        self.0.undelivered()
    }
}

impl fmt::Debug for Otlp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Otlp").field(&self.0.destination()).finish()
    }
}

/// What is pushed at each interval.
struct Push {
    way: Way,
    encoder: Encoder,
    times: Times,
    /// Nothing if counts are since the start.
    before: Option<Before>,
}

/// A series that takes more than that has labels that are too long.
const UNUSUAL_BYTES: usize = 16 * 1024;

/// What became of the requests of one push.
#[derive(Default)]
struct Outcome {
    arrived: bool,
    in_doubt: bool,
    is_refused: bool,
    /// The series of requests that arrived.
    taken: u64,
    /// Those that the receiver did not take.
    lost: u64,
    failure: Option<Failure>,
}

impl Push {
    fn new(way: Way, resource: &Resource, temporality: Temporality) -> Self {
        let before = match temporality {
            Temporality::Cumulative => None,
            Temporality::Delta | Temporality::LowMemory => Some(Before::default()),
        };
        Self { way, encoder: Encoder::new(resource), times: Times::default(), before }
    }

    /// Sends request after request, until one is not taken.
    fn send(&mut self, store: &Store, stamp: Stamp) -> Outcome {
        let Self { way, encoder, before, .. } = self;
        let mut outcome = Outcome::default();
        let mut requests = Requests::new(store, stamp);
        // A push without series finds out, too, whether it would be taken.
        let mut is_first = true;
        while requests.next(encoder, before.as_ref()) || is_first {
            is_first = false;
            let body = Bytes::from(mem::take(&mut requests.body));
            let size = body.len();
            let pushed = way.push(body.clone());
            requests.body = body.try_into_mut().map(Vec::from).unwrap_or_default();
            match pushed {
                Err(failure) if failure.is_too_large && requests.points > 1 => {
                    encoder.take_smaller_than(size);
                    requests.again_with(requests.points / 2);
                    continue;
                }
                // Whoever does not even take a usual one takes none.
                Err(Failure { is_too_large: true, reason, .. }) if size > UNUSUAL_BYTES => {
                    outcome.lost += requests.points;
                    let reason = format!(
                        "{reason} (one series alone takes {size} bytes of it: shorten its labels)"
                    );
                    outcome.failure = Some(Failure { lost: Some(1), ..reason.into() });
                    continue;
                }
                Err(failure) if failure.lost.is_none() => {
                    outcome.in_doubt |= failure.may_have_arrived;
                    outcome.is_refused |= failure.is_refused;
                    outcome.failure = Some(failure);
                    return outcome;
                }
                // A receiver may say anything.
                Err(failure) => {
                    outcome.lost += failure.lost.unwrap_or_default().min(requests.points);
                    outcome.failure = Some(failure);
                }
                Ok(()) => {}
            }
            outcome.arrived = true;
            outcome.taken += requests.points;
            if let Some(before) = before {
                requests.note(before);
            }
        }
        outcome
    }
}

impl Deliver for Push {
    fn deliver(&mut self, store: &Store) -> Result<(), Failure> {
        let all = store.len() as u64;
        let stamp = self.times.stamp();
        let outcome = self.send(store, stamp);
        self.times.pushed(stamp, outcome.arrived, outcome.in_doubt);
        if outcome.in_doubt || outcome.is_refused {
            // It may be the zeros that are not wanted, because there are points
            // after them: none is sent twice.
            self.times.births_are_known(stamp);
        }
        let Some(failure) = outcome.failure else { return Ok(()) };
        // What came after a request that failed was not sent.
        let unsent = all.saturating_sub(outcome.taken + outcome.lost);
        let unsent = if failure.lost.is_some() { 0 } else { unsent };
        let lost = outcome.arrived.then_some(outcome.lost + unsent);
        Err(Failure { lost, ..failure })
    }
}

/// Pushes that arrive nowhere, and at once: for benchmarks.
#[doc(hidden)]
#[derive(Debug)]
pub struct Encoding {
    encoder: Encoder,
    times: Times,
}

impl Encoding {
    pub fn new(resource: &Resource) -> Self {
        Self { encoder: Encoder::new(resource), times: Times::default() }
    }

    /// The requests of one push, one after the other.
    pub fn push(&mut self, store: &Store, mut see: impl FnMut(&[u8])) {
        let stamp = self.times.stamp();
        let mut requests = Requests::new(store, stamp);
        while requests.next(&self.encoder, None) {
            see(&requests.body);
        }
        self.times.pushed(stamp, true, false);
    }
}

/// gRPC cannot write down every time that a number can hold, and a clock cannot
/// count to it.
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);

/// How long a push may take.
fn timeout_of(settings: &OtlpSettings) -> Duration {
    settings.timeout.min(LONGEST_TIMEOUT)
}

#[cfg(all(test, not(feature = "otlp-grpc")))]
mod tests {
    use super::*;
    use crate::{BackendKind, Protocol};

    #[test]
    fn grpc_without_its_feature_is_refused() {
        let settings = OtlpSettings::new("http://localhost:4317").protocol(Protocol::Grpc);
        let resource = Resource::new("my-bot", "my-host:1");
        let interval = Duration::from_secs(15);
        let exports = Exports::new(BackendKind::Otlp);
        assert_eq!(
            Otlp::start(&settings, interval, &resource, exports).unwrap_err().chain(),
            "push metrics to \"http://localhost:4317\": this build has no gRPC; enable the feature \
             `otlp-grpc` of the botmeter crate that you depend on"
        );
    }
}
