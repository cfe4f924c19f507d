//! The store as requests of OTLP.
//!
//! One way for both protocols: the bytes of `ExportMetricsServiceRequest`,
//! written straight from the cells, in as many requests as receivers want. The
//! numbers of the fields are those of OpenTelemetry's `metrics.proto`.

use std::{
    collections::{BTreeMap, HashMap},
    ops::ControlFlow,
    sync::Arc,
    vec::IntoIter,
};

use botmeter_core::{
    Kind, Store,
    store::{Alike, Birth, Exemplar, Family, Identity, Label, Labels, Point},
};

use super::wire::{Begun, Message};
use crate::Resource;

/// The scope of all instruments. It has no version, so that a new version of
/// this crate does not make new series.
const SCOPE: &str = "botmeter";

/// A request is closed once it is that large. The usual limit of receivers by
/// gRPC is 4 MiB, and no series takes what is left.
const ENOUGH_BYTES: usize = 4 * 1024 * 1024 - 64 * 1024;

/// A zero that lies further back is left out: Prometheus refuses what is too
/// old.
const OLDEST_ZERO: u64 = 300_000_000_000;

/// The least that Prometheus tells apart.
pub(super) const MILLISECOND: u64 = 1_000_000;

/// What all pushes have in common.
#[derive(Debug)]
pub(super) struct Encoder {
    /// The message `Resource`.
    resource: Vec<u8>,
    /// The message `InstrumentationScope`.
    scope: Vec<u8>,
    enough_bytes: usize,
}

/// The times of one push, in nanoseconds of Unix time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Of all points.
    pub(super) time: u64,
    /// Of the last push that arrived, if one did.
    pub(super) before: Option<u64>,
    /// How many series there ever were.
    pub(super) births: u64,
    /// How many of them there were at the last push that arrived, or may have.
    pub(super) arrived: u64,
}

/// What series were at when they were pushed last, by family and labels: what
/// counts since then begin with.
pub(super) type Before = HashMap<Arc<str>, BTreeMap<Box<Labels>, Number>>;

/// What a series was at that counts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Number {
    Whole(u64),
    Fraction(f64),
    Buckets(Vec<u64>, f64),
}

/// All requests of one push, one after the other.
pub(super) struct Requests {
    stamp: Stamp,
    place: Place,
    /// Where the request begins that was written last.
    begin: Place,
    scratch: Vec<u64>,
    /// The body of the request.
    pub(super) body: Vec<u8>,
    /// How long the body was that was written last.
    size: usize,
    /// How many series it has.
    pub(super) points: u64,
    /// How many the next one may have.
    most: u64,
    /// What counts of its series begin with once it has arrived.
    after: Vec<(Arc<str>, Box<Labels>, Number)>,
}

/// How far the store was read.
#[derive(Clone)]
struct Place {
    families: IntoIter<Arc<Family>>,
    /// The family that goes on in the next request, and the series that was
    /// written last.
    current: Option<(Arc<Family>, Option<Box<Labels>>)>,
}

impl Encoder {
    pub(super) fn new(resource: &Resource) -> Self {
        let Resource { service_name, instance_id, version, attributes } = resource;
        let own = [
            ("service.version", version),
            ("service.instance.id", instance_id),
            ("service.name", service_name),
        ];
        let others = attributes.iter().map(|(key, value)| (key.as_str(), value));
        let others = others.filter(|(key, _)| own.iter().all(|(own, _)| own != key));
        let mut resource = Vec::new();
        for (key, value) in others.chain(own) {
            resource.message(1, Label::new(key, value).attribute());
        }
        let mut scope = Vec::new();
        scope.bytes(1, SCOPE.as_bytes());
        Self { resource, scope, enough_bytes: ENOUGH_BYTES }
    }

