//! The domain `telemetry`: whether the telemetry itself can be trusted.

use std::time::Duration;

use botmeter_core::{
    Counter, Domain, DropReason, Each, Gauge, Histogram, Instrument, Meter, Table, Unit, Watch,
    buckets, open_label,
};
use botmeter_export::{BackendKind, ExportStatus, Told};

pub use botmeter_core::process::{BUILD, HEARTBEAT, START_TIME, Version};

open_label! {
    /// The dotted name of an instrument.
    pub struct InstrumentName: "instrument", limit 500;
}

/// Exports of one backend.
pub static EXPORTS: Instrument<Counter, (BackendKind, ExportStatus)> = Instrument::counter(
    "telemetry.exports",
    Unit::of("{export}"),
    "Exports that ended, by backend: pushes, answered scrapes and prints.",
);
/// How long exports take.
pub static EXPORT_DURATION: Instrument<Histogram, (BackendKind,)> = Instrument::histogram(
    "telemetry.export.duration",
    Unit::SECONDS,
    "How long an export took, failed ones included.",
    buckets::FAST,
);
/// When the last export arrived.
pub static LAST_EXPORT: Instrument<Gauge, (BackendKind,)> = Instrument::gauge(
    "telemetry.last_export.timestamp",
    Unit::SECONDS,
    "Unix time of the last export that arrived; absent until one did.",
);
/// How many series there are.
pub static SERIES: Instrument<Gauge, (InstrumentName,)> = Instrument::gauge(
    "telemetry.series",
    Unit::of("{series}"),
    "Label sets that an instrument has, a histogram counted as one.",
);
/// What became `other`.
pub static OVERFLOW: Instrument<Counter, (InstrumentName,)> = Instrument::counter(
    "telemetry.overflow",
    Unit::of("{event}"),
    "Events whose label values a limit changed: they became other, or were cut.",
);
/// What was dropped.
pub static DROPPED: Instrument<Counter, (DropReason,)> = Instrument::counter(
    "telemetry.dropped",
    Unit::of("{measurement}"),
    "Measurements and spans that were lost, by reason.",
);
/// Starts of the telemetry.
pub static STARTUP: Instrument<Counter, ()> = Instrument::counter(
    "telemetry.startup",
    Unit::of("{start}"),
    "Counted once when telemetry starts: if this series is there, the route works.",
);
/// The instruments that say whether the others can be trusted.
///
/// Registered by every [`Telemetry`](crate::Telemetry); a program has nothing
/// to do for it.
#[derive(Debug)]
pub struct SelfObservation {
    startup: Counter,
    heartbeat: Gauge,
    start_time: Gauge,
    build: Table<(Version,), Gauge>,
    exports: Each<BackendKind, ExportHandles>,
}

impl Domain for SelfObservation {
    const NAME: &'static str = "telemetry";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        meter.report_to(Observer::new(&meter.unwatched()));
        let meter = &meter.lasting();
        Self {
            startup: STARTUP.bind(meter, ()),
            heartbeat: HEARTBEAT.bind(meter, ()),
            start_time: START_TIME.bind(meter, ()),
            build: BUILD.table(meter),
            exports: Each::new(|backend| ExportHandles::describe(meter, backend)),
        }
    }
}

impl SelfObservation {
    /// The start of this version at this Unix time.
    pub(crate) fn started(&self, version: &str, unix_time: f64) {
        self.startup.add(1);
        self.start_time.set(unix_time);
        self.build.row((version,)).set(1.0);
        self.alive(unix_time);
    }

    /// A sign of life at this Unix time.
    pub(crate) fn alive(&self, unix_time: f64) {
        self.heartbeat.set(unix_time);
    }

    /// What records the exports of a backend.
    pub(crate) fn exports_of(&self, backend: BackendKind) -> ExportHandles {
        self.exports[backend].clone()
    }
}

