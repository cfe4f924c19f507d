//! A receiver of OTLP that keeps every point that it is sent.

use std::{
    io::{self, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{KeyValue, any_value},
    metrics::v1::{Metric, metric::Data, number_data_point::Value},
};
use prost::Message;

use crate::http;

/// It takes whatever is pushed, until the test ends.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    points: Arc<Mutex<Vec<Point>>>,
}

/// One point of one series, a histogram's being its count.
#[derive(Debug)]
struct Point {
    instance: String,
    name: String,
    labels: Vec<(String, String)>,
    value: f64,
}

impl Receiver {
    /// One that listens.
    ///
    /// # Panics
    ///
    /// When this machine has no port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let points = Arc::<Mutex<Vec<Point>>>::default();
        let kept = Arc::clone(&points);
        thread::spawn(move || {
            for client in listener.incoming() {
                // Whoever is gone has nothing to say.
                _ = take(&client.unwrap(), &kept);
            }
        });
        Self { address, points }
    }

    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` says.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The last value of the series with these labels, summed over all others
    /// and all programs; nothing where there is no such series.
    pub fn last(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let series = self.series(name, labels);
        let last = series.iter().map(|values| values.last().copied().unwrap_or(f64::NAN));
        (!series.is_empty()).then(|| last.sum())
    }

    /// What these series grew by from their first point to their last, as
    /// `increase` of Prometheus sees it: a series with one point did not grow.
    pub fn increase(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let grown = |values: &Vec<f64>| values[values.len() - 1] - values[0];
        self.series(name, labels).iter().map(grown).sum()
    }

    /// The values of each series, in the order in which they came.
    fn series(&self, name: &str, labels: &[(&str, &str)]) -> Vec<Vec<f64>> {
        let points = self.points.lock().unwrap();
        let is_asked_for = |point: &&Point| {
            let has = |(key, value): &(&str, &str)| {
                point.labels.iter().any(|(k, v)| k == key && v == value)
            };
            point.name == name && labels.iter().all(has)
        };
        let mut found: Vec<(&Point, Vec<f64>)> = Vec::new();
        for point in points.iter().filter(is_asked_for) {
            let same = |(first, _): &&mut (&Point, _)| {
                (&first.instance, &first.labels) == (&point.instance, &point.labels)
            };
            match found.iter_mut().find(same) {
                Some((_, values)) => values.push(point.value),
                None => found.push((point, vec![point.value])),
            }
        }
        found.into_iter().map(|(_, values)| values).collect()
    }
}

fn take(mut client: &TcpStream, kept: &Mutex<Vec<Point>>) -> io::Result<()> {
    let request = ExportMetricsServiceRequest::decode(http::body(client)?.as_slice())?;
    let mut kept = kept.lock().unwrap();
    for of_one in request.resource_metrics {
        let resource = pairs(of_one.resource.unwrap_or_default().attributes);
        let instance = resource.into_iter().find(|(key, _)| key == "service.instance.id");
        let instance = instance.map(|(_, id)| id).unwrap_or_default();
        for metric in of_one.scope_metrics.into_iter().flat_map(|scope| scope.metrics) {
            kept.extend(points(&instance, metric));
        }
    }
    drop(kept);
    client.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\
          connection: close\r\n\r\n",
    )
}

fn points(instance: &str, metric: Metric) -> Vec<Point> {
    let number = |value: Option<Value>| match value {
        Some(Value::AsInt(n)) => n as f64,
        Some(Value::AsDouble(x)) => x,
        None => f64::NAN,
    };
    let values: Vec<(Vec<KeyValue>, f64)> = match metric.data {
        Some(Data::Sum(sum)) => {
            sum.data_points.into_iter().map(|p| (p.attributes, number(p.value))).collect()
        }
        Some(Data::Gauge(gauge)) => {
            gauge.data_points.into_iter().map(|p| (p.attributes, number(p.value))).collect()
        }
        Some(Data::Histogram(all)) => {
            all.data_points.into_iter().map(|p| (p.attributes, p.count as f64)).collect()
        }
        _ => Vec::new(),
    };
    let point = |(attributes, value)| Point {
        instance: instance.to_owned(),
        name: metric.name.clone(),
        labels: pairs(attributes),
        value,
    };
    values.into_iter().map(point).collect()
}

fn pairs(attributes: Vec<KeyValue>) -> Vec<(String, String)> {
    let text = |pair: KeyValue| match pair.value?.value? {
        any_value::Value::StringValue(text) => Some((pair.key, text)),
        _ => None,
    };
    attributes.into_iter().filter_map(text).collect()
}
