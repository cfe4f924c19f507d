//! What the backends that push share: series kept by OpenTelemetry's SDK.

mod cells;
mod delivery;
mod ending;
mod series;
mod streams;

use std::{fmt, sync::Arc, time::Duration};

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};

use delivery::Watched;
pub(super) use delivery::{Deliver, Failure};
use ending::Ending;
use series::Series;
use streams::Streams;

use crate::{Descriptor, Error, Exports, telemetry::Resource};

/// Series kept by the SDK, and a thread of its own that hands them over at
/// each interval.
#[derive(Clone)]
pub(super) struct Sdk(Arc<State>);

struct State {
    series: Series,
    ending: Ending,
}

/// What a backend that pushes is started with.
pub(super) struct Start<'a, D> {
    /// Hands over what the SDK collected.
    pub(super) deliver: D,
    /// Where it goes, as messages name it.
    pub(super) destination: String,
    pub(super) temporality: Temporality,
    pub(super) interval: Duration,
    pub(super) resource: Resource,
    pub(super) descriptors: &'a [&'static Descriptor],
    pub(super) exports: Exports,
}

impl Sdk {
    pub(super) fn start<D: Deliver>(start: Start<'_, D>) -> Result<Self, Error> {
        let Start { deliver, destination, temporality, interval, resource, .. } = start;
        if interval.is_zero() {
            // The SDK would take its own default instead, without a word.
            return Err(Error::new(format!(
                "hand over metrics to {destination} every {interval:?}: the interval must be \
                 longer than zero"
            )));
        }
        let progress = Arc::default();
        let watched = Watched::new(deliver, temporality, start.exports, Arc::clone(&progress));
        let streams = Streams::default();
        let provider = SdkMeterProvider::builder()
            .with_resource(attributes_of(resource))
            .with_reader(PeriodicReader::builder(watched).with_interval(interval).build())
            .with_view(streams.view())
            .build();
        let series = Series::new(&provider, streams);
        let ending = Ending::new(provider, progress, destination, series.count());
        let sdk = Self(Arc::new(State { series, ending }));
        for descriptor in start.descriptors {
            sdk.series().describe(descriptor);
        }
        Ok(sdk)
    }

    pub(super) fn series(&self) -> &Series {
        &self.0.series
    }

    pub(super) fn ending(&self) -> &Ending {
        &self.0.ending
    }
}

impl fmt::Debug for Sdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sdk")
            .field("destination", &self.0.ending.destination())
            .finish_non_exhaustive()
    }
}

/// Name, instance and version come last, so that no attribute overrides them.
/// The SDK's own detectors are left out: they read the process's environment,
/// which was resolved before and need not be what the program was given.
pub(super) fn attributes_of(resource: Resource) -> opentelemetry_sdk::Resource {
    let Resource { service_name, instance_id, version, attributes } = resource;
    opentelemetry_sdk::Resource::builder_empty()
        .with_attributes(attributes.into_iter().map(|(key, value)| KeyValue::new(key, value)))
        .with_attribute(KeyValue::new("service.version", version))
        .with_attribute(KeyValue::new("service.instance.id", instance_id))
        .with_attribute(KeyValue::new("service.name", service_name))
        .build()
}

/// Makes a newtype of [`Sdk`] a backend.
macro_rules! backend_by_sdk {
    ($backend:ident) => {
        impl $crate::Backend for $backend {
            fn describe(&self, descriptor: &'static $crate::Descriptor) {
                self.0.series().describe(descriptor);
            }

            fn counter(
                &self,
                descriptor: &'static $crate::Descriptor,
                labels: $crate::backend::Labels<'_>,
            ) -> $crate::Bound<u64> {
                self.0.series().counter(descriptor, labels)
            }

            fn float_counter(
                &self,
                descriptor: &'static $crate::Descriptor,
                labels: $crate::backend::Labels<'_>,
            ) -> $crate::Bound<f64> {
                self.0.series().float_counter(descriptor, labels)
            }

            fn up_down_counter(
                &self,
                descriptor: &'static $crate::Descriptor,
                labels: $crate::backend::Labels<'_>,
            ) -> $crate::Bound<i64> {
                self.0.series().up_down_counter(descriptor, labels)
            }

            fn gauge(
                &self,
                descriptor: &'static $crate::Descriptor,
                labels: $crate::backend::Labels<'_>,
            ) -> $crate::Bound<f64> {
                self.0.series().gauge(descriptor, labels)
            }

            fn histogram(
                &self,
                descriptor: &'static $crate::Descriptor,
                labels: $crate::backend::Labels<'_>,
            ) -> $crate::Bound<f64> {
                self.0.series().histogram(descriptor, labels)
            }

            fn flush(&self, deadline: ::std::time::Duration) -> Result<(), $crate::Error> {
                self.0.ending().flush(deadline)
            }

            fn shutdown(&self, deadline: ::std::time::Duration) -> Result<(), $crate::Error> {
                self.0.ending().shutdown(deadline)
            }

            fn undelivered(&self) -> u64 {
                self.0.ending().undelivered()
            }
        }
    };
}
pub(super) use backend_by_sdk;
