//! How long an export takes: a page and a push of many series, by botmeter and
//! by the libraries beside it, in one run.
//!
//! All libraries keep the same series. Rounds go through them in turn, so that
//! what disturbs the machine disturbs all; between two exports every series is
//! recorded once, which is not timed. `cargo xtask bench` makes ratios of the
//! medians, which are written to a file in the folder that `BENCH_FIGURES` names.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot start has to stop")]

mod bare;
mod figures;
mod in_measured;
mod in_metrics;
mod in_opentelemetry;
mod ours;
mod series;
mod subject;

use std::time::Instant;

use crate::{
    figures::Figures,
    series::{CASES, Case},
    subject::{LIBRARIES, Subject},
};

fn main() {
    let mut figures = Figures::default();
    for case in CASES {
        time(case, &mut figures);
    }
    figures.write("export.json");
}

fn time(case: &Case, figures: &mut Figures) {
    let sets = case.sets();
    let mut subjects = LIBRARIES.map(|subject| subject(case.kind));
    let mut times: Vec<Vec<f64>> = Vec::new();
    let rounds = (250_000 / sets.len()).clamp(7, 51);
    for round in 0..=rounds {
        let mut at = 0;
        for Subject { by, record, exports } in &mut subjects {
            for export in exports {
                sets.iter().for_each(&mut *record);
                let start = Instant::now();
                let bytes = (export.run)();
                let took = start.elapsed();
                assert!(bytes > 50 * sets.len(), "{by} left out series: {bytes} bytes");
                times.resize_with(times.len().max(at + 1), Vec::new);
                // The first round makes what the others use again.
                if round > 0 {
                    times[at].push(took.as_nanos() as f64);
                }
                at += 1;
            }
        }
    }
    let exports = subjects.iter().flat_map(|it| it.exports.iter().map(|export| (it.by, export)));
    for ((by, export), mut times) in exports.zip(times) {
        times.sort_by(f64::total_cmp);
        figures.add(format!("{} of {case}/{by}", export.what), "ns", times[times.len() / 2]);
    }
}
