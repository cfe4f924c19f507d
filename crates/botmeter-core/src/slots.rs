//! A table that is only added to, read without locks.

use std::{
    fmt,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Levels of open addressing, each four times the one before and filled to
/// half. A reader looks through them in order; a writer adds to the first that
/// has room. Nothing moves and nothing is removed, so a reader needs no lock,
/// and what it finds can be borrowed for as long as the table lives.
pub(crate) struct Slots<K, T> {
    levels: [OnceLock<Level<K, T>>; LEVEL_SIZES.len()],
    len: AtomicUsize,
    writer: Mutex<()>,
}

type Level<K, T> = Box<[OnceLock<Entry<K, T>>]>;

struct Entry<K, T> {
    hash: u64,
    key: K,
    value: T,
}

const LEVEL_SIZES: [usize; 4] = [256, 1024, 4096, 16384];

/// The most entries that the levels hold when each is half full.
pub(crate) const MOST_ENTRIES: usize = {
    let mut entries = 0;
    let mut at = 0;
    while at < LEVEL_SIZES.len() {
        entries += LEVEL_SIZES[at] / 2;
        at += 1;
    }
    entries
};

impl<K, T> Slots<K, T> {
    pub(crate) const fn new() -> Self {
        Self {
            levels: [const { OnceLock::new() }; LEVEL_SIZES.len()],
            len: AtomicUsize::new(0),
            writer: Mutex::new(()),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// Nearly always the first place of the first level has it, so that much
    /// is inlined and no more.
    #[inline]
    pub(crate) fn find(&self, hash: u64, is_key: impl Fn(&K) -> bool) -> Option<&T> {
        let slots = self.levels[0].get()?;
        match slots.get(place(hash, slots.len()))?.get() {
            Some(entry) if entry.hash == hash && is_key(&entry.key) => Some(&entry.value),
            _ => self.search(hash, is_key),
        }
    }

    #[inline(never)]
    fn search(&self, hash: u64, is_key: impl Fn(&K) -> bool) -> Option<&T> {
        for level in &self.levels {
            let slots = level.get()?;
            for at in probes(hash, slots.len()) {
                match slots[at].get() {
                    Some(entry) if entry.hash == hash && is_key(&entry.key) => {
                        return Some(&entry.value);
                    }
                    Some(_) => {}
                    None => break,
                }
            }
        }
        None
    }

    /// Adds an entry unless there is one by now, and returns it; nothing when
    /// the table already has `most` entries.
    pub(crate) fn insert(
        &self,
        hash: u64,
        is_key: impl Fn(&K) -> bool,
        most: usize,
        make: impl FnOnce() -> (K, T),
    ) -> Option<&T> {
        // A panic in `make` leaves the slots as they were.
        let guard = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = self.find(hash, is_key) {
            return Some(value);
        }
        let len = self.len();
        if len >= most.min(MOST_ENTRIES) {
            return None;
        }
        let slots = self.level_for(len);
        let (key, value) = make();
        let free = probes(hash, slots.len()).find(|at| slots[*at].get().is_none())?;
        let entry = slots[free].get_or_init(|| Entry { hash, key, value });
        self.len.store(len + 1, Ordering::Release);
        drop(guard);
        Some(&entry.value)
    }

    pub(crate) fn for_each(&self, mut see: impl FnMut(&K, &T)) {
        for slots in self.levels.iter().filter_map(OnceLock::get) {
            for entry in slots.iter().filter_map(OnceLock::get) {
                see(&entry.key, &entry.value);
            }
        }
    }

    /// The level that holds the entry number `len`.
    fn level_for(&self, len: usize) -> &[OnceLock<Entry<K, T>>] {
        let mut room = 0;
        let has_room = |size: &usize| {
            room += size / 2;
            len < room
        };
        let at = LEVEL_SIZES.iter().position(has_room).unwrap_or(LEVEL_SIZES.len() - 1);
        let empty = || (0..LEVEL_SIZES[at]).map(|_| OnceLock::new()).collect();
        self.levels[at].get_or_init(empty)
    }
}

/// Where a search begins; the number of slots is a power of two.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "any bits of the hash will do")]
fn place(hash: u64, slots: usize) -> usize {
    hash as usize & (slots - 1)
}

fn probes(hash: u64, slots: usize) -> impl Iterator<Item = usize> {
    let start = place(hash, slots);
    (0..slots).map(move |step| (start + step) & (slots - 1))
}

impl<K: fmt::Debug, T> fmt::Debug for Slots<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        self.for_each(|key, _| {
            list.entry(key);
        });
        list.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn insert(slots: &Slots<u64, u64>, hash: u64, key: u64, most: usize) -> Option<u64> {
        slots.insert(hash, |k| *k == key, most, || (key, key * 10)).copied()
    }

    #[test]
    fn every_entry_is_found_through_all_levels_even_when_all_hashes_collide() {
        let slots = Slots::new();
        for key in 0..1000 {
            assert_eq!(insert(&slots, 7, key, 1000), Some(key * 10));
        }
        assert_eq!(insert(&slots, 7, 1000, 1000), None, "the table is full");
        for key in 0..1000 {
            assert_eq!(slots.find(7, |k| *k == key), Some(&(key * 10)));
        }
        assert_eq!(slots.find(7, |k| *k == 1000), None);
        assert_eq!(slots.len(), 1000);
    }

    #[test]
    fn threads_that_race_for_one_key_get_the_same_entry() {
        let slots = Slots::new();
        let made = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for key in 0..500_u64 {
                        let hash = key.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                        let value = slots.insert(
                            hash,
                            |k| *k == key,
                            500,
                            || {
                                made.fetch_add(1, Ordering::Relaxed);
                                (key, key)
                            },
                        );
                        assert_eq!(value, Some(&key));
                    }
                });
            }
        });
        assert_eq!(made.into_inner(), 500);
    }
}