/// What records the exports of one backend. Its series exist once the backend
/// runs: nobody wants zeros for a route that was not chosen.
#[derive(Clone, Debug)]
pub(crate) struct ExportHandles {
    success: Counter,
    error: Counter,
    duration: Histogram,
    /// A program without spans exports none, so a long time since the last
    /// export of spans means nothing.
    last_success: Option<Gauge>,
}

impl ExportHandles {
    fn describe(meter: &Meter, backend: BackendKind) -> Self {
        Self {
            success: EXPORTS.bind_late(meter, (backend, ExportStatus::Success)),
            error: EXPORTS.bind_late(meter, (backend, ExportStatus::Error)),
            duration: EXPORT_DURATION.bind_late(meter, (backend,)),
            last_success: (backend != BackendKind::Traces)
                .then(|| LAST_EXPORT.bind_late(meter, (backend,))),
        }
    }
}

impl Told for ExportHandles {
    fn counted(&self, succeeded: u64, failed: u64) {
        self.success.at_least(succeeded);
        self.error.at_least(failed);
    }

    fn ended(&self, took: Duration, success_at: Option<f64>) {
        self.duration.record(took.as_secs_f64());
        if let (Some(last_success), Some(unix_time)) = (&self.last_success, success_at) {
            last_success.set(unix_time);
        }
    }
}

/// What a meter reports its losses and its size to.
#[derive(Debug)]
struct Observer {
    dropped: Each<DropReason, Counter>,
    overflow: Table<(InstrumentName,), Counter>,
    series: Table<(InstrumentName,), Gauge>,
}

impl Observer {
    fn new(meter: &Meter) -> Self {
        Self {
            dropped: Each::new(|reason| DROPPED.bind(meter, (reason,))),
            overflow: OVERFLOW.table(meter),
            series: SERIES.table(meter),
        }
    }
}

impl Watch for Observer {
    fn dropped(&self, reason: DropReason, in_all: u64) {
        self.dropped[reason].at_least(in_all);
    }

    fn overflowed(&self, name: &str) {
        self.overflow.row((name,)).add(1);
    }

    fn series(&self, name: &str, count: usize) {
        // The first overflow must not be lost to `increase()`, so the series
        // of both exist from the start.
        self.overflow.row((name,));
        self.series.row((name,)).raise(count as f64);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicBool, Ordering},
        thread,
    };

    use botmeter_core::Memory;

    use super::*;

    open_label! {
        /// Something that has a name.
        struct Tool: "tool", limit 100;
    }

    static CALLS: Instrument<Counter, (Tool,)> =
        Instrument::counter("test.calls", Unit::of("{call}"), "Calls of a tool.");

    #[test]
    fn no_loss_is_forgotten_or_told_twice_while_those_so_far_are_told() {
        for _ in 0..300 {
            let memory = Memory::new();
            let meter = Meter::new(memory.clone());
            let stop = AtomicBool::new(false);
            thread::scope(|scope| {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        meter.dropped(DropReason::AfterShutdown);
                    }
                });
                while meter.dropped_count(DropReason::AfterShutdown) == 0 {
                    thread::yield_now();
                }
                drop(SelfObservation::register(&meter));
                stop.store(true, Ordering::Relaxed);
            });
            let told = memory.value("telemetry_dropped_total", &[("reason", "after_shutdown")]);
            let counted = meter.dropped_count(DropReason::AfterShutdown);
            assert_eq!(told, Some(counted as f64));
        }
    }

    #[test]
    fn the_number_of_series_is_that_of_all_whoever_is_told_last() {
        for _ in 0..100 {
            let memory = Memory::new();
            let meter = Meter::new(memory.clone());
            let _own = SelfObservation::register(&meter);
            thread::scope(|scope| {
                for half in 0..2 {
                    let meter = &meter;
                    scope.spawn(move || {
                        for tool in 0..10 {
                            CALLS.bind(meter, (format!("{half}-{tool}").as_str(),));
                        }
                    });
                }
            });
            let told = memory.value("telemetry_series", &[("instrument", "test.calls")]);
            assert_eq!(told, Some(20.0));
        }
    }
}
