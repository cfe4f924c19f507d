//! Requests as text that a test can compare whole.

use std::{collections::BTreeMap, fmt::Write};

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{KeyValue, any_value},
    metrics::v1::{
        AggregationTemporality, HistogramDataPoint, NumberDataPoint, metric::Data,
        number_data_point::Value,
    },
};

/// One line for each instrument and, below it, one for each series, with the
/// zero that stands before the first count. Times are checked and left out.
pub(crate) fn text(request: &ExportMetricsServiceRequest) -> String {
    let [resource_metrics] = request.resource_metrics.as_slice() else {
        panic!("one resource, but got {request:#?}")
    };
    let mut families = Vec::new();
    for scope_metrics in &resource_metrics.scope_metrics {
        let scope = scope_metrics.scope.as_ref().unwrap();
        assert_eq!((scope.name.as_str(), scope.version.as_str()), ("botmeter", ""));
        assert_eq!(scope.attributes, []);
        for metric in &scope_metrics.metrics {
            let (kind, points): (String, Vec<Point>) = match metric.data.as_ref().unwrap() {
                Data::Gauge(gauge) => {
                    ("gauge".to_owned(), gauge.data_points.iter().map(number).collect())
                }
                Data::Sum(sum) => {
                    let monotonic = if sum.is_monotonic { "monotonic " } else { "" };
                    let kind = format!("{monotonic}{} sum", since(sum.aggregation_temporality()));
                    (kind, sum.data_points.iter().map(number).collect())
                }
                Data::Histogram(histogram) => {
                    let kind = format!("{} histogram", since(histogram.aggregation_temporality()));
                    (kind, histogram.data_points.iter().map(distribution).collect())
                }
                other => panic!("a kind that no instrument has: {other:?}"),
            };
            let mut series: BTreeMap<String, Vec<Point>> = BTreeMap::new();
            for point in points {
                series.entry(point.labels.clone()).or_default().push(point);
            }
            let mut family =
                format!("{} in {}, {kind}: {}\n", metric.name, metric.unit, metric.description);
            for (labels, points) in series {
                let value = match points.as_slice() {
                    [one] => one.value.clone(),
                    [zero, first] if zero.is_zero && zero.start == first.start => {
                        assert!(zero.time < first.time, "{labels}: {points:?}");
                        format!("0, {}", first.value)
                    }
                    points => panic!("one point, or a zero and one point, but got {points:?}"),
                };
                writeln!(family, "  {{{labels}}} {value}").unwrap();
            }
            families.push(family);
        }
    }
    families.sort();
    families.concat()
}

/// The attributes of the resource, sorted.
pub(crate) fn resource(request: &ExportMetricsServiceRequest) -> Vec<String> {
    let resource = request.resource_metrics[0].resource.as_ref().unwrap();
    pairs(&resource.attributes)
}

/// Like `text`, but only the instrument of this name.
pub(crate) fn family(request: &ExportMetricsServiceRequest, name: &str) -> String {
    let text = text(request);
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&format!("{name} ")));
    let head = lines.next().unwrap_or_default();
    let series = lines.take_while(|line| line.starts_with("  "));
    std::iter::once(head).chain(series).collect::<Vec<_>>().join("\n")
}

fn since(temporality: AggregationTemporality) -> &'static str {
    match temporality {
        AggregationTemporality::Cumulative => "cumulative",
        AggregationTemporality::Delta => "delta",
        AggregationTemporality::Unspecified => "unspecified",
    }
}

/// One data point.
#[derive(Debug)]
struct Point {
    labels: String,
    start: u64,
    time: u64,
    is_zero: bool,
    value: String,
}

fn number(point: &NumberDataPoint) -> Point {
    let (start, time) = (point.start_time_unix_nano, point.time_unix_nano);
    assert!(time >= start && start > 0);
    let (value, is_zero) = match point.value.unwrap() {
        Value::AsInt(n) => (format!("{n}"), n == 0),
        Value::AsDouble(x) => (format!("{x:?}"), x == 0.0),
    };
    let labels = pairs(&point.attributes).join(",");
    Point { labels, start, time, is_zero, value }
}

fn distribution(point: &HistogramDataPoint) -> Point {
    let (start, time) = (point.start_time_unix_nano, point.time_unix_nano);
    assert!(time >= start && start > 0);
    assert_eq!((point.min, point.max), (None, None));
    let value = format!(
        "{:?} of {:?}, sum {:?}, count {}",
        point.bucket_counts,
        point.explicit_bounds,
        point.sum.unwrap(),
        point.count
    );
    let labels = pairs(&point.attributes).join(",");
    Point { labels, start, time, is_zero: point.count == 0, value }
}

fn pairs(attributes: &[KeyValue]) -> Vec<String> {
    let mut pairs: Vec<String> = attributes
        .iter()
        .map(|pair| match &pair.value.as_ref().unwrap().value {
            Some(any_value::Value::StringValue(value)) => format!("{}={value}", pair.key),
            other => panic!("{} is no string but {other:?}", pair.key),
        })
        .collect();
    pairs.sort();
    pairs
}
