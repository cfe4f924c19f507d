//! What a real Prometheus says to pushes of a clock that is ahead, and at
//! addresses where its receiver is not: the receiver of core's tests and the
//! advice about failures rely on it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use integration_tests::Prometheus;
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{
        Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data,
        number_data_point::Value,
    },
};
use prost::Message;

/// A push of one gauge at a time that is so far ahead.
fn push_ahead(ahead: Duration) -> Result<Vec<u8>> {
    let time = (SystemTime::now() + ahead).duration_since(UNIX_EPOCH)?.as_nanos();
    let point = NumberDataPoint {
        time_unix_nano: u64::try_from(time)?,
        value: Some(Value::AsDouble(1.0)),
        ..NumberDataPoint::default()
    };
    let metric = Metric {
        name: "clock.level".to_owned(),
        data: Some(Data::Gauge(Gauge { data_points: vec![point] })),
        ..Metric::default()
    };
    let scope = ScopeMetrics { metrics: vec![metric], ..ScopeMetrics::default() };
    let resource = ResourceMetrics { scope_metrics: vec![scope], ..ResourceMetrics::default() };
    Ok(ExportMetricsServiceRequest { resource_metrics: vec![resource] }.encode_to_vec())
}

/// The status and the text of the answer.
fn post(url: &str, push: &[u8]) -> Result<(u16, String)> {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let agent = config.max_redirects_will_error(false).build().new_agent();
    let request = agent.post(url).header("content-type", "application/x-protobuf");
    let mut response = request.send(push)?;
    let text = response.body_mut().read_to_string()?;
    Ok((response.status().as_u16(), text))
}

#[test]
#[ignore = "needs Prometheus"]
fn a_push_from_the_future_is_refused_and_binds_no_later_one() -> Result<()> {
    let prometheus = Prometheus::builder().start()?;
    let url = format!("{}/v1/metrics", prometheus.otlp_endpoint());
    let push = |ahead| post(&url, &push_ahead(ahead)?);
    assert_eq!(push(Duration::ZERO)?.0, 200);
    let (status, text) = push(Duration::from_hours(24))?;
    assert!(status == 400 && text.contains("too far in the future"), "{status} {text:?}");
    assert_eq!(push(Duration::ZERO)?.0, 200);
    // Within ten minutes it is taken, and what is earlier is late from then on.
    assert_eq!(push(Duration::from_mins(9))?.0, 200);
    let (status, text) = push(Duration::ZERO)?;
    assert!(status == 400 && text.contains("out of order"), "{status} {text:?}");
    Ok(())
}

#[test]
#[ignore = "needs Prometheus"]
fn where_the_receiver_is_not_it_answers_as_the_advice_expects() -> Result<()> {
    let prometheus = Prometheus::builder().start()?;
    let push = push_ahead(Duration::ZERO)?;
    let (status, text) = post(&format!("{}/v1/metrics", prometheus.url()), &push)?;
    assert_eq!((status, text.trim_end()), (404, "404 page not found"));
    let (status, text) = post(&format!("{}/", prometheus.url()), &push)?;
    assert!(matches!(status, 404 | 405), "{status} {text:?}");
    Ok(())
}
