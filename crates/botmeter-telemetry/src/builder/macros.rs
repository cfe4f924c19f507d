//! What the macros of `metrics` record with.

use botmeter_export::macros::Buckets;

use super::Builder;

impl Builder {
    /// Takes what others record through the macros of `metrics`, so that it
    /// leaves by every route, as [`macros`](botmeter_export::macros) tells.
    ///
    /// It is for the whole process and for good: a telemetry that is started
    /// when this one has ended cannot take its place. Where `OTEL_SDK_DISABLED`
    /// turns telemetry off, nothing is installed.
    pub fn metrics_macros(self) -> Self {
        self.metrics_macros_with(Buckets::new())
    }

    /// The same with these buckets for histograms of others.
    pub fn metrics_macros_with(mut self, buckets: Buckets) -> Self {
        self.macros = Some(buckets);
        self
    }
}
