//! What recording costs: botmeter over each backend, beside the libraries
//! below and beside it, in one run.
//!
//! Labels come as texts of their own on the heap, in changing combinations, as
//! they do in a program. `cargo xtask bench` turns the result into ratios.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot start has to stop")]

mod ours;
mod peers;
mod texts;

use std::{
    hint::black_box,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use botmeter_llm::{Provider, Usage};
use criterion::{
    BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime,
};

use crate::{ours::Ours, peers::Peers, texts::Texts};

type Group<'a> = BenchmarkGroup<'a, WallTime>;

fn counter(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("counter");
    let atomic = AtomicU64::new(0);
    group.bench_function("raw atomic", |b| b.iter(|| atomic.fetch_add(1, Ordering::Relaxed)));
    Peers::get().counters(&mut group);
    for ours in Ours::all() {
        let held = ours.domain.counters.row(("a", "b", "c"));
        group.bench_function(ours.name("held"), |b| b.iter(|| held.add(black_box(1))));
        let mut texts = Texts::new();
        let all = texts.map(|labels| ours.domain.counters.row(labels).clone());
        let mut at = 0;
        group.bench_function(ours.name("held in turn"), |b| {
            b.iter(|| {
                at = (at + 1) % all.len();
                all[at].add(1);
            });
        });
        group.bench_function(ours.name("labels"), |b| {
            b.iter(|| ours.domain.counters.row(texts.next()).add(1));
        });
        let alike: Vec<String> = (0..64).map(|n| format!("users/id-{n:04}-/profile")).collect();
        group.bench_function(ours.name("labels alike at both ends"), |b| {
            b.iter(|| {
                at = (at + 1) % alike.len();
                ours.domain.counters.row((&alike[at], "b", "c")).add(1);
            });
        });
    }
}

fn histogram(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("histogram");
    let buckets: Vec<AtomicU64> = (0..17).map(|_| AtomicU64::new(0)).collect();
    let sum = AtomicU64::new(0);
    group.bench_function("raw atomic", |b| {
        b.iter(|| {
            let value = black_box(0.3);
            let bucket = botmeter_core::buckets::LLM.partition_point(|bound| *bound < value);
            buckets[bucket].fetch_add(1, Ordering::Relaxed);
            sum.fetch_add(1, Ordering::Relaxed)
        });
    });
    Peers::get().histograms(&mut group);
    for ours in Ours::all() {
        let held = ours.domain.histograms.row(("a", "b", "c"));
        group.bench_function(ours.name("held"), |b| b.iter(|| held.record(black_box(0.3))));
        let mut texts = Texts::new();
        let all = texts.map(|labels| ours.domain.histograms.row(labels).clone());
        let mut at = 0;
        group.bench_function(ours.name("held in turn"), |b| {
            b.iter(|| {
                at = (at + 1) % all.len();
                all[at].record(black_box(0.3));
            });
        });
        group.bench_function(ours.name("labels"), |b| {
            b.iter(|| ours.domain.histograms.row(texts.next()).record(black_box(0.3)));
        });
    }
}

/// A reply of 1000 and 100 tokens with a known price: what it takes to start
/// the call, time it, and record its end.
fn llm_call(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("llm call");
    Peers::get().calls(&mut group);
    for ours in Ours::all() {
        let mut texts = Texts::new();
        group.bench_function(ours.call_name(), |b| {
            b.iter(|| {
                let call = ours.llm.start(Provider::OpenAi, texts.model());
                call.finish(&Usage::including_cache(black_box(1000_u64), black_box(100_u64)));
            });
        });
    }
}

/// The clock that both sides of a call read.
fn clock(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("clock");
    group.bench_function("two readings", |b| {
        b.iter(|| {
            let start = Instant::now();
            black_box(start).elapsed()
        });
    });
}

criterion_group! {
    name = record;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .sample_size(50)
        .without_plots();
    targets = counter, histogram, llm_call, clock
}
criterion_main!(record);
