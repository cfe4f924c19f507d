//! The plainest loop over cells whose labels are ready, in pieces: what a page
//! takes without any library.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt::{Display, Write as _},
    rc::Rc,
};

use crate::{
    series::{BOUNDS, COUNTER, HISTOGRAM, KEYS, Kind, SECONDS, Set},
    subject::{Export, Subject},
};

/// A piece goes out when it is that long.
const PIECE: usize = 64 * 1024;

struct Cell {
    /// `provider="…",model="…",tenant="…"`.
    labels: String,
    /// One for each bucket, or the count alone.
    counts: Vec<u64>,
    sum: f64,
}

pub(crate) fn subject(kind: Kind) -> Subject {
    let cells: Rc<RefCell<Vec<Cell>>> = Rc::default();
    let mut known: HashMap<Set, usize> = HashMap::new();
    let recorded = Rc::clone(&cells);
    let record = move |set: &Set| {
        let mut cells = recorded.borrow_mut();
        let at = known.get(set).copied().unwrap_or_else(|| {
            known.insert(set.clone(), cells.len());
            cells.push(Cell::new(kind, set));
            cells.len() - 1
        });
        let cell = &mut cells[at];
        let bucket = match kind {
            Kind::Counter => 0,
            Kind::Histogram => BOUNDS.partition_point(|bound| *bound < SECONDS),
        };
        cell.counts[bucket] += 1;
        cell.sum += SECONDS;
    };
    let bounds = BOUNDS.iter().map(|bound| format!(",le=\"{bound}\""));
    let bounds: Vec<String> = bounds.chain([",le=\"+Inf\"".to_owned()]).collect();
    let mut piece = String::new();
    let page = move || {
        let mut written = 0;
        for cell in &*cells.borrow() {
            match kind {
                Kind::Counter => cell.counter(&mut piece),
                Kind::Histogram => cell.histogram(&mut piece, &bounds),
            }
            if piece.len() > PIECE {
                written += piece.len();
                piece.clear();
            }
        }
        written += piece.len();
        piece.clear();
        written
    };
    Subject { by: "bare loop", record: Box::new(record), exports: vec![Export::new("page", page)] }
}

impl Cell {
    fn new(kind: Kind, set: &Set) -> Self {
        let pairs: Vec<String> =
            KEYS.iter().zip(set).map(|(key, text)| format!("{key}=\"{text}\"")).collect();
        let counts = match kind {
            Kind::Counter => 1,
            Kind::Histogram => BOUNDS.len() + 1,
        };
        Self { labels: pairs.join(","), counts: vec![0; counts], sum: 0.0 }
    }

    fn counter(&self, text: &mut String) {
        self.line(text, "", "", self.counts[0]);
    }

    fn histogram(&self, text: &mut String, bounds: &[String]) {
        let mut below = 0;
        for (bound, count) in bounds.iter().zip(&self.counts) {
            below += count;
            self.line(text, "_bucket", bound, below);
        }
        self.line(text, "_sum", "", self.sum);
        self.line(text, "_count", "", below);
    }

    fn line(&self, text: &mut String, suffix: &str, bound: &str, value: impl Display) {
        let name = match self.counts.as_slice() {
            [_] => COUNTER,
            _ => HISTOGRAM,
        };
        for part in [name, suffix, "{", &self.labels, bound, "} "] {
            text.push_str(part);
        }
        writeln!(text, "{value}").unwrap();
    }
}
