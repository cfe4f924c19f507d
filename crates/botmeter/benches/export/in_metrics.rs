//! `metrics` with `metrics-exporter-prometheus`, as its documentation shows.

use metrics::{counter, describe_counter, describe_histogram, histogram, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;

use crate::{
    series::{BOUNDS, COUNTER, HISTOGRAM, Kind, SECONDS, Set},
    subject::{Export, Subject},
};

pub(crate) fn subject(kind: Kind) -> Subject {
    let recorder = PrometheusBuilder::new().set_buckets(&BOUNDS).unwrap().build_recorder();
    let handle = recorder.handle();
    with_local_recorder(&recorder, || match kind {
        Kind::Counter => describe_counter!(COUNTER, "Requests."),
        Kind::Histogram => describe_histogram!(HISTOGRAM, "Durations."),
    });
    let record = move |set: &Set| {
        let [provider, model, tenant] = set.clone();
        with_local_recorder(&recorder, || match kind {
            Kind::Counter => {
                counter!(COUNTER, "provider" => provider, "model" => model, "tenant" => tenant)
                    .increment(1);
            }
            Kind::Histogram => {
                histogram!(HISTOGRAM, "provider" => provider, "model" => model, "tenant" => tenant)
                    .record(SECONDS);
            }
        });
    };
    Subject {
        by: "metrics-exporter-prometheus",
        record: Box::new(record),
        exports: vec![Export::new("page", move || handle.render().len())],
    }
}
