//! The instruments that the page knows.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use metrics::{Key, Label, Recorder as _, SharedString};
use metrics_exporter_prometheus::PrometheusRecorder;

use super::{histograms::Histograms, spread::Spread};
use crate::{Descriptor, Kind, backend::Labels};

/// What each instrument is called on the page, translated once, and the
/// histograms, which we keep ourselves.
#[derive(Debug)]
pub(super) struct Families {
    known: RwLock<Known>,
    histograms: Histograms,
}

#[derive(Debug, Default)]
pub(super) struct Known {
    /// By the dotted name of the instrument.
    names: HashMap<&'static str, Arc<str>>,
    float_counters: HashSet<Arc<str>>,
}

impl Families {
    /// Knows these instruments, and so does the recorder.
    pub(super) fn new(recorder: &PrometheusRecorder, descriptors: &[&'static Descriptor]) -> Self {
        let families = Self { known: RwLock::default(), histograms: Histograms::default() };
        for descriptor in descriptors {
            families.learn(recorder, descriptor);
        }
        families
    }

    /// Learns of an instrument that was perhaps not named at the start.
    pub(super) fn learn(&self, recorder: &PrometheusRecorder, descriptor: &'static Descriptor) {
        if self.known().names.contains_key(descriptor.name()) {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.learn(recorder, &self.histograms, descriptor);
    }

    /// The series of an instrument with these labels.
    pub(super) fn key(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Key {
        let name = SharedString::from_shared(self.name(descriptor));
        let labels: Vec<Label> =
            labels.iter().map(|(key, value)| Label::new(*key, (*value).to_owned())).collect();
        Key::from_parts(name, labels)
    }

    /// The same of a histogram, which we keep.
    pub(super) fn spread(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Arc<Spread> {
        self.histograms.bind(&self.name(descriptor), descriptor, labels.iter().copied())
    }

    /// All of them.
    pub(super) fn histograms(&self) -> &Histograms {
        &self.histograms
    }

    fn name(&self, descriptor: &Descriptor) -> Arc<str> {
        let known = self.known().names.get(descriptor.name()).map(Arc::clone);
        known.unwrap_or_else(|| descriptor.prometheus_name().into())
    }

    /// Everything that is known, while one reads it.
    pub(super) fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether this family is a counter that `metrics` has to take for a
    /// gauge, because its own counters have no fractions.
    pub(super) fn is_float_counter(&self, family: &str) -> bool {
        self.float_counters.contains(family)
    }

    fn learn(
        &mut self,
        recorder: &PrometheusRecorder,
        histograms: &Histograms,
        descriptor: &'static Descriptor,
    ) {
        let name: Arc<str> = descriptor.prometheus_name().into();
        let shared = SharedString::from_shared(Arc::clone(&name));
        let help = SharedString::const_str(descriptor.help());
        match descriptor.kind() {
            Kind::Counter => recorder.describe_counter(shared.into(), None, help),
            Kind::Histogram => histograms.learn(&name, descriptor),
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
