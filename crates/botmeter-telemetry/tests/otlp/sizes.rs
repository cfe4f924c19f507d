//! Pushes that are larger than what a receiver takes at once.

use std::collections::BTreeMap;

use botmeter_core::{Counter, Kind, Meter, store::Identity};
use botmeter_telemetry::{OtlpSettings, Temporality};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{metric::Data, number_data_point::Value},
};
use prost::Message as _;

use super::setup::{Pushing, STARTS, grpc, http};
use witness::{Behavior, Receiver};

const MEBIBYTE: usize = 1 << 20;

/// So many series, each with a label of so many bytes, counted up to 7.
fn fill(meter: &Meter, series: usize, bytes: usize) {
    let many = Identity::foreign("test.many", Kind::Counter, "", "Many.", &[]);
    for number in 0..series {
        let label = format!("{number:0bytes$}");
        let counter = meter.foreign::<Counter>(many.clone(), [("number", label.as_str())]);
        counter.unwrap().add(7);
    }
}

/// The last value of each series, and how many of them there are.
fn values(requests: &[ExportMetricsServiceRequest]) -> BTreeMap<String, i64> {
    let mut values = BTreeMap::new();
    let scopes =
        requests.iter().flat_map(|it| &it.resource_metrics).flat_map(|it| &it.scope_metrics);
    for metric in scopes.flat_map(|scope| &scope.metrics) {
        let Some(Data::Sum(sum)) = &metric.data else { continue };
        for point in &sum.data_points {
            let Some(Value::AsInt(value)) = point.value else { continue };
            values.insert(format!("{} {:?}", metric.name, point.attributes), value);
        }
    }
    values
}

/// One that listens, and how it is pushed to.
type Case = (Receiver, fn(String) -> OtlpSettings);

fn both() -> [Case; 2] {
    [(Receiver::http().start(), http), (Receiver::grpc().start(), grpc)]
}

#[test]
fn a_large_push_is_many_requests_that_every_receiver_takes() {
    for (receiver, settings) in both() {
        let pushing = Pushing::with(settings(receiver.endpoint()));
        fill(&pushing.meter, 10_000, 1_000);
        pushing.flush().unwrap();
        let requests = receiver.requests();
        let largest = requests.iter().map(ExportMetricsServiceRequest::encoded_len).max().unwrap();
        assert!(requests.len() > 2 && largest < 4 * MEBIBYTE, "{} of {largest}", requests.len());
        let values = values(&requests);
        assert_eq!(values.len(), 10_000);
        assert!(values.values().all(|value| *value == 7));
        assert_eq!((pushing.exports.success_count(), pushing.exports.failure_count()), (1, 0));
    }
}

#[test]
fn requests_become_smaller_for_a_receiver_that_takes_less() {
    for (receiver, settings) in both() {
        let pushing = Pushing::with(settings(receiver.endpoint()));
        receiver.behave(Behavior::AcceptUpTo(MEBIBYTE));
        fill(&pushing.meter, 4_000, 1_000);
        pushing.flush().unwrap();
        let requests = receiver.requests();
        assert_eq!(values(&requests).len(), 4_000);
        let refused = receiver.attempts() - requests.len();
        assert_eq!(refused, 2, "of 4 MiB and of 2 MiB");
        // What was learnt is kept.
        receiver.forget();
        pushing.flush().unwrap();
        assert_eq!(values(&receiver.requests()).len(), 4_000);
        assert_eq!(receiver.attempts() - requests.len() - receiver.requests().len(), refused);
        assert_eq!((pushing.exports.success_count(), pushing.exports.failure_count()), (2, 0));
    }
}

#[test]
fn a_series_that_no_request_can_carry_is_the_only_one_that_is_lost() {
    for (receiver, settings) in both() {
        let url = receiver.endpoint();
        let pushing = Pushing::with(settings(url.clone()));
        receiver.behave(Behavior::AcceptUpTo(10_000));
        STARTS.bind(&pushing.meter, ()).add(3);
        fill(&pushing.meter, 1, 20_000);
        fill(&pushing.meter, 100, 1_000);
        let told = pushing.flush().unwrap_err().chain();
        assert!(told.starts_with("deliver the metrics: 1 data point is not delivered: "), "{told}");
        assert!(told.contains("one series alone takes 40"), "{told}");
        let values = values(&receiver.requests());
        assert_eq!(values.len(), 101, "{values:?}");
        assert_eq!(values.get("test.starts []"), Some(&3));
    }
}

/// A request that failed is not taken for one that arrived.
#[test]
fn what_is_pushed_since_the_last_time_is_pushed_once_whatever_fails() {
    for (receiver, settings) in both() {
        let temporality = Temporality::Delta;
        let settings = settings(receiver.endpoint()).temporality(temporality);
        let pushing = Pushing::with(settings);
        let mut seen = 0;
        let starts = STARTS.bind(&pushing.meter, ());
        for (behavior, arrives) in [
            (Behavior::Accept, true),
            (Behavior::Answer { status: 7, headers: &[], body: "no" }, false),
            (Behavior::AcceptUpTo(50), false),
            (Behavior::Accept, true),
            (Behavior::Accept, true),
        ] {
            let behavior = match behavior {
                Behavior::Answer { headers, body, .. } if receiver.is_http() => {
                    Behavior::Answer { status: 400, headers, body }
                }
                other => other,
            };
            receiver.behave(behavior);
            starts.add(5);
            assert_eq!(pushing.flush().is_ok(), arrives);
            seen += values(&receiver.requests()).get("test.starts []").copied().unwrap_or_default();
            receiver.forget();
        }
        assert_eq!(seen, 25);
    }
}
