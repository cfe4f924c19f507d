//! The other kind of backend: one that feeds somebody else's pipeline.

use std::{fmt, sync::Arc};

use crate::store::{Family, Labels};

/// Feeds somebody else's metrics with ours.
///
/// Most backends are routes, which read the [`Store`](crate::Store) when they
/// want to. Where another library keeps the numbers, it has to be told of each
/// measurement: a bridge is asked once for each series, and answers with a
/// [`Bound`] sink that hears of every measurement of it. Asked twice for the
/// same series, it answers with sinks that feed the same series. Label values
/// are clean and within their limits when they arrive here, and so are the
/// numbers: what is not finite or may not shrink is dropped and counted before.
///
/// ```
/// use std::sync::Arc;
///
/// use botmeter_core::{Backend, Bound, Bridge, Sink, store::{Family, Labels}};
///
/// /// Prints every step of every counter, and forgets the rest.
/// #[derive(Clone, Copy, Debug)]
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
/// impl Bridge for Print {
///     fn counter(&self, family: &Family, labels: &Labels) -> Bound<u64> {
///         Bound::to(Line(format!("{}{labels:?}", family.identity().prometheus_name())))
///     }
/// }
///
/// impl Backend for Print {
///     fn bridge(&self) -> Option<Arc<dyn Bridge>> {
///         Some(Arc::new(*self))
///     }
/// }
/// ```
pub trait Bridge: fmt::Debug + Send + Sync + 'static {
    /// Binds a series of a [`Kind::Counter`](crate::Kind::Counter).
    fn counter(&self, family: &Family, labels: &Labels) -> Bound<u64> {
        let _ = (family, labels);
        Bound::discard()
    }

    /// Binds a series of a [`Kind::FloatCounter`](crate::Kind::FloatCounter).
    fn float_counter(&self, family: &Family, labels: &Labels) -> Bound<f64> {
        let _ = (family, labels);
        Bound::discard()
    }

    /// Binds a series of a [`Kind::UpDownCounter`](crate::Kind::UpDownCounter).
    fn up_down_counter(&self, family: &Family, labels: &Labels) -> Bound<i64> {
        let _ = (family, labels);
        Bound::discard()
    }

    /// Binds a series of a [`Kind::Gauge`](crate::Kind::Gauge).
    fn gauge(&self, family: &Family, labels: &Labels) -> Bound<f64> {
        let _ = (family, labels);
        Bound::discard()
    }

    /// Binds a series of a [`Kind::Histogram`](crate::Kind::Histogram).
    fn histogram(&self, family: &Family, labels: &Labels) -> Bound<f64> {
        let _ = (family, labels);
        Bound::discard()
    }
}

/// What hears of the measurements of one series.
///
/// Written by bridges. Must not fail, panic, block on I/O or allocate.
pub trait Sink<T>: fmt::Debug + Send + Sync {
    /// Adds to, sets or records the series, as its kind has it.
    fn record(&self, value: T);
}

/// A sink that may be shared, or none: what a [`Bridge`] answers when it is
/// asked to bind a series.
pub struct Bound<T>(Option<Arc<dyn Sink<T>>>);

impl<T: Copy + 'static> Bound<T> {
    /// Measurements are told to this sink.
    pub fn to(sink: impl Sink<T> + 'static) -> Self {
        Self::shared(Arc::new(sink))
    }

    /// Measurements are told to this sink, which the bridge keeps as well.
    pub fn shared(sink: Arc<impl Sink<T> + 'static>) -> Self {
        Self(Some(sink))
    }

    /// Measurements are told to nobody.
    pub const fn discard() -> Self {
        Self(None)
    }

    pub(crate) fn sink(self) -> Option<Arc<dyn Sink<T>>> {
        self.0
    }
}

impl<T> Clone for Bound<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> fmt::Debug for Bound<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bound").field(&self.0).finish()
    }
}
