//! From label values to what records under them.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::{
    Descriptor, Instrument, LabelSet, Meter, Recorder,
    label::{LabelInfo, Values, parts::LabelSetParts},
    problem,
    slots::{MOST_ENTRIES, Slots},
};

/// The most rows of one table; label sets past it share the row of `other`.
pub const MAX_ROWS: usize = 2000;

/// What a domain records with, one row for each set of dynamic labels.
///
/// A row is whatever the domain binds for one set of values: a single handle,
/// or a struct of all the handles that an event touches, so that one look-up
/// serves the whole event. A known row is found without a lock and without
/// allocating.
///
/// ```
/// use botmeter_core::{Counter, Instrument, Memory, Meter, Unit, open_label};
///
/// open_label! {
///     /// The name of a tool.
///     pub struct Tool: "tool", limit 2;
/// }
///
/// static CALLS: Instrument<Counter, (Tool,)> =
///     Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");
///
/// let memory = Memory::new();
/// let meter = Meter::new(memory.clone());
/// let calls = CALLS.table(&meter);
/// for tool in ["search", "fetch", "search", "shell"] {
///     calls.row((tool,)).add(1);
/// }
/// assert_eq!(memory.value("tool_calls_total", &[("tool", "search")]), Some(2.0));
/// assert_eq!(memory.value("tool_calls_total", &[("tool", "other")]), Some(1.0));
/// ```
pub struct Table<L: LabelSet, T> {
    meter: Meter,
    counted: &'static Descriptor,
    limits: L::Limits,
    make: Make<L, T>,
    rows: Slots<RowKey<L::Key>, T>,
    is_full_known: AtomicBool,
    /// Stands in where no row can be had, which `SURPLUS_ROWS` rules out.
    nowhere: T,
}

/// A row that stands for values which a limit changed is another than the row
/// of those who really are called so, because its events are counted.
#[derive(Debug)]
struct RowKey<K> {
    values: K,
    is_changed: bool,
}

type Make<L, T> = Box<dyn Fn(&Meter, <L as LabelSetParts>::Values<'_>) -> T + Send + Sync>;

/// Room for the surplus rows: one for each combination of closed labels.
const SURPLUS_ROWS: usize = MOST_ENTRIES - MAX_ROWS;

impl<L: LabelSet, T> Table<L, T> {
    /// A table that makes its rows with `make`.
    ///
    /// `make` is called once at the start to learn which instruments a row
    /// has, so it must bind the same ones whatever the values. Threads that
    /// want the same new row at once may each call it, and one of the rows is
    /// kept. It may look up other rows of the table; for the very row that it
    /// makes it gets the one of `other`.
    ///
    /// Events whose values a limit changed are counted under `counted`, with
    /// each measurement of it: choose the instrument that every event records.
    pub fn new(
        meter: &Meter,
        counted: &'static Instrument<impl Recorder, impl LabelSet>,
        make: impl Fn(&Meter, L::Values<'_>) -> T + Send + Sync + 'static,
    ) -> Self {
        const { assert!(closed_combinations(L::LABELS) <= SURPLUS_ROWS, "too many closed labels") };
        let notes = Meter::of(&[]);
        let nowhere = make(&notes, L::sample());
        for descriptor in notes.store().descriptors() {
            meter.describe(descriptor);
        }
        Self {
            limits: L::limits(meter.admissions()),
            meter: meter.clone(),
            counted: counted.descriptor(),
            make: Box::new(make),
            rows: Slots::new(),
            is_full_known: AtomicBool::new(false),
            nowhere,
        }
    }

    /// The row of these values, made if it is new.
    #[inline]
    pub fn row(&self, values: L::Values<'_>) -> &T {
        let digest = L::digest(values);
        let is_key =
            |key: &RowKey<L::Key>| !key.is_changed && L::matches(&key.values, digest, values);
        match self.rows.find(L::hash(digest), is_key) {
            Some(row) => row,
            None => self.admit(values),
        }
    }

    /// Sees every row there is, in no particular order.
    pub fn for_each(&self, mut see: impl FnMut(L::Values<'_>, &T)) {
        self.rows.for_each(|key, row| see(L::values(&key.values), row));
    }

    #[cold]
    fn admit(&self, values: L::Values<'_>) -> &T {
        L::admit(&self.limits, values, |values, is_changed| {
            match self.find_or_insert(values, is_changed, MAX_ROWS - 1) {
                Some(row) => row,
                None => self.surplus(values),
            }
        })
    }

    /// The row that all label sets past the limit share. One place is kept for
    /// it; closed labels may need a few more.
    fn surplus(&self, values: L::Values<'_>) -> &T {
        if self.rows.len() >= MAX_ROWS - 1 && !self.is_full_known.swap(true, Ordering::Relaxed) {
            problem!(
                warn,
                instrument = self.counted.name(),
                limit = MAX_ROWS,
                "an instrument has as many sets of label values as it may: the values of \
                     others become `other`, and their events are counted in \
                     telemetry_overflow_total"
            );
        }
        self.find_or_insert(L::surplus(values), true, usize::MAX).unwrap_or(&self.nowhere)
    }

    fn find_or_insert(&self, values: L::Values<'_>, is_changed: bool, most: usize) -> Option<&T> {
        let digest = L::digest(values);
        let hash = if is_changed { !L::hash(digest) } else { L::hash(digest) };
        let is_key = |key: &RowKey<L::Key>| {
            key.is_changed == is_changed && L::matches(&key.values, digest, values)
        };
        if let Some(row) = self.rows.find(hash, is_key) {
            return Some(row);
        }
        if self.rows.len() >= most {
            return None;
        }
        self.rows.insert(hash, is_key, most, || {
            let key = RowKey { values: L::key(values), is_changed };
            let row = if is_changed {
                (self.make)(&self.meter.for_surplus_of(self.counted), values)
            } else {
                (self.make)(&self.meter, values)
            };
            (key, row)
        })
    }
}

impl<H: Recorder, L: LabelSet> Instrument<H, L> {
    /// A table of handles, one for each set of label values that comes.
    pub fn table(&'static self, meter: &Meter) -> Table<L, H> {
        Table::new(meter, self, |meter, values| self.bind(meter, values))
    }
}

impl<L: LabelSet, T> fmt::Debug for Table<L, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("counted", &self.counted.name())
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

const fn closed_combinations(labels: &[LabelInfo]) -> usize {
    let mut product: usize = 1;
    let mut at = 0;
    while at < labels.len() {
        if let Values::Closed(values) = labels[at].values() {
            product = product.saturating_mul(values.len());
        }
        at += 1;
    }
    product
}
