//! What was bound before, and what was said before.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use metrics::Key;

/// The most keys that are remembered. Keys are made of names and label values
/// of others, which a crate may never use again.
const MOST_KEYS: usize = 20_000;
/// The most names that are told of.
const MOST_NAMES: usize = 1000;

/// What a key was bound to. A key in which labels stand in another order is the
/// same.
pub(super) struct Known<T>(RwLock<HashMap<Key, Arc<T>>>);

impl<T> Known<T> {
    /// What the key is bound to. Two threads may bind it at once: they get
    /// handles of the same series.
    pub(super) fn of(&self, key: &Key, bind: impl FnOnce() -> Arc<T>) -> Arc<T> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).map(Arc::clone);
        known.unwrap_or_else(|| {
            // Without a lock: whoever is told of a new series may record in turn.
            let bound = bind();
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if known.len() < MOST_KEYS {
                known.insert(key.to_retained(), Arc::clone(&bound));
            }
            bound
        })
    }
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

/// The names that were told of.
#[derive(Default)]
pub(super) struct Once(Mutex<HashSet<String>>);

impl Once {
    /// Tells it, unless the name was told of before, or too many were.
    pub(super) fn tell(&self, name: &str, what: impl FnOnce()) {
        let is_new = {
            let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            names.len() < MOST_NAMES && names.insert(name.to_owned())
        };
        if is_new {
            what();
        }
    }
}
