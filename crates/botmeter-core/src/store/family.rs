//! The series of one name.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    fmt,
    ops::ControlFlow,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    cell::{Amount, Cell, Count, Level, Reading, Spread},
    exemplar::{Exemplar, Exemplars},
    labels::Labels,
    series::{Birth, Point, Series},
    shelf::Shelf,
};
use crate::{Descriptor, Error, Kind, name};

/// What the series of one name have in common.
#[derive(Clone, Debug)]
pub struct Identity {
    name: Cow<'static, str>,
    prometheus_name: Arc<str>,
    kind: Kind,
    unit: Cow<'static, str>,
    /// Whoever names a series may explain it later.
    help: OnceLock<Cow<'static, str>>,
    bounds: Arc<[f64]>,
    descriptor: Option<&'static Descriptor>,
}

impl Identity {
    /// That of an instrument.
    pub fn of(descriptor: &'static Descriptor) -> Self {
        Self {
            name: descriptor.name().into(),
            prometheus_name: descriptor.prometheus_name().into(),
            kind: descriptor.kind(),
            unit: descriptor.unit().as_str().into(),
            help: OnceLock::from(Cow::from(descriptor.help())),
            bounds: descriptor.buckets().into(),
            descriptor: Some(descriptor),
        }
    }

    /// That of series which somebody else names: as OTLP has the name, and
    /// with the unit as it is spelt there, or none. Without a help, it may get
    /// one [later](Family::explain).
    pub fn foreign(
        name: impl Into<String>,
        kind: Kind,
        unit: impl Into<String>,
        help: impl Into<String>,
        bounds: &[f64],
    ) -> Self {
        let (name, unit, help) = (name.into(), unit.into(), help.into());
        Self {
            prometheus_name: name::translate(&name, &unit, kind).into(),
            name: name.into(),
            kind,
            unit: unit.into(),
            help: if help.is_empty() { OnceLock::new() } else { OnceLock::from(Cow::from(help)) },
            bounds: bounds.into(),
            descriptor: None,
        }
    }

    /// As OTLP has it: dotted.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As the page has it.
    pub fn prometheus_name(&self) -> &str {
        &self.prometheus_name
    }

    /// As the page has it, shared.
    pub fn shared_name(&self) -> &Arc<str> {
        &self.prometheus_name
    }

    /// What is measured: a count, a level, a distribution.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// As OTLP has it.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// A sentence for operators; empty if nobody has explained it.
    pub fn help(&self) -> &str {
        self.help.get().map_or("", AsRef::as_ref)
    }

    /// The upper bounds of a histogram's buckets, but for the last.
    pub fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// The instrument, if it is one of ours.
    pub fn descriptor(&self) -> Option<&'static Descriptor> {
        self.descriptor
    }
}

/// All series of one name.
pub struct Family {
    identity: Identity,
    order: usize,
    series: Shelves,
    exemplars: Exemplars,
    is_full_known: AtomicBool,
    is_cut_known: AtomicBool,
}

enum Shelves {
    Counter(Shelf<Count>),
    FloatCounter(Shelf<Amount>),
    UpDownCounter(Shelf<Level>),
    Gauge(Shelf<Reading>),
    Histogram(Shelf<Spread>),
}

/// Does the same with the shelf of any kind.
macro_rules! on_shelf {
    ($family:expr, $shelf:ident => $do:expr) => {
        match &$family.series {
            Shelves::Counter($shelf) => $do,
            Shelves::FloatCounter($shelf) => $do,
            Shelves::UpDownCounter($shelf) => $do,
            Shelves::Gauge($shelf) => $do,
            Shelves::Histogram($shelf) => $do,
        }
    };
}

impl Family {
    pub(super) fn new(identity: Identity, order: usize) -> Self {
        let series = match identity.kind {
            Kind::Counter => Shelves::Counter(Shelf::default()),
            Kind::FloatCounter => Shelves::FloatCounter(Shelf::default()),
            Kind::UpDownCounter => Shelves::UpDownCounter(Shelf::default()),
            Kind::Gauge => Shelves::Gauge(Shelf::default()),
            Kind::Histogram => Shelves::Histogram(Shelf::default()),
        };
        Self {
            identity,
            order,
            series,
            exemplars: Exemplars::default(),
            is_full_known: AtomicBool::new(false),
            is_cut_known: AtomicBool::new(false),
        }
    }

