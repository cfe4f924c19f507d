//! The instruments that the page knows.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use super::{super::series::Series, ours::Ours};
use crate::{Descriptor, backend::Labels};

/// What each instrument is called on the page, translated once, and its series.
#[derive(Debug, Default)]
pub(super) struct Families {
    /// By the dotted name of the instrument.
    names: RwLock<HashMap<&'static str, Arc<str>>>,
    ours: Ours,
}

impl Families {
    /// Knows these instruments.
    pub(super) fn new(descriptors: &[&'static Descriptor]) -> Self {
        let families = Self::default();
        for descriptor in descriptors {
            families.learn(descriptor);
        }
        families
    }

    /// Learns of an instrument that was perhaps not named at the start.
    pub(super) fn learn(&self, descriptor: &'static Descriptor) {
        if self.known_name(descriptor).is_some() {
            return;
        }
        let name: Arc<str> = descriptor.prometheus_name().into();
        self.ours.learn(&name, descriptor);
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        names.insert(descriptor.name(), name);
    }

    /// The series of an instrument with these labels.
    pub(super) fn series(
        &self,
        descriptor: &'static Descriptor,
        labels: Labels<'_>,
    ) -> Arc<Series> {
        let name =
            self.known_name(descriptor).unwrap_or_else(|| descriptor.prometheus_name().into());
        self.ours.bind(&name, descriptor, labels.iter().copied())
    }

    /// All of them.
    pub(super) fn ours(&self) -> &Ours {
        &self.ours
    }

    fn known_name(&self, descriptor: &Descriptor) -> Option<Arc<str>> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        names.get(descriptor.name()).map(Arc::clone)
    }
}
