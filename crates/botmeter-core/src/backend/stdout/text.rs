//! Collected metrics as the text of a scrape.

use std::{
    fmt::{Arguments, Display, Write},
    time::UNIX_EPOCH,
};

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, HistogramDataPoint, Metric, MetricData, ResourceMetrics, ScopeMetrics,
};

use crate::{Kind, name, wall};

/// All series, below a line that says whose they are.
pub(super) fn of(title: &str, metrics: &ResourceMetrics) -> String {
    let now = wall::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut text = Text(String::new());
    text.line(format_args!("# metrics of {title} at Unix time {:.3}", now.as_secs_f64()));
    for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
        match metric.data() {
            AggregatedMetrics::F64(data) => text.family(metric, data),
            AggregatedMetrics::U64(data) => text.family(metric, data),
            AggregatedMetrics::I64(data) => text.family(metric, data),
        }
    }
    // An empty line tells where one print ends and the next begins.
    text.line(format_args!(""));
    text.0
}

struct Text(String);

impl Text {
    fn family<T: Display + Copy>(&mut self, metric: &Metric, data: &MetricData<T>) {
        let kind = match data {
            MetricData::Sum(sum) if sum.is_monotonic() => Kind::Counter,
            MetricData::Sum(_) => Kind::UpDownCounter,
            MetricData::Gauge(_) => Kind::Gauge,
            MetricData::Histogram(_) | MetricData::ExponentialHistogram(_) => Kind::Histogram,
        };
        let name = name::translate(metric.name(), metric.unit(), kind);
        self.line(format_args!("# HELP {name} {}", metric.description()));
        self.line(format_args!("# TYPE {name} {}", kind.prometheus()));
        match data {
            MetricData::Sum(sum) => {
                let points =
                    sum.data_points().map(|point| (point.attributes().map(label).collect(), point));
                for (labels, point) in sorted(points) {
                    self.line(format_args!("{name}{} {}", braces(&labels), point.value()));
                }
            }
            MetricData::Gauge(gauge) => {
                let points = gauge
                    .data_points()
                    .map(|point| (point.attributes().map(label).collect(), point));
                for (labels, point) in sorted(points) {
                    self.line(format_args!("{name}{} {}", braces(&labels), point.value()));
                }
            }
            MetricData::Histogram(histogram) => {
                let points = histogram
                    .data_points()
                    .map(|point| (point.attributes().map(label).collect(), point));
                for (labels, point) in sorted(points) {
                    self.histogram(&name, &labels, point);
                }
            }
            // Every instrument has explicit buckets.
            MetricData::ExponentialHistogram(_) => {}
        }
    }

    fn histogram<T: Display + Copy>(
        &mut self,
        name: &str,
        labels: &str,
        point: &HistogramDataPoint<T>,
    ) {
        let comma = if labels.is_empty() { "" } else { "," };
        let bounds = point.bounds().map(|bound| bound.to_string()).chain(["+Inf".to_owned()]);
        let mut below = 0;
        for (bound, count) in bounds.zip(point.bucket_counts()) {
            below += count;
            self.line(format_args!("{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {below}"));
        }
        let labels = braces(labels);
        self.line(format_args!("{name}_sum{labels} {}", point.sum()));
        self.line(format_args!("{name}_count{labels} {}", point.count()));
    }

    fn line(&mut self, line: Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{line}");
    }
}

/// The SDK collects series in no order.
fn sorted<P>(points: impl Iterator<Item = (Vec<String>, P)>) -> Vec<(String, P)> {
    let mut points: Vec<(String, P)> =
        points.map(|(labels, point)| (labels.join(","), point)).collect();
    points.sort_by(|(a, _), (b, _)| a.cmp(b));
    points
}

/// Values are clean of everything else that would need escaping.
fn label(pair: &KeyValue) -> String {
    format!("{}=\"{}\"", pair.key.as_str(), pair.value.as_str().replace('"', "\\\""))
}

fn braces(labels: &str) -> String {
    if labels.is_empty() { String::new() } else { format!("{{{labels}}}") }
}
