//! Several backends at once.

use std::sync::Arc;

use super::{Backend, Labels};
use crate::{Bound, Descriptor};

/// Sends every measurement to several backends.
#[derive(Clone, Debug)]
pub struct Tee(Arc<[Arc<dyn Backend>]>);

impl Tee {
    /// All of these, in order.
    pub fn new(backends: impl IntoIterator<Item = Arc<dyn Backend>>) -> Self {
        Self(backends.into_iter().collect())
    }

    fn each<T: Copy + 'static>(&self, bind: impl Fn(&dyn Backend) -> Bound<T>) -> Bound<T> {
        Bound::tee(self.0.iter().map(|backend| bind(backend.as_ref())))
    }
}

impl Backend for Tee {
    fn describe(&self, descriptor: &'static Descriptor) {
        for backend in self.0.iter() {
            backend.describe(descriptor);
        }
    }

    fn counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<u64> {
        self.each(|backend| backend.counter(descriptor, labels))
    }

    fn float_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        self.each(|backend| backend.float_counter(descriptor, labels))
    }

    fn up_down_counter(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<i64> {
        self.each(|backend| backend.up_down_counter(descriptor, labels))
    }

    fn gauge(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        self.each(|backend| backend.gauge(descriptor, labels))
    }

    fn histogram(&self, descriptor: &'static Descriptor, labels: Labels<'_>) -> Bound<f64> {
        self.each(|backend| backend.histogram(descriptor, labels))
    }
}