    /// From now on, requests are less than half of that, which was too much.
    pub(super) fn take_smaller_than(&mut self, bytes: usize) {
        if bytes / 16 * 7 >= self.enough_bytes {
            // One of its series is larger than all requests should be.
            return;
        }
        self.enough_bytes = bytes / 16 * 7;
        tracing::debug!(
            refused_bytes = bytes,
            "the receiver does not take that much at once: from now on, a push is more and smaller \
             requests"
        );
    }
}

impl Requests {
    /// The requests of a push that is read from the store while it is made.
    pub(super) fn new(store: &Store, stamp: Stamp) -> Self {
        let place = Place { families: store.families().into_iter(), current: None };
        Self {
            stamp,
            begin: place.clone(),
            place,
            scratch: Vec::new(),
            body: Vec::new(),
            size: 0,
            points: 0,
            most: u64::MAX,
            after: Vec::new(),
        }
    }

    /// Writes the next request; whether anything is in it. Where counts are
    /// since the last push, `before` knows what was pushed.
    pub(super) fn next(&mut self, encoder: &Encoder, before: Option<&Before>) -> bool {
        self.begin = self.place.clone();
        self.body.clear();
        // As large as the one before, which may have left with its memory.
        self.body.reserve(self.size);
        self.after.clear();
        self.points = 0;
        let resource_metrics = self.body.begin(1);
        self.body.bytes(1, &encoder.resource);
        let scope_metrics = self.body.begin(2);
        self.body.bytes(1, &encoder.scope);
        while let Some((family, last)) = self.place.next() {
            let enough = encoder.enough_bytes;
            if let ControlFlow::Break(last) = self.metric(&family, last.as_deref(), enough, before)
            {
                self.place.current = Some((family, Some(last)));
                break;
            }
        }
        self.body.end(scope_metrics);
        self.body.end(resource_metrics);
        (self.most, self.size) = (u64::MAX, self.body.len());
        self.points > 0
    }

    /// The next request begins where this one did, and has so many series at
    /// most.
    pub(super) fn again_with(&mut self, most: u64) {
        self.place = self.begin.clone();
        self.most = most;
    }

    /// Notes what the series of this request are at, because it has arrived.
    pub(super) fn note(&mut self, before: &mut Before) {
        for (family, labels, number) in self.after.drain(..) {
            before.entry(family).or_default().insert(labels, number);
        }
    }

    /// Writes what comes after these labels; the last ones, if there may be
    /// more than the request takes.
    fn metric(
        &mut self,
        family: &Family,
        after: Option<&Labels>,
        enough_bytes: usize,
        before: Option<&Before>,
    ) -> ControlFlow<Box<Labels>> {
        let Self { stamp, scratch, body, points, most, after: pushed, .. } = self;
        let identity = family.identity();
        let name = identity.shared_name();
        let known = before.map(|before| before.get(name));
        let mut begun: Option<[Begun; 2]> = None;
        let mut last = None;
        let mut alike = Alike::default();
        let _all_seen = family.read(after, scratch, |labels, birth, point| {
            if birth.number > stamp.births {
                // Made meanwhile: the next push will take it for new.
                return ControlFlow::Continue(());
            }
            let count = known.and_then(|known| Some((known, Number::of(point)?)));
            let step = match &count {
                Some((known, now)) => {
                    let then = known.and_then(|known| known.get(labels));
                    let Some(step) = now.since(then) else { return ControlFlow::Continue(()) };
                    Some(step)
                }
                None => None,
            };
            begun.get_or_insert_with(|| head(body, identity));
            let alike = &mut alike;
            let mut series = Series { family, labels, stamp: *stamp, birth, alike, body };
            match &step {
                Some(step) => series.step(step.value()),
                None => series.total(Value::of(point)),
            }
            if let Some((_, now)) = count {
                pushed.push((Arc::clone(name), labels.into(), now));
            }
            *points += 1;
            if body.len() < enough_bytes && *points < *most {
                return ControlFlow::Continue(());
            }
            last = Some(labels.into());
            ControlFlow::Break(())
        });
        if let Some([metric, data]) = begun {
            tail(body, identity.kind(), before.is_some());
            body.end(data);
            body.end(metric);
        }
        last.map_or(ControlFlow::Continue(()), ControlFlow::Break)
    }
}

