//! The series that every library keeps.

use std::fmt;

/// The texts of three labels.
pub(crate) type Set = [String; 3];

pub(crate) const KEYS: [&str; 3] = ["provider", "model", "tenant"];
pub(crate) const COUNTER: &str = "bench_requests_total";
pub(crate) const HISTOGRAM: &str = "bench_duration_seconds";
/// Sixteen, none of them a whole number.
pub(crate) const BOUNDS: [f64; 16] =
    [0.005, 0.0125, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5, 30.5, 60.5, 120.5];
/// What is recorded into histograms.
pub(crate) const SECONDS: f64 = 0.3;

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Counter,
    Histogram,
}

/// So many series of one instrument.
pub(crate) struct Case {
    pub(crate) kind: Kind,
    thousands: usize,
}

/// More than one size of each, to see that costs grow no faster than series.
pub(crate) const CASES: &[Case] = &[
    Case { kind: Kind::Counter, thousands: 1 },
    Case { kind: Kind::Counter, thousands: 10 },
    Case { kind: Kind::Counter, thousands: 100 },
    Case { kind: Kind::Histogram, thousands: 1 },
    Case { kind: Kind::Histogram, thousands: 10 },
];

impl Case {
    /// 8 providers with 25 models each, and as many tenants as it takes.
    pub(crate) fn sets(&self) -> Vec<Set> {
        let set = |n: usize| {
            let (provider, model, tenant) = (n % 8, n / 8 % 25, n / 200);
            [
                format!("provider-{provider}"),
                format!("model-{model:02}-2025-06-01"),
                format!("tenant-{tenant:04}"),
            ]
        };
        (0..1000 * self.thousands).map(set).collect()
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Counter => "counters",
            Kind::Histogram => "histograms",
        };
        write!(f, "{}k {kind}", self.thousands)
    }
}
