//! What is found at an endpoint for gRPC.

use super::fakes::{black_hole, found, prometheus_on, server};
use witness::{Behavior, Receiver};

const GRPC: (&str, &str) = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");

#[test]
fn a_receiver_of_metrics() {
    let receiver = Receiver::grpc().start();
    let url = receiver.endpoint();
    assert_eq!(
        found(&url, &[GRPC], "receiver"),
        format!(
            "ok       receiver     gRPC to {url}: an empty push is taken: a receiver of metrics"
        )
    );
    let pushes = receiver.requests();
    assert_eq!(pushes.len(), 1, "asked once");
    assert!(pushes[0].resource_metrics.is_empty(), "{pushes:?}");
}

#[test]
fn a_receiver_of_traces_alone() {
    let receiver = Receiver::grpc().start();
    // 12 is Unimplemented: what Jaeger answers.
    let body = "unknown service opentelemetry.proto.collector.metrics.v1.MetricsService";
    receiver.behave(Behavior::Answer { status: 12, headers: &[], body });
    let url = receiver.endpoint();
    assert_eq!(
        found(&url, &[GRPC], "receiver"),
        format!(
            "broken   receiver     gRPC to {url}: Unimplemented: no receiver of metrics; Jaeger, \
             which takes traces alone, answers like this\n\
             change: give the host and port of a receiver of metrics, such as a Collector's: \
             OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://localhost:4317"
        )
    );
}

#[test]
fn a_port_for_http() {
    let address = server(prometheus_on);
    assert_eq!(
        found(&format!("http://{address}"), &[GRPC], "receiver"),
        format!(
            "broken   receiver     gRPC to http://{address}: the port speaks HTTP/1.1 and no gRPC\n\
             change: OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf, or give the port for \
             gRPC, usually 4317"
        )
    );
}

#[test]
fn a_black_hole() {
    let address = black_hole();
    let variables = [GRPC, ("OTEL_EXPORTER_OTLP_TIMEOUT", "300")];
    assert_eq!(
        found(&format!("http://{address}"), &variables, "receiver"),
        format!(
            "broken   receiver     gRPC to http://{address}: an empty push is not answered within \
             300ms\n\
             change: look for what listens at this port: a receiver answers an empty push at once"
        )
    );
}

#[test]
fn the_usual_port_of_http_is_doubted() {
    assert_eq!(
        found("http://localhost:4318", &[GRPC], "endpoint"),
        "ok       endpoint     gRPC to http://localhost:4318, although port 4318 is usually for \
         HTTP"
    );
}
