//! What is said at the start, and what is refused.

use botmeter_core::Error;
use botmeter_telemetry::{Environment, Sampler, Telemetry, traces::Traces};

use crate::{receiver::Receiver, setup::Program};

fn refusal(result: Result<Program, Error>) -> String {
    result.err().unwrap().chain()
}

#[test]
fn spans_that_nobody_hands_over_cannot_be_exported() {
    let environment: Environment = [("OTEL_TRACES_EXPORTER", "otlp")].into_iter().collect();
    let error = Telemetry::builder("my-bot").environment(environment).start::<()>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "export spans: the program gives none to its telemetry; call `Builder::traces` or \
         `Builder::install_subscriber`, or choose OTEL_TRACES_EXPORTER=none"
    );
}

#[test]
fn one_layer_belongs_to_one_telemetry() {
    let receiver = Receiver::http();
    let traces = Traces::new();
    let start = || Program::build(&traces, &[], |builder| builder.otlp_traces(receiver.base()));
    let _first = start().unwrap();
    assert_eq!(
        refusal(start()),
        "export spans: these `Traces` belong to a telemetry that was started before; make new ones"
    );
}

#[cfg(not(feature = "otlp-grpc"))]
#[test]
fn grpc_without_its_feature_is_refused() {
    let variables =
        [("OTEL_TRACES_EXPORTER", "otlp"), ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc")];
    assert_eq!(
        refusal(Program::start(&Traces::new(), &variables)),
        "push spans to \"http://localhost:4317\": this build has no gRPC; enable the feature \
         `otlp-grpc` of the botmeter crate that you depend on"
    );
}

#[cfg(not(feature = "otlp-tls"))]
#[test]
fn https_without_its_feature_is_refused() {
    let variables = [("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://traces.example")];
    assert_eq!(
        refusal(Program::start(&Traces::new(), &variables)),
        "push spans to \"https://traces.example/v1/traces\": this build has no https; enable the \
         feature `otlp-tls` of the botmeter crate that you depend on"
    );
}

#[test]
fn a_share_that_is_none_is_refused() {
    let started = Program::build(&Traces::new(), &[], |builder| {
        builder.print_traces().sampler(Sampler::Ratio(1.5))
    });
    assert_eq!(refusal(started), "sample 1.5 of all traces: give a share from 0.0 to 1.0");
}

#[test]
fn telemetry_that_is_turned_off_exports_no_spans() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[("OTEL_SDK_DISABLED", "true")]);
    program.span();
    program.flush().unwrap();
    assert_eq!(receiver.arrived(), 0);
}
