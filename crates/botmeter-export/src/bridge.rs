//! Bridges: backends that hand what botmeter has to another library's metrics.
//!
//! They are for programs that have a recorder of `metrics` or a `MeterProvider`
//! of OpenTelemetry already and want everything to leave by that one way. Who
//! has none yet is served better by a route: it costs recording nothing and
//! loses nothing on its way through another's model.
//!
//! | What is otherwise there | [`Metrics`] with `metrics-exporter-prometheus` | [`OpenTelemetry`] with `opentelemetry_sdk` |
//! | --- | --- | --- |
//! | counters with fractions, such as money | are gauges of the same name | as on the other routes |
//! | buckets | are the exporter's: give it ours for each name, or it makes summaries | as on the other routes |
//! | a histogram of others whose name ends in `_count`, `_sum` or `_bucket` | the exporter leaves its suffix out once | as on the other routes |
//! | a histogram without measurements | as on the other routes | is not exported |
//! | more than 2000 series of one name | as on the other routes | become one with the attribute `otel.metric.overflow`, unless a view allows more |
//! | names that begin with no letter, or have a colon | as on the other routes | cannot be, and are warned of |
//! | a help that comes after the first measurement | is not shown | is not shown |

#[cfg(feature = "opentelemetry")]
mod provider;
#[cfg(feature = "metrics")]
mod recorder;

#[cfg(feature = "opentelemetry")]
pub use provider::OpenTelemetry;
#[cfg(feature = "metrics")]
pub use recorder::Metrics;
