//! botmeter: the page and a push, both read from one store.

use botmeter::{
    core::{Counter, Discard, Exposition, Format, Histogram, Instrument, Meter, Unit, open_label},
    telemetry::{Resource, export::otlp},
};

use crate::{
    series::{BOUNDS, Kind, SECONDS, Set},
    subject::{Export, Subject},
};

open_label! {
    /// The first text.
    pub(crate) struct Provider: "provider", limit 1000;
}

open_label! {
    /// The second text.
    pub(crate) struct Model: "model", limit 1000;
}

open_label! {
    /// The third text.
    pub(crate) struct Tenant: "tenant", limit 1000;
}

static COUNTER: Instrument<Counter, (Provider, Model, Tenant)> =
    Instrument::counter("bench.requests", Unit::of("{request}"), "Requests.");
static HISTOGRAM: Instrument<Histogram, (Provider, Model, Tenant)> =
    Instrument::histogram("bench.duration", Unit::SECONDS, "Durations.", &BOUNDS);

/// Binds each series when it is recorded: a table has no room for 100k.
pub(crate) fn subject(kind: Kind) -> Subject {
    let meter = Meter::new(Discard);
    let store = meter.store().clone();
    let record = move |[a, b, c]: &Set| match kind {
        Kind::Counter => COUNTER.bind(&meter, (a, b, c)).add(1),
        Kind::Histogram => HISTOGRAM.bind(&meter, (a, b, c)).record(SECONDS),
    };
    let of_page = store.clone();
    let mut piece = String::new();
    let page = move || {
        let mut page = Exposition::new(&of_page, Format::Prometheus);
        let mut bytes = 0;
        loop {
            // As the server makes it.
            let goes_on = page.write(&mut piece, 32 * 1024);
            bytes += piece.len();
            piece.clear();
            if !goes_on {
                return bytes;
            }
        }
    };
    let resource = Resource::new("bench", "host:1").version("1.0.0");
    let mut encoding = otlp::Encoding::new(&resource);
    let push = move || {
        let mut bytes = 0;
        encoding.push(&store, |request| bytes += request.len());
        bytes
    };
    let exports = vec![Export::new("page", page), Export::new("push", push)];
    Subject { by: "botmeter", record: Box::new(record), exports }
}
