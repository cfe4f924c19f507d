//! `opentelemetry_sdk`, whose collection is encoded as its OTLP exporter does,
//! and not sent.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{
        InstrumentKind, ManualReader, Pipeline, SdkMeterProvider, Stream, Temporality,
        data::ResourceMetrics, reader::MetricReader,
    },
};
use prost::Message;

use crate::{
    series::{BOUNDS, KEYS, Kind, SECONDS, Set},
    subject::{Export, Subject},
};

/// Beyond the usual 2000, it would keep the sum of what is more.
const ENOUGH_SERIES: usize = 100_001;

pub(crate) fn subject(kind: Kind) -> Subject {
    let reader = Reader(Arc::new(ManualReader::builder().build()));
    let provider = SdkMeterProvider::builder()
        .with_reader(reader.clone())
        .with_view(|_: &_| Stream::builder().with_cardinality_limit(ENOUGH_SERIES).build().ok())
        .build();
    let meter = provider.meter("bench");
    let record: Box<dyn FnMut(&Set)> = match kind {
        Kind::Counter => {
            let counter = meter.u64_counter("bench.requests").with_description("Requests.").build();
            Box::new(move |set| counter.add(1, &attributes(set)))
        }
        Kind::Histogram => {
            let histogram = meter
                .f64_histogram("bench.duration")
                .with_description("Durations.")
                .with_boundaries(BOUNDS.to_vec())
                .build();
            Box::new(move |set| histogram.record(SECONDS, &attributes(set)))
        }
    };
    let mut collected = ResourceMetrics::default();
    let push = move || {
        // What the reader reads ends with its provider.
        let _alive = &provider;
        reader.collect(&mut collected).unwrap();
        ExportMetricsServiceRequest::from(&collected).encode_to_vec().len()
    };
    Subject { by: "opentelemetry_sdk", record, exports: vec![Export::new("push", push)] }
}

fn attributes(set: &Set) -> [KeyValue; 3] {
    std::array::from_fn(|at| KeyValue::new(KEYS[at], set[at].clone()))
}

/// Collects on the thread that asks, where allocations are counted.
#[derive(Clone, Debug)]
struct Reader(Arc<ManualReader>);

impl MetricReader for Reader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}
