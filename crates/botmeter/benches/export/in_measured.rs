//! `measured`, the fastest page that there is elsewhere, as its documentation
//! shows for labels that are not known before.

use std::rc::Rc;

use measured::{
    CounterVec, HistogramVec, LabelGroup, MetricGroup, lasso::ThreadedRodeo,
    metric::histogram::Thresholds, text::BufferedTextEncoder,
};

use crate::{
    series::{BOUNDS, Kind, SECONDS, Set},
    subject::{Export, Subject},
};

#[derive(Clone, Copy, LabelGroup)]
#[label(set = TextsSet)]
struct Texts<'a> {
    #[label(dynamic_with = ThreadedRodeo, default)]
    provider: &'a str,
    #[label(dynamic_with = ThreadedRodeo, default)]
    model: &'a str,
    #[label(dynamic_with = ThreadedRodeo, default)]
    tenant: &'a str,
}

#[derive(MetricGroup)]
#[metric(new())]
struct Counters {
    /// Requests.
    bench_requests_total: CounterVec<TextsSet>,
}

#[derive(MetricGroup)]
#[metric(new())]
struct Histograms {
    /// Durations.
    #[metric(metadata = Thresholds::with_buckets(BOUNDS))]
    bench_duration_seconds: HistogramVec<TextsSet, 16>,
}

pub(crate) fn subject(kind: Kind) -> Subject {
    match kind {
        Kind::Counter => {
            let counters = Rc::new(Counters::new());
            let page = page(Rc::clone(&counters));
            subject_of(page, move |texts| counters.bench_requests_total.inc(texts))
        }
        Kind::Histogram => {
            let histograms = Rc::new(Histograms::new());
            let page = page(Rc::clone(&histograms));
            subject_of(page, move |texts| {
                histograms.bench_duration_seconds.observe(texts, SECONDS);
            })
        }
    }
}

fn subject_of(page: Export, record: impl Fn(Texts<'_>) + 'static) -> Subject {
    let record = move |[provider, model, tenant]: &Set| record(Texts { provider, model, tenant });
    Subject { by: "measured", record: Box::new(record), exports: vec![page] }
}

fn page<G: MetricGroup<BufferedTextEncoder> + 'static>(group: Rc<G>) -> Export {
    let mut encoder = BufferedTextEncoder::new();
    Export::new("page", move || {
        group.collect_group_into(&mut encoder).unwrap();
        encoder.finish().len()
    })
}
