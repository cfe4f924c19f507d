//! One series: its labels and its cell.

use std::{
    hint::black_box,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use triomphe::ThinArc;

use super::labels::{Label, Labels};
use crate::wall;

/// No route shows it before something was recorded.
pub(crate) const HIDDEN: u8 = 1;
/// Its telemetry was shut down.
pub(crate) const ENDED: u8 = 2;
/// It outlives the end of its telemetry, of which it tells.
pub(crate) const LASTING: u8 = 4;

const FLAG_BITS: u32 = 3;
const FLAGS: u32 = (1 << FLAG_BITS) - 1;

/// What a series is at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Point<'a> {
    /// A whole number that grows.
    Counter(u64),
    /// A number with fractions that grows.
    FloatCounter(f64),
    /// A whole number that grows and shrinks.
    UpDownCounter(i64),
    /// A number that is set.
    Gauge(f64),
    /// How many measurements fell into each bucket, the one above the last
    /// bound included, and the sum of them all.
    Histogram {
        /// Not cumulative.
        buckets: &'a [u64],
        /// Of all measurements.
        sum: f64,
    },
}

/// When a series began to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    /// In nanoseconds of Unix time, by a clock that may be set, to the hundredth
    /// of a second.
    pub time: u64,
    /// How many had begun by then, this one among them: what nobody sets.
    pub number: u64,
}

static BIRTHS: AtomicU64 = AtomicU64::new(0);

/// How many series have begun to be shown in this process.
pub fn births() -> u64 {
    BIRTHS.load(Ordering::Acquire)
}

/// One series, in one piece of memory, with a pointer to it that is as small as
/// can be: there may be very many of them. Clones are the same series.
pub(crate) struct Series<C>(ThinArc<Head<C>, Arc<Label>>);

/// What stands before the labels.
struct Head<C> {
    cell: C,
    /// The number of its birth, and below that the flags.
    state: AtomicU32,
    /// When that was, in hundredths of a second since the first of all.
    born: AtomicU32,
}

impl<C> Series<C> {
    pub(super) fn new(cell: C, labels: &Labels, flags: u8) -> Self {
        let state = AtomicU32::new(number() | u32::from(flags));
        let head = Head { cell, state, born: AtomicU32::new(now()) };
        Self(ThinArc::from_header_and_iter(head, labels.iter().map(Arc::clone)))
    }

    #[inline]
    pub(crate) fn cell(&self) -> &C {
        &self.head().cell
    }

    pub(crate) fn labels(&self) -> &Labels {
        &self.0.slice
    }

    #[inline]
    fn head(&self) -> &Head<C> {
        &self.0.header.header
    }

    /// What there is to do beside recording; nothing, nearly always.
    #[inline]
    pub(crate) fn flags(&self) -> u8 {
        (self.head().state.load(Ordering::Relaxed) & FLAGS) as u8
    }

    /// Reads from both ends of its memory, so that it is at hand.
    pub(crate) fn look(&self) {
        black_box((ThinArc::strong_count(&self.0), self.labels().last().map(Arc::as_ptr)));
    }

    pub(crate) fn is_hidden(&self) -> bool {
        self.head().state.load(Ordering::Acquire) & u32::from(HIDDEN) != 0
    }

    /// Since when it is shown.
    pub(crate) fn birth(&self) -> Birth {
        let number = u64::from(self.head().state.load(Ordering::Relaxed) >> FLAG_BITS);
        let since = u64::from(self.head().born.load(Ordering::Relaxed)) * HUNDREDTH;
        Birth { time: EPOCH.saturating_add(since), number }
    }

    /// Shows it from now on; whether it was hidden.
    pub(crate) fn show(&self) -> bool {
        self.head().born.store(now(), Ordering::Relaxed);
        let shown = |state: u32| state & FLAGS & !u32::from(HIDDEN) | number();
        let is_hidden = |state: u32| state & u32::from(HIDDEN) != 0;
        let show = |state: u32| is_hidden(state).then(|| shown(state));
        self.head().state.fetch_update(Ordering::AcqRel, Ordering::Acquire, show).is_ok()
    }

    pub(crate) fn flag(&self, flag: u8) {
        if self.flags() & LASTING == 0 {
            self.head().state.fetch_or(flag.into(), Ordering::SeqCst);
        }
    }
}

impl<C> Clone for Series<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// That of one more birth, where a state has it.
fn number() -> u32 {
    let number = BIRTHS.fetch_add(1, Ordering::AcqRel) + 1;
    // There is no room for half a thousand million series.
    u32::try_from(number).unwrap_or(u32::MAX) << FLAG_BITS
}

const HUNDREDTH: u64 = 10_000_000;

static EPOCH: LazyLock<u64> = LazyLock::new(wall::nanos);

/// Stands still after 497 days, and where the clock is behind the beginning.
fn now() -> u32 {
    let epoch = *EPOCH;
    u32::try_from(wall::nanos().saturating_sub(epoch) / HUNDREDTH).unwrap_or(u32::MAX)
}