impl Place {
    fn next(&mut self) -> Option<(Arc<Family>, Option<Box<Labels>>)> {
        self.current.take().or_else(|| self.families.next().map(|family| (family, None)))
    }
}

/// Name, help and unit; what is open is the metric and its data.
fn head(body: &mut Vec<u8>, identity: &Identity) -> [Begun; 2] {
    let metric = body.begin(2);
    body.bytes(1, identity.name().as_bytes());
    body.bytes(2, identity.help().as_bytes());
    body.bytes(3, identity.unit().as_bytes());
    let data = match identity.kind() {
        Kind::Gauge => 5,
        Kind::Counter | Kind::FloatCounter | Kind::UpDownCounter => 7,
        Kind::Histogram => 9,
    };
    [metric, body.begin(data)]
}

/// What stands behind the points: temporality, and whether a sum only grows.
fn tail(body: &mut Vec<u8>, kind: Kind, is_delta: bool) {
    const DELTA: u64 = 1;
    const CUMULATIVE: u64 = 2;
    match kind {
        Kind::Gauge => {}
        Kind::UpDownCounter => body.varint(2, CUMULATIVE),
        Kind::Counter | Kind::FloatCounter | Kind::Histogram => {
            body.varint(2, if is_delta { DELTA } else { CUMULATIVE });
        }
    }
    if matches!(kind, Kind::Counter | Kind::FloatCounter) {
        body.varint(3, 1);
    }
}

/// What a point says.
#[derive(Clone, Copy)]
enum Value<'a> {
    Whole(i64),
    Fraction(f64),
    Buckets(&'a [u64], f64),
}

impl<'a> Value<'a> {
    fn of(point: Point<'a>) -> Self {
        match point {
            Point::Counter(n) => Self::Whole(i64::try_from(n).unwrap_or(i64::MAX)),
            Point::UpDownCounter(n) => Self::Whole(n),
            Point::FloatCounter(x) | Point::Gauge(x) => Self::Fraction(x),
            Point::Histogram { buckets, sum } => Self::Buckets(buckets, sum),
        }
    }
}

impl Number {
    /// Nothing where a number is no count.
    fn of(point: Point<'_>) -> Option<Self> {
        match point {
            Point::Counter(n) => Some(Self::Whole(n)),
            Point::FloatCounter(x) => Some(Self::Fraction(x)),
            Point::Histogram { buckets, sum } => Some(Self::Buckets(buckets.to_vec(), sum)),
            Point::UpDownCounter(_) | Point::Gauge(_) => None,
        }
    }

    /// What came since then; nothing if nothing did.
    fn since(&self, then: Option<&Self>) -> Option<Self> {
        let step = match (self, then) {
            (_, None) => return Some(self.clone()),
            (Self::Whole(now), Some(Self::Whole(then))) => Self::Whole(now.saturating_sub(*then)),
            (Self::Fraction(now), Some(Self::Fraction(then))) => Self::Fraction(now - then),
            (Self::Buckets(now, sum), Some(Self::Buckets(then, sum_then))) => {
                let steps = now.iter().zip(then).map(|(now, then)| now.saturating_sub(*then));
                Self::Buckets(steps.collect(), sum - sum_then)
            }
            // A series keeps its kind.
            _ => return None,
        };
        (self != then?).then_some(step)
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Whole(n) => Value::Whole(i64::try_from(*n).unwrap_or(i64::MAX)),
            Self::Fraction(x) => Value::Fraction(*x),
            Self::Buckets(buckets, sum) => Value::Buckets(buckets, *sum),
        }
    }
}

/// Writes the points of one series.
struct Series<'a> {
    family: &'a Family,
    labels: &'a Labels,
    stamp: Stamp,
    birth: Birth,
    alike: &'a mut Alike,
    body: &'a mut Vec<u8>,
}

