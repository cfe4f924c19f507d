//! Events in, the text that a scraper sees out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use botmeter_core::{Domain, Memory, Meter};

use crate::{Desk, Reason};

/// Every series that is not zero, but for what depends on the clock.
#[track_caller]
fn check(events: impl FnOnce(&Desk), expected: &[&str]) {
    let memory = Memory::new();
    events(&Desk::register(&Meter::new(memory.clone())));
    let text = memory.text();
    let is_clock = |line: &str| line.contains("_bucket{") || line.contains("_sum{");
    let moved: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.ends_with(" 0") && !is_clock(line))
        .collect();
    assert_eq!(moved, expected, "\n{text}");
}

#[test]
fn a_solved_ticket_is_counted_once() {
    check(
        |desk| desk.open("billing").solve(),
        &[
            "support_duration_seconds_count{queue=\"billing\",outcome=\"solved\"} 1",
            "support_tickets_total{queue=\"billing\",outcome=\"solved\"} 1",
        ],
    );
}

#[test]
fn a_ticket_that_is_handed_over_has_a_reason() {
    check(
        |desk| desk.open("billing").hand_over(Reason::Unsure),
        &[
            "support_duration_seconds_count{queue=\"billing\",outcome=\"handed_over\"} 1",
            "support_hand_overs_total{queue=\"billing\",reason=\"unsure\"} 1",
            "support_tickets_total{queue=\"billing\",outcome=\"handed_over\"} 1",
        ],
    );
}

#[test]
fn a_dropped_ticket_is_abandoned_and_one_in_a_panic_failed() {
    check(
        |desk| {
            drop(desk.open("billing"));
            let broken = catch_unwind(AssertUnwindSafe(|| {
                let _ticket = desk.open("billing");
                panic!("on purpose");
            }));
            assert!(broken.is_err());
        },
        &[
            "support_duration_seconds_count{queue=\"billing\",outcome=\"abandoned\"} 1",
            "support_duration_seconds_count{queue=\"billing\",outcome=\"failed\"} 1",
            "support_tickets_total{queue=\"billing\",outcome=\"abandoned\"} 1",
            "support_tickets_total{queue=\"billing\",outcome=\"failed\"} 1",
        ],
    );
}

#[test]
fn a_ticket_is_open_until_it_ends() {
    let memory = Memory::new();
    let desk = Desk::register(&Meter::new(memory.clone()));
    let open = || memory.value("support_tickets_open", &[("queue", "billing")]);
    let ticket = desk.open("billing");
    assert_eq!(open(), Some(1.0));
    ticket.fail();
    assert_eq!(open(), Some(0.0));
}
