//! What recording costs: botmeter over each backend, beside the libraries
//! below and beside it, in one run.
//!
//! Labels come as texts of their own on the heap, in changing combinations, as
//! they do in a program. All cases have their turn in each round, and the
//! median counts, so that what disturbs the machine disturbs all; `cargo xtask
//! bench` makes ratios of the medians.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot start has to stop")]

mod cases;
mod ours;
mod peers;
mod texts;

use std::{
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use botmeter::llm::{Provider, Usage};

use crate::{cases::Cases, ours::Ours, peers::Peers, texts::Texts};

fn main() {
    let mut cases = Cases::default();
    counter(&mut cases);
    histogram(&mut cases);
    llm_call(&mut cases);
    clock(&mut cases);
    cases.measure();
}

fn counter(cases: &mut Cases) {
    cases.begin("counter");
    let atomic = AtomicU64::new(0);
    cases.add("raw atomic", move || atomic.fetch_add(1, Ordering::Relaxed));
    let shared = Arc::new(AtomicU64::new(0));
    cases.add("raw atomic behind an Arc", move || {
        black_box(&shared).fetch_add(black_box(1), Ordering::Relaxed)
    });
    Peers::get().counters(cases);
    for ours in Ours::all() {
        let held = ours.domain.counters.row(("a", "b", "c"));
        cases.add(ours.name("held"), move || held.add(black_box(1)));
        let all = Texts::new().map(|labels| ours.domain.counters.row(labels).clone());
        let mut at = 0;
        cases.add(ours.name("held in turn"), move || {
            at = (at + 1) % all.len();
            all[at].add(1);
        });
        let mut texts = Texts::new();
        cases.add(ours.name("labels"), move || ours.domain.counters.row(texts.next()).add(1));
        let alike: Vec<String> = (0..64).map(|n| format!("users/id-{n:04}-/profile")).collect();
        cases.add(ours.name("labels alike at both ends"), move || {
            at = (at + 1) % alike.len();
            ours.domain.counters.row((&alike[at], "b", "c")).add(1);
        });
    }
}

fn histogram(cases: &mut Cases) {
    cases.begin("histogram");
    let buckets: Vec<AtomicU64> = (0..17).map(|_| AtomicU64::new(0)).collect();
    let sum = AtomicU64::new(0);
    cases.add("raw atomic", move || {
        let value = black_box(0.3);
        let bucket = botmeter::core::buckets::LLM.partition_point(|bound| *bound < value);
        buckets[bucket].fetch_add(1, Ordering::Relaxed);
        sum.fetch_add(1, Ordering::Relaxed)
    });
    Peers::get().histograms(cases);
    for ours in Ours::all() {
        let held = ours.domain.histograms.row(("a", "b", "c"));
        cases.add(ours.name("held"), move || held.record(black_box(0.3)));
        let all = Texts::new().map(|labels| ours.domain.histograms.row(labels).clone());
        let mut at = 0;
        cases.add(ours.name("held in turn"), move || {
            at = (at + 1) % all.len();
            all[at].record(black_box(0.3));
        });
        let mut texts = Texts::new();
        cases.add(ours.name("labels"), move || {
            ours.domain.histograms.row(texts.next()).record(black_box(0.3));
        });
    }
}

/// A reply of 1000 and 100 tokens with a known price: what it takes to start
/// the call, time it, and record its end.
fn llm_call(cases: &mut Cases) {
    cases.begin("llm call");
    Peers::get().calls(cases);
    for ours in Ours::all() {
        let mut texts = Texts::new();
        cases.add(ours.call_name(), move || {
            let call = ours.llm.start(Provider::OpenAi, texts.model());
            call.finish(&Usage::including_cache(black_box(1000_u64), black_box(100_u64)));
        });
    }
}

/// The clock that both sides of a call read.
fn clock(cases: &mut Cases) {
    cases.begin("clock");
    cases.add("two readings", move || {
        let start = Instant::now();
        black_box(start).elapsed()
    });
}