impl Series<'_> {
    /// What came since the last push, or since the series is there.
    fn step(&mut self, value: Value<'_>) {
        let start = self.stamp.before.map_or(self.birth.time, |before| before.max(self.birth.time));
        self.point(start, self.stamp.time, value);
    }

    /// What it is at. A series that counts and that no push had yet gets a
    /// zero before, so that whoever asks for its increase sees the first
    /// events, too.
    fn total(&mut self, value: Value<'_>) {
        // There is room for a zero then, even if the series began just now.
        let start = self.birth.time.saturating_sub(MILLISECOND);
        let Some((zero, nothing)) = self.zero(start).zip(self.nothing_of(value)) else {
            return self.point(start, self.stamp.time, value);
        };
        // Unless it began while this push was stamped.
        let start = start.min(zero);
        self.point(start, zero, nothing.value());
        self.point(start, self.stamp.time, value);
    }

    /// When the zero was that stands before the first value: at the start, but
    /// after the last push, and before this one. From its earliest time on, some
    /// receivers write down what they know of the whole push.
    fn zero(&self, start: u64) -> Option<u64> {
        let Stamp { time, before, arrived, .. } = self.stamp;
        let is_new = self.birth.number > arrived;
        let earliest = before.map_or(0, |before| before.saturating_add(MILLISECOND));
        let zero = start.max(earliest).min(time.saturating_sub(MILLISECOND));
        (is_new && zero >= earliest && time - zero <= OLDEST_ZERO).then_some(zero)
    }

    /// The same before anything was counted; nothing if nothing was, or this is
    /// no count.
    fn nothing_of(&self, value: Value<'_>) -> Option<Number> {
        match (value, self.family.identity().kind()) {
            (Value::Whole(n), Kind::Counter) if n != 0 => Some(Number::Whole(0)),
            (Value::Fraction(x), Kind::FloatCounter) if x != 0.0 => Some(Number::Fraction(0.0)),
            (Value::Buckets(buckets, _), _) if buckets.iter().any(|count| *count > 0) => {
                Some(Number::Buckets(vec![0; buckets.len()], 0.0))
            }
            _ => None,
        }
    }

    fn point(&mut self, start: u64, time: u64, value: Value<'_>) {
        let body = &mut *self.body;
        let point = body.begin(1);
        let attributes = if matches!(value, Value::Buckets(..)) { 9 } else { 7 };
        let (common, rest) = self.alike.next(body.len(), self.labels);
        body.extend_from_within(common);
        for label in rest {
            body.message(attributes, label.attribute());
            self.alike.label_ends(label, body.len());
        }
        let times = [(2, start.min(time)), (3, time)];
        match value {
            Value::Whole(n) => body.fixed64([times[0], times[1], (6, n.cast_unsigned())]),
            Value::Fraction(x) => body.fixed64([times[0], times[1], (4, x.to_bits())]),
            Value::Buckets(buckets, sum) => {
                body.fixed64(times);
                body.fixed64([(4, buckets.iter().sum()), (5, sum.to_bits())]);
                body.packed64(6, buckets.iter().copied());
                let bounds = self.family.identity().bounds();
                body.packed64(7, bounds.iter().map(|bound| bound.to_bits()));
            }
        }
        // The zero before the first event was in no span.
        if time == self.stamp.time {
            let field = if matches!(value, Value::Buckets(..)) { 8 } else { 5 };
            for exemplar in self.family.exemplars(self.labels).values() {
                // The receiver has the older ones.
                if self.stamp.before.is_none_or(|before| exemplar.time > before) {
                    write_exemplar(body, field, exemplar);
                }
            }
        }
        body.end(point);
    }
}

fn write_exemplar(body: &mut Vec<u8>, field: u8, exemplar: &Exemplar) {
    let Exemplar { span, value, time } = exemplar;
    let begun = body.begin(field);
    body.fixed64([(2, *time), (3, value.to_bits())]);
    body.bytes(4, &span.span_id);
    body.bytes(5, &span.trace_id);
    body.end(begun);
}
