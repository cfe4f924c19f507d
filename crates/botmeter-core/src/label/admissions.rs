//! The texts that one meter has admitted, for each of its open labels.

use std::{
    any::TypeId,
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Label, Limits, open::OpenValues};

/// What has been admitted, label by label.
pub struct Admissions {
    limits: Limits,
    known: Mutex<HashMap<TypeId, Arc<OpenValues>>>,
}

impl Admissions {
    pub(crate) fn within(limits: Limits) -> Self {
        Self { limits, known: Mutex::default() }
    }

    /// How many texts labels may have that were given another limit.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The texts admitted for an open label, which has this limit unless it was
    /// given another one.
    pub fn of<L: Label>(&self, limit: usize) -> Arc<OpenValues> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = self.limits.of::<L>().unwrap_or(limit);
        let none_yet = || OpenValues::new(L::INFO.key(), limit);
        Arc::clone(known.entry(TypeId::of::<L>()).or_insert_with(none_yet))
    }
}

impl fmt::Debug for Admissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admissions").finish_non_exhaustive()
    }
}
