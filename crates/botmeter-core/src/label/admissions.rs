//! The texts that one meter has admitted, for each of its open labels.

use std::{
    any::TypeId,
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Label, OpenValues};

/// What has been admitted, label by label.
#[derive(Default)]
pub struct Admissions(Mutex<HashMap<TypeId, Arc<OpenValues>>>);

impl Admissions {
    /// The texts admitted for an open label, which has this limit.
    pub fn of<L: Label>(&self, limit: usize) -> Arc<OpenValues> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let none_yet = || OpenValues::new(L::INFO.key(), limit);
        Arc::clone(known.entry(TypeId::of::<L>()).or_insert_with(none_yet))
    }
}

impl fmt::Debug for Admissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admissions").finish_non_exhaustive()
    }
}
