//! Telemetries of one process that push side by side, and one after the other.

use std::collections::BTreeMap;

use botmeter_core::{Counter, Domain, Meter};
use botmeter_telemetry::{Builder, Telemetry};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::any_value::Value,
    metrics::v1::{metric::Data, number_data_point},
};
use tracing::Level;

use super::{
    log::Log,
    setup::{NEVER, SOON, STARTS},
};
use witness::Receiver;

struct Program(Counter);

impl Domain for Program {
    const NAME: &'static str = "program";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(STARTS.bind(meter, ()))
    }
}

fn start(
    receiver: &Receiver,
    service: &str,
    variables: &[(&str, &str)],
    ask: impl FnOnce(Builder) -> Builder,
) -> (Telemetry, Program) {
    let builder = Telemetry::builder(service)
        .environment(variables.iter().copied().collect())
        .otlp(receiver.endpoint())
        .interval(NEVER);
    ask(builder).start::<Program>().unwrap()
}

fn instance(telemetry: &Telemetry) -> String {
    telemetry.settings().unwrap().resource.instance_id.clone()
}

/// The instance that pushes, and its starts.
fn pushed(request: &ExportMetricsServiceRequest) -> Option<(String, i64)> {
    let resource = &request.resource_metrics.first()?;
    let attributes = &resource.resource.as_ref()?.attributes;
    let id = attributes.iter().find(|attribute| attribute.key == "service.instance.id")?;
    let Value::StringValue(instance) = id.value.as_ref()?.value.as_ref()? else { return None };
    let mut metrics = resource.scope_metrics.iter().flat_map(|scope| &scope.metrics);
    let starts = metrics.find(|metric| metric.name == "test.starts")?;
    let Some(Data::Sum(sum)) = &starts.data else { return None };
    match sum.data_points.last()?.value? {
        number_data_point::Value::AsInt(count) => Some((instance.clone(), count)),
        number_data_point::Value::AsDouble(_) => None,
    }
}

fn warnings(log: &Log) -> Vec<String> {
    let warnings = log.take().into_iter().filter(|(level, _)| *level == Level::WARN);
    warnings.map(|(_, line)| line).collect()
}

/// Between the two, every count would go up and down, and each fall is a
/// restart to Prometheus.
#[test]
fn two_telemetries_of_one_identity_push_as_two_instances() {
    let receiver = Receiver::http().start();
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let (first, of_first) = start(&receiver, "twice", &[], |builder| builder);
    assert_eq!(warnings(&log), [""; 0]);
    let (second, of_second) = start(&receiver, "twice", &[], |builder| builder);
    let warned = warnings(&log);
    of_second.0.add(1);
    for _ in 0..3 {
        of_first.0.add(30);
        first.flush_blocking(SOON).unwrap();
        second.flush_blocking(SOON).unwrap();
    }
    let of_process = instance(&first);
    assert!(of_process.ends_with(&format!(":{}", std::process::id())), "{of_process}");
    let other = format!("{of_process}-2");
    let mut by_instance: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (instance, count) in receiver.requests().iter().filter_map(pushed) {
        let counts = by_instance.entry(instance).or_default();
        assert!(counts.last().is_none_or(|last| *last <= count), "{counts:?}, then {count}");
        counts.push(count);
    }
    let last = |of: &str| by_instance.get(of).and_then(|counts| counts.last().copied());
    assert_eq!((last(&of_process), last(&other)), (Some(90), Some(1)), "{by_instance:?}");
    assert_eq!(by_instance.len(), 2, "{by_instance:?}");
    assert_eq!(warned.len(), 1, "{warned:#?}");
    for part in ["\"twice\"", &of_process, &other] {
        assert!(warned[0].contains(part), "{warned:#?}");
    }
}

#[test]
fn a_telemetry_that_ended_leaves_its_identity_to_the_next() {
    let receiver = Receiver::http().start();
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let mut instances = Vec::new();
    for is_shut_down in [true, false, true] {
        let (telemetry, _program) = start(&receiver, "in turn", &[], |builder| builder);
        instances.push(instance(&telemetry));
        if is_shut_down {
            telemetry.shutdown_blocking(SOON).unwrap();
            // It is over, although it is still there.
            let (next, _program) = start(&receiver, "in turn", &[], |builder| builder);
            instances.push(instance(&next));
            next.shutdown_blocking(SOON).unwrap();
        }
    }
    assert!(instances.iter().all(|id| *id == instances[0]), "{instances:?}");
    let warned = warnings(&log);
    assert!(warned.iter().all(|line| line.contains("without shutdown")), "{warned:#?}");
}

#[test]
fn an_instance_of_the_environment_gives_way_and_one_of_the_program_is_kept() {
    let receiver = Receiver::http().start();
    let log = Log::default();
    let _logged = tracing::subscriber::set_default(log.clone());
    let given = [("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=pod-1")];
    let (first, _program) = start(&receiver, "given", &given, |builder| builder);
    let (second, _program) = start(&receiver, "given", &given, |builder| builder);
    assert_eq!((instance(&first).as_str(), instance(&second).as_str()), ("pod-1", "pod-1-2"));
    assert_eq!(warnings(&log).len(), 1);
    let (third, _program) = start(&receiver, "given", &[], |builder| builder.instance_id("pod-1"));
    assert_eq!(instance(&third), "pod-1");
    let warned = warnings(&log);
    assert_eq!(warned.len(), 1, "{warned:#?}");
    assert!(warned[0].contains("instance_id"), "{warned:#?}");
    // Of another service, or another namespace of services, it is another.
    let (fourth, _program) = start(&receiver, "other", &given, |builder| builder);
    let (fifth, _program) =
        start(&receiver, "given", &given, |builder| builder.attribute("service.namespace", "far"));
    assert_eq!((instance(&fourth).as_str(), instance(&fifth).as_str()), ("pod-1", "pod-1"));
    assert_eq!(warnings(&log), [""; 0]);
}
