//! The same events on our page and through both bridges.

use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use botmeter_core::{Kind, Registered};
use botmeter_llm::Llm;
use botmeter_telemetry::{Environment, Memory, SelfObservation, Telemetry, export::bridge};
use bytes::Bytes;
use http::{Request, Response};
use integration_tests::{Families, read_exposition, translate_push};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{MetricExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::metrics::SdkMeterProvider;

use crate::parity::{SOON, compare, play, prices};
use witness::Receiver;

/// Posts as OpenTelemetry's exporter asks it to.
#[derive(Debug)]
struct Post;

#[async_trait]
impl HttpClient for Post {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let post = ureq::post(parts.uri).content_type("application/x-protobuf");
        let mut answer = post.send(&body[..])?;
        let body = answer.body_mut().read_to_vec()?;
        Ok(Response::builder().status(answer.status()).body(body.into())?)
    }
}

/// What the model of the SDK leaves out: histograms without measurements.
fn with_measurements(mut page: Families) -> Families {
    for (name, family) in page.iter_mut().filter(|(_, family)| family.kind == "histogram") {
        let count = format!("{name}_count");
        let empty: Vec<_> = family
            .samples
            .iter()
            .filter(|((name, _), value)| *name == count && **value == 0.0)
            .map(|((_, labels), _)| labels.clone())
            .collect();
        family.samples.retain(|(_, labels), _| {
            let mut labels = labels.clone();
            labels.remove("le");
            !empty.contains(&labels)
        });
    }
    page.retain(|_, family| !family.samples.is_empty());
    page
}

#[test]
fn both_bridges_give_what_the_page_has() -> Result<()> {
    let descriptors = [Registered::of::<Llm>(), Registered::of::<SelfObservation>()]
        .into_iter()
        .flat_map(|registered| registered.instruments);
    let (mut builder, mut of_fractions) = (PrometheusBuilder::new(), Vec::new());
    for descriptor in descriptors {
        let name = descriptor.prometheus_name();
        match descriptor.kind() {
            Kind::Histogram => {
                let name = Matcher::Full(name);
                builder = builder.set_buckets_for_metric(name, descriptor.buckets())?;
            }
            Kind::FloatCounter => of_fractions.push(name),
            Kind::Counter | Kind::UpDownCounter | Kind::Gauge => {}
        }
    }
    let recorder = builder.build_recorder();
    let exporter = recorder.handle();

    let receiver = Receiver::http().start();
    let http = MetricExporter::builder().with_http().with_http_client(Post);
    let push = http.with_endpoint(receiver.endpoint()).build()?;
    let provider = SdkMeterProvider::builder().with_periodic_exporter(push).build();

    let memory = Memory::new();
    let (telemetry, llm) = Telemetry::builder("parity")
        .environment(Environment::default())
        .backend(memory.clone())
        .backend(bridge::Metrics::to(Arc::new(recorder)))
        .backend(bridge::OpenTelemetry::new(Arc::new(provider.clone())))
        .configure::<Llm>(prices()?)
        .start::<Llm>()?;
    play(&llm);
    provider.force_flush()?;
    let page = read_exposition(&memory.text())?;
    let mut through_metrics = read_exposition(&exporter.render())?;
    // Its counters are whole numbers, so those with fractions are gauges there.
    assert!(!of_fractions.is_empty());
    for name in of_fractions {
        let family = through_metrics.get_mut(&name).context("it is not there")?;
        assert_eq!(std::mem::replace(&mut family.kind, "counter".to_owned()), "gauge", "{name}");
    }
    compare(&page, &through_metrics);
    let pushed = receiver.requests();
    let pushed = translate_push(pushed.last().context("nothing was pushed")?)?;
    compare(&with_measurements(page), &pushed);
    telemetry.shutdown_blocking(SOON)?;
    provider.shutdown()?;
    Ok(())
}
