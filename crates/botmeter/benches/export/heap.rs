//! What series and their exports take of the heap, by botmeter and by the
//! libraries beside it.
//!
//! What the measuring thread asks the allocator for is counted, and nothing
//! here works on another one. It is the same each time, so once is enough.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot start has to stop")]

mod bare;
mod figures;
mod in_measured;
mod in_metrics;
mod in_opentelemetry;
mod ours;
mod series;
mod subject;

use std::hint::black_box;

use allocation_counter::measure;

use crate::{
    figures::Figures,
    series::{CASES, Case},
    subject::{LIBRARIES, Library, Subject},
};

fn main() {
    let mut figures = Figures::default();
    for case in CASES {
        for library in LIBRARIES {
            count(case, library, &mut figures);
        }
    }
    figures.write("export_heap.json");
}

fn count(case: &Case, library: Library, figures: &mut Figures) {
    let sets = case.sets();
    let mut made = None;
    let kept = measure(|| {
        let mut subject = library(case.kind);
        sets.iter().for_each(&mut subject.record);
        made = Some(subject);
    });
    let Subject { by, mut record, exports } = made.unwrap();
    let each = kept.bytes_current as f64 / sets.len() as f64;
    figures.add(format!("heap per series of {case}/{by}"), "bytes", each);
    for mut export in exports {
        let mut run = || {
            black_box((export.run)());
        };
        let first = measure(&mut run);
        sets.iter().for_each(&mut record);
        let later = measure(&mut run);
        // What the first one makes and the others use again is taken, too.
        let most = first.bytes_max.max(later.bytes_max);
        let of = format!("a {} of {case}/{by}", export.what);
        figures.add(format!("allocations of {of}"), "allocations", later.count_total as f64);
        figures.add(format!("heap of {of}"), "bytes", most as f64);
    }
}
