//! How an instrument behaves over time.

/// How an instrument behaves over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A whole number that only grows.
    Counter,
    /// A number with fractions that only grows, such as money.
    FloatCounter,
    /// A whole number that grows and shrinks by steps.
    UpDownCounter,
    /// A number that is set.
    Gauge,
    /// A distribution over fixed buckets.
    Histogram,
}

impl Kind {
    /// What it is called in messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter | Self::FloatCounter => "counter",
            Self::UpDownCounter => "up-down counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// The word on Prometheus' `# TYPE` line.
    pub const fn prometheus(self) -> &'static str {
        match self {
            Self::Counter | Self::FloatCounter => "counter",
            Self::UpDownCounter | Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}
