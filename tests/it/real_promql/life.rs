//! When a series is read, and what it holds then.

use botmeter_core::{Descriptor, Kind};
use fastrand::Rng;

use super::data::START;

const MINUTE: i64 = 60_000;
const STEP: i64 = 15_000;

/// How unkind the samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Every page is read on time, and no process ends.
    Plain,
    /// Pages are lost, read late, and lack series; processes end and begin.
    Hard,
}

/// When pages are read, from the start: now and then for some days, and every
/// 15 seconds in the last half hour.
pub(super) fn times(rng: &mut Rng) -> Vec<i64> {
    let mut times = Vec::new();
    let mut at = 0;
    while at < 75 * 60 * MINUTE {
        times.push(at);
        at += STEP * rng.i64(20..=200);
    }
    times.extend((0..120).map(|step| at + step * STEP));
    times
}

/// When a series is there, and when its absence is noticed. A series with
/// times of its own is read late, and may be missing unnoticed.
pub(super) fn life(rng: &mut Rng, times: &[i64], manner: Manner, is_own: bool) -> Vec<(i64, bool)> {
    let mut life: Vec<_> = times.iter().map(|at| (*at, true)).collect();
    if manner == Manner::Plain {
        return life;
    }
    for _ in 0..rng.usize(..4) {
        // In the long or the short part; at its edges, these are late starts
        // and early ends.
        let from = if rng.bool() {
            rng.usize(..life.len())
        } else {
            life.len().saturating_sub(rng.usize(..120))
        };
        let most = if rng.bool() { life.len() } else { 20 };
        for (_, is_there) in life.iter_mut().skip(from).take(rng.usize(..=most)) {
            *is_there = false;
        }
    }
    if rng.u8(..3) == 0 {
        let late = life.len().saturating_sub(rng.usize(..120));
        for (_, is_there) in life.iter_mut().take(late) {
            *is_there = false;
        }
    }
    if is_own {
        let delay = rng.i64(0..STEP);
        let jitter = if rng.bool() { 1 } else { 9000 };
        let is_noticed = rng.bool();
        for (at, _) in &mut life {
            *at += (delay + rng.i64(0..jitter)).min(STEP - 1);
        }
        life.retain(|(_, is_there)| *is_there || is_noticed);
    }
    life
}

/// A process that changes what the series of one instrument hold.
#[derive(Debug)]
pub(super) enum Fate {
    Grows {
        value: f64,
        is_whole: bool,
    },
    Moves {
        value: f64,
    },
    Stays {
        value: f64,
    },
    /// Holds a time that comes along now and then.
    Follows {
        time: f64,
    },
    /// Bounds, and how much lies at or below each and altogether; the sum.
    Observes {
        bounds: &'static [f64],
        counts: Vec<f64>,
        sum: f64,
        /// The bucket in which so much lies that the rest is next to nothing.
        crowd: Option<usize>,
    },
}

impl Fate {
    pub(super) fn of(rng: &mut Rng, instrument: &'static Descriptor) -> Self {
        let value = if rng.bool() { 0.0 } else { rng.f64() * 100.0 };
        match instrument.kind() {
            Kind::Counter | Kind::FloatCounter => {
                let is_whole = rng.bool();
                Self::Grows { value: if is_whole { value.floor() } else { value }, is_whole }
            }
            Kind::Histogram => {
                let bounds = instrument.buckets();
                let crowd = (rng.u8(..4) == 0).then(|| rng.usize(..bounds.len()));
                Self::Observes { bounds, counts: vec![0.0; bounds.len() + 1], sum: 0.0, crowd }
            }
            Kind::Gauge | Kind::UpDownCounter if instrument.unit().as_str() == "s" => {
                Self::Follows { time: START as f64 / 1000.0 }
            }
            Kind::Gauge | Kind::UpDownCounter if rng.bool() => Self::Stays { value },
            Kind::Gauge | Kind::UpDownCounter => Self::Moves { value },
        }
    }

    /// The next values by the endings of names and the bounds of buckets.
    pub(super) fn next(
        &mut self,
        rng: &mut Rng,
        at: i64,
        manner: Manner,
    ) -> Vec<(&'static str, Option<f64>, f64)> {
        let is_hard = manner == Manner::Hard;
        let is_rare = |rng: &mut Rng| is_hard && rng.u8(..60) == 0;
        match self {
            Self::Grows { value, is_whole } => {
                if is_rare(rng) {
                    *value = 0.0;
                }
                let step = if rng.bool() { rng.f64() * 20.0 } else { 0.0 };
                *value += if *is_whole { step.floor() } else { step };
                vec![("", None, *value)]
            }
            Self::Moves { value } => {
                *value += if rng.bool() { rng.f64() * 10.0 - 5.0 } else { 0.0 };
                let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300];
                vec![("", None, if is_rare(rng) { odd[rng.usize(..odd.len())] } else { *value })]
            }
            Self::Stays { value } => vec![("", None, *value)],
            Self::Follows { time } => {
                if rng.bool() {
                    *time = (START + at) as f64 / 1000.0 - rng.f64() * 30.0;
                }
                vec![("", None, *time)]
            }
            Self::Observes { bounds, counts, sum, crowd } => {
                if is_rare(rng) {
                    counts.fill(0.0);
                    *sum = 0.0;
                }
                if is_rare(rng) {
                    // One bucket falls alone, as if read at another time.
                    let fallen = rng.usize(..counts.len());
                    counts[fallen] = (counts[fallen] / 2.0).floor();
                }
                if let Some(crowd) = crowd.filter(|_| is_hard) {
                    for count in counts.iter_mut().skip(crowd) {
                        *count += 2e13;
                    }
                }
                for _ in 0..rng.u8(..3) {
                    let first = rng.usize(..counts.len());
                    for count in counts.iter_mut().skip(first) {
                        *count += 1.0;
                    }
                    *sum += bounds.get(first).map_or(1e4, |bound| bound * rng.f64());
                }
                let infinite = [f64::INFINITY];
                let bounds = bounds.iter().chain(&infinite).zip(counts.iter());
                let mut values: Vec<_> =
                    bounds.map(|(bound, count)| ("_bucket", Some(*bound), *count)).collect();
                let count = counts.last().copied().unwrap_or_default();
                values.extend([("_sum", None, *sum), ("_count", None, count)]);
                values
            }
        }
    }
}
