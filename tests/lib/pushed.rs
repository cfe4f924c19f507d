//! What a pushed request becomes in Prometheus.

use anyhow::{Context, Result, bail, ensure};
use botmeter_core::{Kind, name};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    metrics::v1::{
        AggregationTemporality, HistogramDataPoint, Metric, NumberDataPoint, metric::Data,
        number_data_point::Value as Number,
    },
};

use crate::{Families, Family, Labels};

/// Translates a pushed request as Prometheus' receiver does, so that it can be
/// compared with a scraped page: of each series its last point. A zero where
/// counting began may stand before it.
///
/// # Errors
///
/// When the request holds what Prometheus would refuse.
pub fn translate_push(request: &ExportMetricsServiceRequest) -> Result<Families> {
    let mut families = Families::new();
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    for metric in scopes.flat_map(|scope| &scope.metrics) {
        let (name, family) =
            translate(metric).with_context(|| format!("failed to translate {:?}", metric.name))?;
        let before = families.insert(name.clone(), family);
        ensure!(before.is_none(), "{name} is in the request twice");
    }
    Ok(families)
}

fn translate(metric: &Metric) -> Result<(String, Family)> {
    let data = metric.data.as_ref().context("it has no data")?;
    let kind = match data {
        Data::Sum(sum) if sum.is_monotonic => Kind::Counter,
        Data::Sum(_) => Kind::UpDownCounter,
        Data::Gauge(_) => Kind::Gauge,
        Data::Histogram(_) => Kind::Histogram,
        other => bail!("{other:?} is of no kind that is recorded here"),
    };
    let name = name::prometheus(&metric.name, &metric.unit, kind)?;
    let mut family = Family {
        kind: kind.prometheus().to_owned(),
        help: metric.description.clone(),
        ..Family::default()
    };
    match data {
        Data::Sum(sum) => {
            ensure_cumulative(sum.aggregation_temporality)?;
            numbers(&name, &sum.data_points, &mut family)?;
        }
        Data::Gauge(gauge) => numbers(&name, &gauge.data_points, &mut family)?,
        Data::Histogram(histogram) => {
            ensure_cumulative(histogram.aggregation_temporality)?;
            let points = &histogram.data_points;
            for (at, point) in points.iter().enumerate() {
                let next = points.get(at + 1);
                if point.count > 0 || next.is_none_or(|next| next.attributes != point.attributes) {
                    distribution(&name, point, &mut family)?;
                }
            }
        }
        Data::ExponentialHistogram(_) | Data::Summary(_) => {}
    }
    Ok((name, family))
}

fn ensure_cumulative(temporality: i32) -> Result<()> {
    let is_cumulative = temporality == AggregationTemporality::Cumulative as i32;
    ensure!(is_cumulative, "Prometheus takes cumulative counts only");
    Ok(())
}

fn numbers(name: &str, points: &[NumberDataPoint], family: &mut Family) -> Result<()> {
    for (at, point) in points.iter().enumerate() {
        let is_zero = matches!(point.value, Some(Number::AsInt(0) | Number::AsDouble(0.0)));
        if is_zero && points.get(at + 1).is_some_and(|next| next.attributes == point.attributes) {
            continue;
        }
        let value = match point.value.context("a point has no value")? {
            Number::AsDouble(value) => value,
            Number::AsInt(value) => value as f64,
        };
        insert(family, name.to_owned(), labels(&point.attributes)?, value)?;
    }
    Ok(())
}

fn distribution(name: &str, point: &HistogramDataPoint, family: &mut Family) -> Result<()> {
    let labels = labels(&point.attributes)?;
    let mut below = 0;
    let bounds = point.explicit_bounds.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
    ensure!(
        point.bucket_counts.len() == point.explicit_bounds.len() + 1,
        "there is a count for each bucket"
    );
    for (bound, count) in bounds.zip(&point.bucket_counts) {
        below += count;
        let mut labels = labels.clone();
        labels.insert("le".to_owned(), bound);
        insert(family, format!("{name}_bucket"), labels, below as f64)?;
    }
    ensure!(below == point.count, "the buckets of {name} do not add up to its count");
    insert(family, format!("{name}_sum"), labels.clone(), point.sum.context("there is no sum")?)?;
    insert(family, format!("{name}_count"), labels, point.count as f64)
}

fn labels(attributes: &[KeyValue]) -> Result<Labels> {
    attributes
        .iter()
        .map(|attribute| {
            let key = name::label(&attribute.key)?;
            let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
            match value {
                Some(Value::StringValue(text)) => Ok((key, text.clone())),
                other => bail!("the label {key} is {other:?}, not a text"),
            }
        })
        .collect()
}

fn insert(family: &mut Family, name: String, labels: Labels, value: f64) -> Result<()> {
    let key = (name, labels);
    ensure!(!family.samples.contains_key(&key), "the sample {key:?} is there twice");
    family.samples.insert(key, value);
    Ok(())
}
