//! What was asked for lately, within a bound.

use std::{collections::HashMap, hash::Hash, mem};

/// Values that took time to find, by what was asked.
///
/// Together they weigh no more than a limit. There are two generations:
/// whatever is asked for moves into the young one, and when that is full, the
/// old one goes, which nobody has asked for since the last time.
#[derive(Debug)]
pub(crate) struct Lately<K, V> {
    limit: usize,
    /// What the young ones weigh.
    weight: usize,
    young: HashMap<K, (usize, V)>,
    old: HashMap<K, (usize, V)>,
}

impl<K: Eq + Hash, V: Clone> Lately<K, V> {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, weight: 0, young: HashMap::new(), old: HashMap::new() }
    }

    pub(crate) fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn get(&mut self, key: &K) -> Option<V> {
        if let Some((_, value)) = self.young.get(key) {
            return Some(value.clone());
        }
        let (key, (weight, value)) = self.old.remove_entry(key)?;
        self.put(key, weight, value.clone());
        Some(value)
    }

    /// Remembers a value of this weight, unless it is too heavy for any to be
    /// beside it.
    pub(crate) fn put(&mut self, key: K, weight: usize, value: V) {
        self.old.remove(&key);
        if let Some((before, _)) = self.young.remove(&key) {
            self.weight -= before;
        }
        let most = self.limit / 2;
        if weight > most {
            return;
        }
        if self.weight + weight > most {
            self.old = mem::take(&mut self.young);
            self.weight = 0;
        }
        self.weight += weight;
        self.young.insert(key, (weight, value));
    }

    /// Everything, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.young.iter().chain(&self.old).map(|(key, (_, value))| (key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asks_for_goes_before_what_somebody_does() {
        let mut lately = Lately::new(20);
        for key in 0..100 {
            lately.put(key, 3, key);
            assert_eq!(lately.get(&0), Some(0), "{key}");
            let all: usize = lately.iter().count();
            assert!(all * 3 <= 20, "{key}: {all}");
        }
        assert_eq!(lately.get(&50), None);
        assert_eq!(lately.get(&99), Some(99));
    }

    #[test]
    fn a_value_that_grows_is_weighed_anew_and_may_become_too_heavy() {
        let mut lately = Lately::new(20);
        for weight in 1..=10 {
            lately.put("a", weight, weight);
        }
        assert_eq!((lately.get(&"a"), lately.weight), (Some(10), 10));
        lately.put("a", 11, 11);
        assert_eq!((lately.get(&"a"), lately.weight), (None, 0));
    }
}
