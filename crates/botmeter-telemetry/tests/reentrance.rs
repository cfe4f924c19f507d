//! Rows whose making comes back to the table that makes them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    panic::{self, AssertUnwindSafe},
    sync::{Arc, Barrier, Mutex, OnceLock, PoisonError, mpsc},
    thread,
    time::Duration,
};

use botmeter_core::{Counter, Instrument, Memory, Meter, Table, Unit, open_label};

open_label! {
    /// The name of a tool.
    struct Tool: "tool", limit 1000;
}

static CALLS: Instrument<Counter, (Tool,)> =
    Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");

type Calls = Table<(Tool,), Counter>;

/// A table whose `make` may look itself up.
fn table(
    meter: &Meter,
    first: impl Fn(&Calls, &str) + Send + Sync + 'static,
) -> &'static OnceLock<Calls> {
    let here: &'static OnceLock<Calls> = Box::leak(Box::default());
    let made = Table::new(meter, &CALLS, move |meter, (tool,)| {
        if let Some(table) = here.get() {
            first(table, tool);
        }
        CALLS.bind(meter, (tool,))
    });
    here.set(made).unwrap();
    here
}

/// Panics where a test would otherwise wait for ever.
fn within_a_minute<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, wait) = mpsc::channel();
    thread::spawn(move || done.send(work()));
    wait.recv_timeout(Duration::from_mins(1)).unwrap()
}

fn calls(memory: &Memory, tool: &str) -> Option<f64> {
    memory.value("tool_calls_total", &[("tool", tool)])
}

#[test]
fn a_row_whose_making_looks_its_own_table_up_is_made() {
    let memory = Memory::new();
    let meter = Meter::new(memory.clone());
    within_a_minute(move || {
        let table = table(&meter, |table, tool| {
            if let Some(parent) = tool.strip_suffix("/child") {
                table.row((parent,)).add(10);
            }
        });
        table.get().unwrap().row(("a/child/child",)).add(1);
    });
    let all = ["a/child/child", "a/child", "a"].map(|tool| calls(&memory, tool));
    assert_eq!(all, [Some(1.0), Some(10.0), Some(10.0)]);
}

#[test]
fn a_row_whose_making_asks_for_that_very_row_gets_the_one_of_other() {
    let memory = Memory::new();
    let meter = Meter::new(memory.clone());
    within_a_minute(move || {
        let table = table(&meter, |table, tool| {
            if tool == "a" {
                table.row((tool,)).add(10);
            }
        });
        table.get().unwrap().row(("a",)).add(1);
    });
    assert_eq!((calls(&memory, "a"), calls(&memory, "other")), (Some(1.0), Some(10.0)));
}

#[test]
fn a_panic_hook_may_record_into_the_table_whose_make_panicked() {
    static HOOKED: OnceLock<&'static OnceLock<Calls>> = OnceLock::new();
    let memory = Memory::new();
    let meter = Meter::new(memory.clone());
    within_a_minute(move || {
        let table = table(&meter, |_, tool| assert_ne!(tool, "bad", "a row that cannot be made"));
        HOOKED.set(table).unwrap();
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() == Some("panics")
                && let Some(table) = HOOKED.get().and_then(|table| table.get())
            {
                table.row(("panics",)).add(1);
                table.row(("bad",)).add(1);
            } else {
                usual(info);
            }
        }));
        let panics = thread::Builder::new().name("panics".to_owned()).spawn(move || {
            let table = table.get().unwrap();
            let bad = || drop(table.row(("bad",)).clone());
            panic::catch_unwind(AssertUnwindSafe(bad)).unwrap_err();
            table.row(("good",)).add(1);
        });
        panics.unwrap().join().unwrap();
    });
    let all = ["panics", "good", "other", "bad"].map(|tool| calls(&memory, tool));
    assert_eq!(all, [Some(1.0), Some(1.0), Some(1.0), None]);
}

#[test]
fn two_tables_whose_rows_ask_for_rows_of_each_other_wait_for_none() {
    let memory = Memory::new();
    let meter = Meter::new(memory.clone());
    within_a_minute(move || {
        let tables = Arc::new(Mutex::new(Vec::new()));
        let meeting = Arc::new(Barrier::new(2));
        let asking = |at: usize| {
            let (tables, meeting) = (Arc::clone(&tables), Arc::clone(&meeting));
            move |_: &Calls, tool: &str| {
                if tool == ["left", "right"][at] {
                    meeting.wait();
                    let other: &'static OnceLock<Calls> =
                        tables.lock().unwrap_or_else(PoisonError::into_inner)[1 - at];
                    other.get().unwrap().row((["from left", "from right"][at],)).add(1);
                }
            }
        };
        let both = [table(&meter, asking(0)), table(&meter, asking(1))];
        tables.lock().unwrap().extend(both);
        thread::scope(|scope| {
            for (table, tool) in both.into_iter().zip(["left", "right"]) {
                scope.spawn(move || table.get().unwrap().row((tool,)).add(1));
            }
        });
    });
    let all = ["left", "right", "from left", "from right"].map(|tool| calls(&memory, tool));
    assert_eq!(all, [Some(1.0); 4]);
}

#[test]
fn threads_that_make_the_same_row_at_once_share_one() {
    let memory = Memory::new();
    let meter = Meter::new(memory.clone());
    within_a_minute(move || {
        let meeting = Arc::new(Barrier::new(4));
        let table = CALLS.table(&meter);
        thread::scope(|scope| {
            for _ in 0..4 {
                let (meeting, table) = (Arc::clone(&meeting), &table);
                scope.spawn(move || {
                    for tool in 0..300 {
                        meeting.wait();
                        table.row((&tool.to_string(),)).add(1);
                    }
                });
            }
        });
        let mut rows = 0;
        table.for_each(|_, _| rows += 1);
        assert_eq!(rows, 300);
    });
    let all: Vec<_> = (0..300).map(|tool| calls(&memory, &tool.to_string())).collect();
    assert_eq!(all, vec![Some(4.0); 300]);
}
