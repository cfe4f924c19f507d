//! Scrapes over real sockets, as Prometheus makes them.

#![cfg(test)]

mod faults;
mod host;
mod http;
mod lifecycle;
mod page;

use botmeter_core::{
    Counter, FloatCounter, Gauge, Histogram, Instrument, Meter, Unit, UpDownCounter, closed_label,
    open_label,
};
use botmeter_telemetry::{BackendKind, Exports, ScrapeSettings, export::scrape::Scrape};

closed_label! {
    /// How it ended.
    enum Status: "status" {
        /// Well.
        Success => "success",
        /// Badly.
        Error => "error",
    }
}

open_label! {
    /// Which model answered.
    struct Model: "model", limit 20;
}

static CALLS: Instrument<Counter, (Model, Status)> =
    Instrument::counter("llm.requests", Unit::of("{request}"), "Calls that ended.");
static COST: Instrument<FloatCounter, (Model,)> =
    Instrument::float_counter("llm.cost.dollars", Unit::of("{USD}"), "Money spent.");
static ACTIVE: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("llm.active", Unit::of("{request}"), "Calls under way.");
static LAST: Instrument<Gauge, ()> =
    Instrument::gauge("llm.last_success.timestamp", Unit::SECONDS, "When a call last went well.");
static CACHED: Instrument<Gauge, ()> =
    Instrument::gauge("llm.cache.hit", Unit::RATIO, "Share of cached answers.");
static DURATION: Instrument<Histogram, (Status,)> = Instrument::histogram(
    "llm.duration",
    Unit::SECONDS,
    "How long calls took.",
    &[0.5, 2.5, 327.68],
);
static DISCOUNT: Instrument<Histogram, (Status,)> =
    Instrument::histogram("llm.discount", Unit::of("{USD}"), "Money saved.", &[0.5]);
static CHECKSUM: Instrument<Histogram, ()> =
    Instrument::histogram("llm.checksum", Unit::NONE, "A name that ends like a suffix.", &[0.5]);

/// A scrape backend on a port of its own, and what it reports.
fn started() -> (Scrape, Exports) {
    let exports = Exports::new(BackendKind::Scrape);
    let settings = ScrapeSettings::Listen(([127, 0, 0, 1], 0).into());
    (Scrape::start(settings, exports.clone()).unwrap(), exports)
}

/// The same events, whatever the backend.
fn record(meter: &Meter) {
    let calls = CALLS.bind(meter, ("small", Status::Success));
    CALLS.bind(meter, ("small", Status::Error));
    CALLS.bind(meter, ("a \"large\" one, naïve = {déjà}", Status::Success)).add(7);
    calls.add(2);
    calls.add(u64::from(u32::MAX));
    let cost = COST.bind(meter, ("small",));
    cost.add(0.25);
    cost.add(0.5);
    let active = ACTIVE.bind(meter, ());
    active.add(3);
    active.add(-5);
    LAST.bind(meter, ()).set(1_700_000_000.5);
    CACHED.bind(meter, ()).set(0.125);
    let duration = DURATION.bind(meter, (Status::Success,));
    for seconds in [0.25, 0.5, 2.25, 400.0] {
        duration.record(seconds);
    }
    DURATION.bind(meter, (Status::Error,));
    let discount = DISCOUNT.bind(meter, (Status::Success,));
    discount.record(0.25);
    discount.record(0.75);
    DISCOUNT.bind(meter, (Status::Error,));
    CHECKSUM.bind(meter, ()).record(0.5);
}
