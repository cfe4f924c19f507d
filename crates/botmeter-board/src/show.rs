//! How numbers are shown.

/// What a number is, and so how panels and alerts write it.
///
/// Each is a unit that Grafana and its dashboard linter both know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// A plain number.
    Count,
    /// A number per second.
    PerSecond,
    /// Requests per second.
    RequestsPerSecond,
    /// A number per minute.
    PerMinute,
    /// A duration.
    Seconds,
    /// A size.
    Bytes,
    /// A share between 0 and 1.
    Ratio,
    /// US dollars.
    Dollars,
}

impl Show {
    /// Whether the value can be said to be zero when there is no series.
    /// Without a request, there is no share of failures and no latency, but
    /// there are zero requests.
    pub const fn is_zero_without_data(self) -> bool {
        !matches!(self, Self::Ratio | Self::Seconds)
    }
}
