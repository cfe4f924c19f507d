//! What the SDK is told about each instrument before its first series.

use std::sync::{Arc, Mutex, PoisonError};

use opentelemetry_sdk::metrics::{Aggregation, Instrument, InstrumentKind, Stream};

use crate::{Descriptor, Kind};

/// The instruments that the SDK may ask about: a view for each of them.
#[derive(Clone, Default)]
pub(super) struct Streams(Arc<Mutex<Vec<&'static Descriptor>>>);

/// The most series for which the SDK is told to make room.
///
/// Past its limit the SDK drops labels, so its limit must lie above the ones
/// that the labels have themselves. It reserves 33 bytes of address space for
/// each series that may come, rounded up to a power of two, of which one byte
/// is touched: 4.3 MB reserved and 0.13 MB used for 100,000 series, 69 MB and
/// 2 MB for this many. Where labels allow more, memory ends before: a series
/// that exists costs ten times that.
const MOST_SERIES: usize = 1_000_000;

impl Streams {
    /// To be called before the instrument is built.
    pub(super) fn add(&self, descriptor: &'static Descriptor) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(descriptor);
    }

    pub(super) fn view(&self) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
        let streams = self.clone();
        move |instrument| streams.find(instrument).and_then(stream)
    }

    fn find(&self, instrument: &Instrument) -> Option<&'static Descriptor> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_asked = |descriptor: &&&'static Descriptor| {
            descriptor.name() == instrument.name() && kind(descriptor) == instrument.kind()
        };
        known.iter().find(is_asked).copied()
    }
}

fn stream(descriptor: &'static Descriptor) -> Option<Stream> {
    // One more than can come, so that it is never reached.
    let limit = descriptor.series_limit().min(MOST_SERIES) + 1;
    let stream = Stream::builder().with_cardinality_limit(limit);
    let stream = match descriptor.kind() {
        Kind::Histogram => stream.with_aggregation(Aggregation::ExplicitBucketHistogram {
            boundaries: descriptor.buckets().to_vec(),
            // Prometheus has neither, and those of a histogram that nothing was
            // recorded into are the largest and smallest numbers there are.
            record_min_max: false,
        }),
        _ => stream,
    };
    // The limit is above zero and the buckets were checked while compiling.
    stream.build().ok()
}

fn kind(descriptor: &Descriptor) -> InstrumentKind {
    match descriptor.kind() {
        Kind::Counter | Kind::FloatCounter => InstrumentKind::ObservableCounter,
        Kind::UpDownCounter => InstrumentKind::ObservableUpDownCounter,
        Kind::Gauge => InstrumentKind::ObservableGauge,
        Kind::Histogram => InstrumentKind::Histogram,
    }
}
