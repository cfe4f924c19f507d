//! Where measurements go.

mod catalog;
mod memory;
mod numbers;
#[cfg(feature = "otlp")]
pub mod otlp;
#[cfg(any(feature = "otlp-grpc", feature = "scrape"))]
mod own_runtime;
#[cfg(feature = "scrape")]
pub mod scrape;
#[cfg(any(feature = "otlp", feature = "stdout"))]
mod sdk;
mod series;
mod spread;
#[cfg(feature = "stdout")]
pub mod stdout;
mod tee;

use std::{fmt, time::Duration};

pub use catalog::Catalog;
pub use memory::Memory;
pub use tee::Tee;

use crate::{Bound, Descriptor, Error};

/// The keys and values of one series, in the order of the label set.
pub type Labels<'a> = &'a [(&'static str, &'a str)];

/// Where measurements go.
///
/// A backend is asked once for each series and answers with a [`Bound`] sink;
/// recording never looks at labels again. Asked twice for the same series, it
/// answers with sinks that feed the same series. Label values are clean and
/// within their limits when they arrive here, and so are the numbers: what is
/// not finite, may not shrink or is no possible step is dropped and counted
/// before.
///
/// ```
/// use botmeter_core::{Backend, Bound, Descriptor, Sink, backend::Labels};
///
/// /// Prints every step of every counter, and forgets the rest.
/// #[derive(Debug)]
/// struct Print;
///
/// #[derive(Debug)]
/// struct Line(String);
///
/// impl Sink<u64> for Line {
///     fn record(&self, n: u64) {
///         println!("{} +{n}", self.0);
///     }
/// }
///
/// impl Backend for Print {
///     fn counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<u64> {
///         Bound::to(Line(format!("{}{labels:?}", descriptor.prometheus_name())))
///     }
/// }
/// ```
pub trait Backend: fmt::Debug + Send + Sync + 'static {
    /// Learns of an instrument before its first series; may be called again.
    fn describe(&self, descriptor: &'static Descriptor) {
        let _ = descriptor;
    }

    /// Binds a series of a [`Kind::Counter`](crate::Kind::Counter).
    fn counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<u64> {
        let _ = (descriptor, labels);
        Bound::discard()
    }

    /// Binds a series of a [`Kind::FloatCounter`](crate::Kind::FloatCounter).
    fn float_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        let _ = (descriptor, labels);
        Bound::discard()
    }

    /// Binds a series of a [`Kind::UpDownCounter`](crate::Kind::UpDownCounter).
    fn up_down_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<i64> {
        let _ = (descriptor, labels);
        Bound::discard()
    }

    /// Binds a series of a [`Kind::Gauge`](crate::Kind::Gauge).
    fn gauge(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        let _ = (descriptor, labels);
        Bound::discard()
    }

    /// Binds a series of a [`Kind::Histogram`](crate::Kind::Histogram).
    fn histogram(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        let _ = (descriptor, labels);
        Bound::discard()
    }

    /// Hands over what was recorded so far.
    ///
    /// Called on a thread that may block, and given up on when the deadline
    /// has passed.
    ///
    /// # Errors
    ///
    /// When something could not be delivered.
    fn flush(&self, deadline: Duration) -> Result<(), Error> {
        let _ = deadline;
        Ok(())
    }

    /// Hands over what was recorded and ends what the backend started.
    ///
    /// Called once, on a thread that may block, and given up on when the
    /// deadline has passed.
    ///
    /// # Errors
    ///
    /// When something could not be delivered or ended.
    fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        self.flush(deadline)
    }

    /// How many data points or spans would be lost if nobody waited any longer:
    /// those of the export that runs or failed, and what no export has yet.
    ///
    /// Asked by whoever gives up waiting, so it must not wait itself.
    fn undelivered(&self) -> u64 {
        0
    }
}

/// Throws everything away.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl Backend for Discard {}
