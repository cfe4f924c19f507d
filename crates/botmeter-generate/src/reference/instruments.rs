//! The instruments, their labels and their buckets.

use botmeter_core::{
    Descriptor, Kind,
    label::{LabelInfo, Values},
};

use super::{Page, code};
use crate::catalogue::Entry;

pub(super) fn section(page: &mut Page, entry: &Entry) {
    page.line("## Instruments");
    let rows = entry.instruments().iter().map(|instrument| {
        vec![
            code(&instrument.prometheus_name()),
            code(instrument.name()),
            kind(instrument.kind()).to_owned(),
            match instrument.unit().as_str() {
                "" => String::new(),
                unit => code(unit),
            },
            keys(instrument),
            instrument.series_limit().to_string(),
            instrument.help().to_owned(),
        ]
    });
    page.table(
        &["Prometheus", "OpenTelemetry", "Kind", "Unit", "Labels", "Series at most", "Help"],
        rows,
    );
    labels(page, entry);
    buckets(page, entry);
    if !entry.board.undrawn.is_empty() {
        page.line("### In no panel");
        let rows = entry.board.undrawn.iter().map(|undrawn| {
            vec![code(&undrawn.instrument.prometheus_name()), undrawn.because.to_string()]
        });
        page.table(&["Instrument", "Why"], rows);
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::FloatCounter => "counter with fractions",
        Kind::UpDownCounter => "up-down counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    }
}

fn keys(instrument: &Descriptor) -> String {
    let keys: Vec<_> = instrument.labels().iter().map(|label| code(label.key())).collect();
    keys.join(" ")
}

fn labels(page: &mut Page, entry: &Entry) {
    let mut seen: Vec<&LabelInfo> = Vec::new();
    for label in entry.instruments().iter().flat_map(|instrument| instrument.labels()) {
        if !seen.contains(&label) {
            seen.push(label);
        }
    }
    if seen.is_empty() {
        return;
    }
    page.line("### Labels");
    let rows = seen.iter().map(|label| {
        let values = match label.values() {
            Values::Closed(values) => {
                values.iter().map(|value| code(value)).collect::<Vec<_>>().join(" ")
            }
            Values::Open { limit } => {
                format!("any text, up to {limit} different ones; then {}", code("other"))
            }
        };
        let of =
            entry.instruments().iter().filter(|instrument| instrument.labels().contains(label));
        let of: Vec<_> = of.map(|instrument| code(&instrument.prometheus_name())).collect();
        vec![code(label.key()), values, of.join(" ")]
    });
    page.table(&["Label", "Values", "On"], rows);
}

fn buckets(page: &mut Page, entry: &Entry) {
    let histograms: Vec<_> =
        entry.instruments().iter().filter(|instrument| !instrument.buckets().is_empty()).collect();
    if histograms.is_empty() {
        return;
    }
    page.line("### Buckets");
    let rows = histograms.iter().map(|instrument| {
        let bounds: Vec<_> = instrument.buckets().iter().map(f64::to_string).collect();
        vec![code(&instrument.prometheus_name()), bounds.join(" ")]
    });
    page.table(&["Histogram", "Upper bounds"], rows);
}
