//! The instruments that the page knows.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use metrics::{Key, Label, Recorder as _, SharedString};
use metrics_exporter_prometheus::PrometheusRecorder;

use crate::{Descriptor, Kind, backend::Labels};

/// What each instrument is called on the page, translated once.
#[derive(Debug, Default)]
pub(super) struct Families(RwLock<Known>);

#[derive(Debug, Default)]
pub(super) struct Known {
    /// By the dotted name of the instrument.
    names: HashMap<&'static str, Arc<str>>,
    float_counters: HashSet<Arc<str>>,
}

impl Families {
    /// Knows these instruments, and so does the recorder.
    pub(super) fn new(recorder: &PrometheusRecorder, descriptors: &[&'static Descriptor]) -> Self {
        let mut known = Known::default();
        for descriptor in descriptors {
            known.learn(recorder, descriptor);
        }
        Self(RwLock::new(known))
    }

    /// Learns of an instrument that was perhaps not named at the start.
    pub(super) fn learn(&self, recorder: &PrometheusRecorder, descriptor: &'static Descriptor) {
        if self.known().names.contains_key(descriptor.name()) {
            return;
        }
        if descriptor.kind() == Kind::Histogram {
            let instrument = descriptor.name();
            tracing::error!(
                instrument,
                "a histogram was not among the instruments that the scrape backend was started \
                 with, so its buckets are not its own; name all domains at the start"
            );
        }
        self.0.write().unwrap_or_else(PoisonError::into_inner).learn(recorder, descriptor);
    }

    /// The series of an instrument with these labels.
    pub(super) fn key(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Key {
        let name = match self.known().names.get(descriptor.name()) {
            Some(name) => SharedString::from_shared(Arc::clone(name)),
            None => descriptor.prometheus_name().into(),
        };
        let labels: Vec<Label> =
            labels.iter().map(|(key, value)| Label::new(*key, (*value).to_owned())).collect();
        Key::from_parts(name, labels)
    }

    /// Everything that is known, while one reads it.
    pub(super) fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether this family is a counter that `metrics` has to take for a
    /// gauge, because its own counters have no fractions.
    pub(super) fn is_float_counter(&self, family: &str) -> bool {
        self.float_counters.contains(family)
    }

    fn learn(&mut self, recorder: &PrometheusRecorder, descriptor: &'static Descriptor) {
        let name: Arc<str> = descriptor.prometheus_name().into();
        let shared = SharedString::from_shared(Arc::clone(&name));
        let help = SharedString::const_str(descriptor.help());
        match descriptor.kind() {
            Kind::Counter => recorder.describe_counter(shared.into(), None, help),
            Kind::Histogram => recorder.describe_histogram(shared.into(), None, help),
            Kind::FloatCounter | Kind::UpDownCounter | Kind::Gauge => {
                recorder.describe_gauge(shared.into(), None, help);
            }
        }
        if descriptor.kind() == Kind::FloatCounter {
            self.float_counters.insert(Arc::clone(&name));
        }
        self.names.insert(descriptor.name(), name);
    }
}