    /// What its series have in common.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Gives it this help, unless it has one.
    pub fn explain(&self, help: impl Into<String>) {
        let _has_one = self.identity.help.set(Cow::from(help.into()));
    }

    /// How many families of its store were there before it.
    pub fn order(&self) -> usize {
        self.order
    }

    /// How many series a route shows.
    pub fn len(&self) -> usize {
        on_shelf!(self, shelf => shelf.len())
    }

    /// Whether no route shows a series of it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it has a series of these labels, shown or not.
    pub(crate) fn has(&self, labels: &Labels) -> bool {
        on_shelf!(self, shelf => shelf.has(labels))
    }

    /// Whether nobody knew before that it is full.
    pub(crate) fn is_newly_full(&self) -> bool {
        !self.is_full_known.swap(true, Ordering::Relaxed)
    }

    /// Whether nobody knew before that one of its label values was cut.
    pub(crate) fn is_newly_cut(&self) -> bool {
        !self.is_cut_known.swap(true, Ordering::Relaxed)
    }

    /// Reads the series that come after these labels, or all of them, sorted
    /// by their labels, until told to stop; whether it was told to.
    ///
    /// `see` is given the labels, when the series began, and what it is at. It must not block: until it returns, no
    /// series of this family can be made. Whoever needs a pause stops, and
    /// goes on after the last labels that were seen.
    pub fn read(
        &self,
        after: Option<&Labels>,
        scratch: &mut Vec<u64>,
        mut see: impl FnMut(&Labels, Birth, Point<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        on_shelf!(self, shelf => shelf.read_after(after, scratch, &mut see))
    }

    /// The last exemplar of each bucket of a series that has one; a counter's
    /// stands at bucket 0.
    pub fn exemplars(&self, labels: &Labels) -> BTreeMap<usize, Exemplar> {
        self.exemplars.of(labels)
    }

    pub(crate) fn note(&self, labels: &Labels, bucket: usize, value: f64) {
        self.exemplars.note(labels, bucket, value);
    }

    /// One more series is shown; how many that are.
    pub(crate) fn shown(&self) -> usize {
        on_shelf!(self, shelf => shelf.shown())
    }

    pub(super) fn flag(&self, flag: u8) {
        on_shelf!(self, shelf => shelf.flag(flag));
    }

    /// Whether series of this identity may stand among its own.
    pub(super) fn shared_with(&self, identity: &Identity) -> Result<(), Error> {
        let own = &self.identity;
        if own.kind == identity.kind && (own.bounds == identity.bounds) {
            return Ok(());
        }
        Err(Error::new(format!(
            "keep the {} {:?}: {:?} is a {} already; rename one of them",
            identity.kind.word(),
            identity.name,
            &own.prometheus_name[..],
            own.kind.word(),
        )))
    }
}

impl fmt::Debug for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Family")
            .field("name", &self.identity.prometheus_name)
            .field("series", &self.len())
            .finish_non_exhaustive()
    }
}

/// A cell that a family of its kind keeps.
pub(crate) trait Kept: Cell + Sized {
    /// The series of these labels; how many there are if one more is shown.
    /// A family of another kind keeps none, and the series is read by nobody.
    fn bind(family: &Family, labels: &Labels, flags: u8) -> (Series<Self>, Option<usize>);
}

macro_rules! kept {
    ($cell:ident, $kind:ident, $make:expr) => {
        impl Kept for $cell {
            fn bind(family: &Family, labels: &Labels, flags: u8) -> (Series<Self>, Option<usize>) {
                let make: fn(&Family) -> Self = $make;
                match &family.series {
                    Shelves::$kind(shelf) => shelf.bind(labels, flags, || make(family)),
                    _ => (Series::new(make(family), labels, flags), None),
                }
            }
        }
    };
}

kept!(Count, Counter, |_| Count::default());
kept!(Amount, FloatCounter, |_| Amount::default());
kept!(Level, UpDownCounter, |_| Level::default());
kept!(Reading, Gauge, |_| Reading::default());
kept!(Spread, Histogram, |family| Spread::new(&family.identity.bounds));
