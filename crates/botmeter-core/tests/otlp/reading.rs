//! Requests as text that a test can compare whole.

use std::fmt::Write;

use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{KeyValue, any_value},
    metrics::v1::{
        AggregationTemporality, HistogramDataPoint, NumberDataPoint, metric::Data,
        number_data_point::Value,
    },
};

/// One line for each instrument and, below it, one for each series. Times are
/// checked and left out.
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
            let (kind, mut series): (String, Vec<String>) = match metric.data.as_ref().unwrap() {
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
            series.sort();
            let mut family =
                format!("{} in {}, {kind}: {}\n", metric.name, metric.unit, metric.description);
            for line in series {
                writeln!(family, "  {line}").unwrap();
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

fn number(point: &NumberDataPoint) -> String {
    assert!(point.time_unix_nano >= point.start_time_unix_nano && point.start_time_unix_nano > 0);
    let value = match point.value.unwrap() {
        Value::AsInt(n) => format!("{n}"),
        Value::AsDouble(x) => format!("{x:?}"),
    };
    format!("{{{}}} {value}", pairs(&point.attributes).join(","))
}

fn distribution(point: &HistogramDataPoint) -> String {
    assert!(point.time_unix_nano >= point.start_time_unix_nano && point.start_time_unix_nano > 0);
    assert_eq!((point.min, point.max), (None, None));
    format!(
        "{{{}}} {:?} of {:?}, sum {:?}, count {}",
        pairs(&point.attributes).join(","),
        point.bucket_counts,
        point.explicit_bounds,
        point.sum.unwrap(),
        point.count
    )
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
