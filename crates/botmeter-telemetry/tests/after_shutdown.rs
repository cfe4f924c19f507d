//! What is recorded after a shutdown: counted, said once, and never exported
//! in silence or lost in silence.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use botmeter_core::{
    Backend, Bound, Bridge, Counter, Domain, DropReason, Error, FloatCounter, Gauge, Histogram,
    Instrument, Memory, Meter, Sink, Store, Table, Unit, UpDownCounter, buckets, open_label,
    store::{Family, Labels},
};
use botmeter_telemetry::{Environment, Telemetry};

use witness::logged;

open_label! {
    /// A tool.
    struct Tool: "tool", limit 10;
}

static CALLS: Instrument<Counter, (Tool,)> =
    Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");
static SPENT: Instrument<FloatCounter, ()> =
    Instrument::float_counter("tool.spent.dollars", Unit::of("{USD}"), "Money.");
static BUSY: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("tool.busy", Unit::of("{call}"), "Calls that go on.");
static LEVEL: Instrument<Gauge, ()> =
    Instrument::gauge("tool.level", Unit::of("{step}"), "A level.");
static SIZE: Instrument<Histogram, ()> =
    Instrument::histogram("tool.size", Unit::BYTES, "A size.", buckets::COUNT);

#[derive(Debug)]
struct Tools {
    meter: Meter,
    calls: Table<(Tool,), Counter>,
    spent: FloatCounter,
    busy: UpDownCounter,
    level: Gauge,
    size: Histogram,
}

impl Domain for Tools {
    const NAME: &'static str = "tools";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self {
            meter: meter.clone(),
            calls: CALLS.table(meter),
            spent: SPENT.bind(meter, ()),
            busy: BUSY.bind(meter, ()),
            level: LEVEL.bind_late(meter, ()),
            size: SIZE.bind(meter, ()),
        }
    }
}

impl Tools {
    /// One measurement with each kind of handle.
    fn record(&self) {
        self.spent.add(1.0);
        self.busy.add(1);
        self.level.set(1.0);
        self.size.record(1.0);
        self.calls.row(("search",)).add(1);
    }

    fn late(&self) -> u64 {
        self.meter.dropped_count(DropReason::AfterShutdown)
    }
}

const SOON: Duration = Duration::from_secs(5);

fn start(backend: impl Backend) -> (Telemetry, Tools) {
    let builder = Telemetry::builder("test").backend(backend);
    builder.environment(Environment::default()).start::<Tools>().unwrap()
}

#[test]
fn what_comes_after_the_shutdown_is_counted_and_said_once() {
    let memory = Memory::new();
    let (telemetry, tools) = start(memory.clone());
    let dropped = || memory.value("telemetry_dropped_total", &[("reason", "after_shutdown")]);
    tools.record();
    telemetry.flush_blocking(SOON).unwrap();
    tools.record();
    assert_eq!((dropped(), tools.late()), (Some(0.0), 0), "a flush is no end");

    let log = logged(|| {
        telemetry.shutdown_blocking(SOON).unwrap();
        assert_eq!(tools.late(), 0, "telemetry itself is heard to the last");
        drop(telemetry);
        for _ in 0..10 {
            tools.record();
        }
    });
    assert_eq!((dropped(), tools.late()), (Some(50.0), 50));
    assert_eq!(
        log,
        " WARN an event came after the shutdown of its telemetry and is not exported, nor will \
         be any other: keep Telemetry alive until the last bot has ended, and end guards before \
         `shutdown` instrument=\"tool_spent_dollars_total\"\n"
    );
}

#[test]
fn each_telemetry_ends_for_itself() {
    let (ended, late) = start(Memory::new());
    let (telemetry, tools) = start(Memory::new());
    let log = logged(|| {
        ended.shutdown_blocking(SOON).unwrap();
        tools.record();
        late.record();
        telemetry.shutdown_blocking(SOON).unwrap();
        tools.calls.row(("a tool that is new",)).add(1);
        late.record();
    });
    assert_eq!((late.late(), tools.late()), (10, 1));
    let warnings: Vec<&str> =
        log.lines().filter_map(|line| line.split_once("instrument=")).map(|(_, it)| it).collect();
    assert_eq!(warnings, ["\"tool_spent_dollars_total\"", "\"tool_calls_total\""], "{log}");
}

#[test]
fn telemetry_that_is_turned_off_has_nothing_to_lose() {
    let (telemetry, tools) = Telemetry::builder("test")
        .environment([("OTEL_SDK_DISABLED", "true")].into_iter().collect())
        .start::<Tools>()
        .unwrap();
    let log = logged(|| {
        telemetry.shutdown_blocking(SOON).unwrap();
        tools.record();
    });
    assert_eq!((tools.late(), log.as_str()), (0, ""));
}

/// A bridge may answer with the same sink whoever asks.
#[test]
fn a_sink_that_two_telemetries_share_is_late_for_one_of_them() {
    #[derive(Clone, Debug)]
    struct Same(Bound<u64>);
    impl Backend for Same {
        fn bridge(&self) -> Option<Arc<dyn Bridge>> {
            Some(Arc::new(self.clone()))
        }
    }
    impl Bridge for Same {
        fn counter(&self, _: &Family, _: &Labels) -> Bound<u64> {
            self.0.clone()
        }
    }
    let calls = Arc::<AtomicU64>::default();
    let same = Same(Bound::to(Cell(Arc::clone(&calls))));
    let ((ended, late), (_telemetry, tools)) = (start(same.clone()), start(same));
    let (of_late, of_tools) = (late.calls.row(("search",)), tools.calls.row(("search",)));
    ended.shutdown_blocking(SOON).unwrap();
    let before = calls.load(Ordering::Relaxed);
    of_late.add(1);
    of_tools.add(1);
    assert_eq!((late.late(), tools.late()), (1, 0));
    // The third is the count of what came late.
    assert_eq!(calls.load(Ordering::Relaxed) - before, 3);
}

/// Exports once, when it is shut down, and takes its time after that.
#[derive(Clone, Debug, Default)]
struct LastExport {
    memory: Memory,
    /// The bits of an `f64`.
    exported: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Cell(Arc<AtomicU64>);

impl Sink<u64> for Cell {
    fn record(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }
}

impl Backend for LastExport {
    fn open(&self, store: &Store) -> Store {
        self.memory.open(store)
    }

    fn shutdown(&self, _: Duration) -> Result<(), Error> {
        let calls = self.memory.value("tool_calls_total", &[("tool", "search")]);
        self.exported.store(calls.unwrap().to_bits(), Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
        Ok(())
    }
}

#[test]
fn what_races_with_a_shutdown_is_exported_or_counted() {
    let backend = LastExport::default();
    let (telemetry, tools) = start(backend.clone());
    let stop = AtomicBool::new(false);
    let recorded = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let calls = tools.calls.row(("search",));
                while !stop.load(Ordering::Relaxed) {
                    calls.add(1);
                    recorded.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let deadline = Instant::now() + SOON;
        while recorded.load(Ordering::Relaxed) < 1000 && Instant::now() < deadline {
            thread::yield_now();
        }
        telemetry.shutdown_blocking(SOON).unwrap();
        stop.store(true, Ordering::Relaxed);
    });
    let recorded = recorded.into_inner() as f64;
    let exported = f64::from_bits(backend.exported.load(Ordering::SeqCst));
    let late = tools.late() as f64;
    assert!(exported >= 1000.0 && late > 0.0, "{exported} exported, {late} too late");
    assert!(exported + late >= recorded, "{exported} exported, {late} too late of {recorded}");
}
