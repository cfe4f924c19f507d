//! The way to a receiver: by either protocol, tried again where that may help.

use std::{
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;

#[cfg(feature = "otlp-grpc")]
use super::grpc;
use super::{http, target::Target, timeout_of};
use crate::{OtlpSettings, Protocol, failure::Failure};
use botmeter_core::Error;

/// Sends requests, from a thread that may block.
pub(super) struct Way {
    by: By,
    timeout: Duration,
}

enum By {
    Http(Box<http::Client>),
    #[cfg(feature = "otlp-grpc")]
    Grpc(Box<grpc::Client>),
}

impl Way {
    pub(super) fn to(settings: &OtlpSettings, target: &Target) -> Result<Self, Error> {
        let by = match settings.protocol {
            Protocol::HttpProtobuf => By::Http(Box::new(http::Client::new(settings, target)?)),
            #[cfg(feature = "otlp-grpc")]
            Protocol::Grpc => By::Grpc(Box::new(grpc::Client::new(settings, target)?)),
            #[cfg(not(feature = "otlp-grpc"))]
            Protocol::Grpc => return Err(target.missing_feature("gRPC", "otlp-grpc")),
        };
        Ok(Self { by, timeout: timeout_of(settings) })
    }

    /// Pushes a request, which is encoded, and again if that may help.
    pub(super) fn push(&self, request: Bytes) -> Result<(), Failure> {
        let mut attempts = Attempts::within(self.timeout);
        let mut may_have_arrived = false;
        let request = match &self.by {
            By::Http(client) => client.packed(request)?,
            #[cfg(feature = "otlp-grpc")]
            By::Grpc(_) => request,
        };
        loop {
            let attempt = match &self.by {
                By::Http(client) => client.attempt(&request, attempts.left()),
                #[cfg(feature = "otlp-grpc")]
                By::Grpc(client) => client.attempt(&request, attempts.left()),
            };
            let Err((failure, pause)) = attempt else { return Ok(()) };
            may_have_arrived |= failure.may_have_arrived;
            let Some(pause) = pause.and_then(|asked| attempts.next(asked)) else {
                return Err(Failure { may_have_arrived, ..failure });
            };
            thread::sleep(pause);
        }
    }
}

/// How often a push is repeated that may succeed the next time.
const RETRIES: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The attempts of one push, which share its timeout.
struct Attempts {
    begin: Instant,
    timeout: Duration,
    retries: u32,
    pause: Duration,
}

impl Attempts {
    /// The first attempt begins now.
    fn within(timeout: Duration) -> Self {
        Self { begin: Instant::now(), timeout, retries: RETRIES, pause: FIRST_PAUSE }
    }

    /// How long the attempt that begins now may take.
    fn left(&self) -> Duration {
        self.timeout.saturating_sub(self.begin.elapsed())
    }

    /// How long to wait before the next attempt: twice as long each time, and
    /// no shorter than the receiver asks for. Nothing when there is to be none,
    /// also because the timeout would be over by then.
    fn next(&mut self, asked: Duration) -> Option<Duration> {
        self.retries = self.retries.checked_sub(1)?;
        let pause = self.pause.max(asked);
        self.pause = pause.saturating_mul(2);
        (pause < self.left()).then_some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Duration = Duration::ZERO;

    #[test]
    fn pauses_grow_and_have_an_end() {
        let mut attempts = Attempts::within(Duration::from_hours(1));
        let pauses: Vec<_> = std::iter::from_fn(|| attempts.next(NOTHING)).collect();
        assert_eq!(pauses, [100, 200, 400].map(Duration::from_millis));
    }

    #[test]
    fn what_the_receiver_asks_for_is_the_least_from_then_on() {
        let mut attempts = Attempts::within(Duration::from_hours(1));
        assert_eq!(attempts.next(Duration::from_secs(3)), Some(Duration::from_secs(3)));
        assert_eq!(attempts.next(NOTHING), Some(Duration::from_secs(6)));
    }

    #[test]
    fn nothing_is_waited_for_beyond_the_timeout() {
        let mut attempts = Attempts::within(Duration::from_mins(1));
        assert_eq!(attempts.next(Duration::from_mins(1)), None);
        assert_eq!(Attempts::within(NOTHING).next(NOTHING), None);
    }
}
