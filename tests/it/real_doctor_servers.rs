//! The doctor is pointed at each server of the stack, and knows it.

use anyhow::{Context, Result};
use botmeter_catalogue::catalogue;
use botmeter_cli::doctor::{Options, diagnose};
use botmeter_llm::{Llm, Provider, Usage};
use botmeter_telemetry::{Diagnosis, Environment, Telemetry};
use integration_tests::{Alertmanager, Collector, Discovery, Jaeger, Prometheus};

/// What a program says of itself that pushes to this endpoint.
fn inside(endpoint: &str, protocol: &str) -> Result<Diagnosis> {
    let variables = [("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
    let builder = Telemetry::builder("doctor").environment(variables.into_iter().collect());
    let (telemetry, llm) = builder.otlp(endpoint).start::<Llm>()?;
    llm.start(Provider::OpenAi, "gpt-4o").finish(&Usage::including_cache(1, 1));
    Ok(telemetry.diagnose_blocking())
}

/// What is said from outside of such an endpoint.
fn outside(endpoint: &str, protocol: &str) -> Result<Diagnosis> {
    let variables: Environment = [("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)].into_iter().collect();
    // Nobody is at the Prometheus, which comes after the receiver.
    let prometheus = "http://127.0.0.1:1".to_owned();
    diagnose(
        &Options { otlp: Some(endpoint.to_owned()), prometheus, ..Options::default() },
        &variables,
        &catalogue(),
    )
}

fn assert_receiver(endpoint: &str, protocol: &str, is_well: bool, evidence: &str, remedy: &str) {
    for diagnosis in [inside(endpoint, protocol), outside(endpoint, protocol)] {
        let diagnosis = diagnosis.unwrap();
        let finding = diagnosis.of("receiver").unwrap().to_string();
        assert_eq!(finding.starts_with("ok"), is_well, "{diagnosis}");
        assert!(finding.contains(evidence), "{evidence}\n\n{finding}");
        assert!(finding.contains(remedy), "{remedy}\n\n{finding}");
    }
}

#[test]
#[ignore = "needs Jaeger, the Collector and Alertmanager"]
fn every_server_is_known_where_one_pushes_to() -> Result<()> {
    let jaeger = Jaeger::start()?;
    let collector = Collector::start(Some(&jaeger))?;
    let alertmanager = Alertmanager::start(&[])?;
    let (http, grpc) = ("http/protobuf", "grpc");

    let alone = "a receiver of traces alone, as Jaeger is";
    let instead = "http://localhost:9090/api/v1/otlp/v1/metrics";
    assert_receiver(&jaeger.otlp_endpoint(), http, false, alone, instead);
    let no_metrics = "no receiver of metrics; Jaeger, which takes traces alone, answers like this";
    let by_grpc = format!("http://{}", jaeger.grpc());
    assert_receiver(&by_grpc, grpc, false, no_metrics, "such as a Collector's");

    let receiver = "a receiver of metrics";
    assert_receiver(&collector.otlp_endpoint(), http, true, receiver, "");
    assert_receiver(&collector.grpc_endpoint(), grpc, true, "", "");
    let page = format!("http://{}", collector.page());
    let is_page = "but a page for scrapes, such as a Collector's";
    assert_receiver(&page, http, false, is_page, "give the port of the receiver, usually 4318");
    let only_http = "the port speaks HTTP/1.1 and no gRPC";
    assert_receiver(&collector.otlp_endpoint(), grpc, false, only_http, "PROTOCOL=http/protobuf");
    let only_grpc = "the port speaks HTTP/2 alone, as gRPC does";
    assert_receiver(&collector.grpc_endpoint(), http, false, only_grpc, "PROTOCOL=grpc");

    let alerts = "but Alertmanager, which takes alerts alone";
    assert_receiver(&alertmanager.url(), http, false, alerts, "such as a Prometheus");
    Ok(())
}

#[test]
#[ignore = "needs Jaeger, the Collector and Alertmanager"]
fn every_server_is_known_where_a_prometheus_or_a_page_is_asked_for() -> Result<()> {
    let jaeger = Jaeger::start()?;
    let collector = Collector::start(None)?;
    let alertmanager = Alertmanager::start(&[])?;
    let page = format!("http://{}", collector.page());
    for (url, who, remedy) in [
        (jaeger.url(), "Jaeger, which has traces and no metrics", "usually port 9090"),
        (alertmanager.url(), "Alertmanager, which gets alerts from a Prometheus", "port 9090"),
        (page, "a page for scrapes, such as a program's or a Collector's", "scrapes it"),
    ] {
        let otlp = Some(collector.otlp_endpoint());
        let options = Options { prometheus: url.clone(), otlp, ..Options::default() };
        let diagnosis = diagnose(&options, &Environment::default(), &catalogue())?;
        let broken = diagnosis.broken().context("all is well")?.to_string();
        let line = format!("broken   prometheus   {url} is no Prometheus but {who}");
        assert!(broken.starts_with(&line) && broken.contains(remedy), "{broken}");
    }
    for (url, who) in [
        (alertmanager.url(), "the names of Alertmanager itself"),
        (format!("http://{}", collector.telemetry()), "the names of a Collector itself"),
    ] {
        let options = Options { metrics: Some(url), ..Options::default() };
        let diagnosis = diagnose(&options, &Environment::default(), &catalogue())?;
        let broken = diagnosis.broken().context("all is well")?;
        assert_eq!(broken.layer, "page names");
        assert!(broken.to_string().contains(who), "{broken}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Prometheus, the Collector and Alertmanager"]
fn all_is_well_behind_a_collector() -> Result<()> {
    let collector = Collector::start(None)?;
    let alertmanager = Alertmanager::start(&[])?;
    let discovery = Discovery {
        collectors: vec![collector.page()],
        alertmanagers: vec![alertmanager.address()],
        ..Discovery::default()
    };
    let prometheus = Prometheus::builder().as_in_the_stack(discovery).start()?;
    let (_telemetry, llm) = Telemetry::builder("doctor")
        .environment(Environment::default())
        .otlp(collector.otlp_endpoint())
        .interval(std::time::Duration::from_secs(1))
        .start::<Llm>()?;
    llm.start(Provider::OpenAi, "gpt-4o").finish(&Usage::including_cache(1, 1));
    let options = Options {
        prometheus: prometheus.url(),
        otlp: Some(collector.otlp_endpoint()),
        job: Some("doctor".to_owned()),
        ..Options::default()
    };
    let mut last = String::new();
    let deadline = std::time::Duration::from_mins(1);
    let well = integration_tests::eventually(deadline, "all to be well", || {
        let diagnosis = diagnose(&options, &Environment::default(), &catalogue())?;
        last = diagnosis.to_string();
        Ok(diagnosis.broken().is_none().then_some(()))
    });
    well.with_context(|| last.clone())?;
    for evidence in ["a receiver of metrics", "job/instance of telemetry_startup_total: doctor/"] {
        assert!(last.contains(evidence), "{last}");
    }
    assert!(!last.contains("no Alertmanager"), "{last}");
    Ok(())
}
