//! A table that is only added to, read without locks.

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, ThreadId},
};

/// Levels of open addressing, each four times the one before and filled to
/// half. A reader looks through them in order; a writer adds to the first that
/// has room. Nothing moves and nothing is removed, so a reader needs no lock,
/// and what it finds can be borrowed for as long as the table lives.
pub(crate) struct Slots<K, T> {
    levels: [OnceLock<Level<K, T>>; LEVEL_SIZES.len()],
    len: AtomicUsize,
    /// Whoever holds this may add. Nobody calls foreign code meanwhile: it
    /// could come back for another entry, or wait for a thread that does.
    writer: Mutex<Vec<Making>>,
}

/// An entry that a thread makes, for which a place is kept.
#[derive(PartialEq)]
struct Making {
    hash: u64,
    by: ThreadId,
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
            writer: Mutex::new(Vec::new()),
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
    /// the table already has `most` entries, or when this very thread is
    /// already making this entry and came back for it.
    ///
    /// Threads that want the same entry at once may each make one. The first
    /// is kept, and all of them get that one.
    pub(crate) fn insert(
        &self,
        hash: u64,
        is_key: impl Fn(&K) -> bool,
        most: usize,
        make: impl FnOnce() -> (K, T),
    ) -> Option<&T> {
        let _place = {
            let mut writer = self.writer();
            if let Some(value) = self.find(hash, &is_key) {
                return Some(value);
            }
            self.keep_place(&mut writer, hash, most)?
        };
        // Declared before the lock, so that a surplus one is dropped after it.
        let (key, value) = make();
        let mut writer = self.writer();
        // Nobody who makes the same needs a place of their own any more: it
        // would be one too many, and the last entry would find none.
        writer.retain(|making| making.hash != hash);
        match self.find(hash, is_key) {
            Some(value) => Some(value),
            None => self.add(Entry { hash, key, value }),
        }
    }

    /// Keeps a place for an entry that is being made, so that a limit holds
    /// although nothing is locked meanwhile.
    fn keep_place(&self, making: &mut Vec<Making>, hash: u64, most: usize) -> Option<Place<'_>> {
        let new = Making { hash, by: thread::current().id() };
        let mut others: Vec<u64> = making.iter().map(|kept| kept.hash).collect();
        others.retain(|other| *other != hash);
        others.sort_unstable();
        others.dedup();
        if self.len() + others.len() >= most.min(MOST_ENTRIES) || making.contains(&new) {
            return None;
        }
        making.push(new);
        Some(Place { hash, writer: &self.writer })
    }

    /// Only for whoever holds the lock.
    fn add(&self, entry: Entry<K, T>) -> Option<&T> {
        let len = self.len();
        let slots = self.level_for(len);
        let free = probes(entry.hash, slots.len()).find(|at| slots[*at].get().is_none())?;
        let entry = slots[free].get_or_init(|| entry);
        self.len.store(len + 1, Ordering::Release);
        Some(&entry.value)
    }

    fn writer(&self) -> MutexGuard<'_, Vec<Making>> {
        lock(&self.writer)
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

/// A place that is kept until the entry was made, or could not be.
struct Place<'a> {
    hash: u64,
    writer: &'a Mutex<Vec<Making>>,
}

impl Place<'_> {
    fn give_up(&self, making: &mut Vec<Making>) {
        let mine = Making { hash: self.hash, by: thread::current().id() };
        making.retain(|kept| *kept != mine);
    }
}

/// Also when the making panicked.
impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.give_up(&mut lock(self.writer));
    }
}

fn lock(writer: &Mutex<Vec<Making>>) -> MutexGuard<'_, Vec<Making>> {
    writer.lock().unwrap_or_else(PoisonError::into_inner)
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
    fn a_limit_holds_while_entries_are_made_and_a_place_comes_back_after_a_panic() {
        let slots = Slots::new();
        let inner = slots.insert(
            1,
            |k| *k == 1,
            2,
            || {
                assert_eq!(insert(&slots, 1, 1, 2), None, "it is being made");
                assert_eq!(insert(&slots, 2, 2, 2), Some(20));
                assert_eq!(insert(&slots, 3, 3, 2), None, "both places are taken or kept");
                (1, 10)
            },
        );
        assert_eq!((inner, slots.len()), (Some(&10), 2));
        let failing = || slots.insert(4, |k| *k == 4, 3, || panic!("it cannot be made")).copied();
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(failing)).unwrap_err();
        assert_eq!(insert(&slots, 4, 4, 3), Some(40));
    }

    #[test]
    fn threads_that_race_for_one_key_get_the_same_entry() {
        let slots = Slots::new();
        let made = AtomicUsize::new(0);
        thread::scope(|scope| {
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
        assert_eq!(slots.len(), 500);
        let mut kept = 0;
        slots.for_each(|_, _| kept += 1);
        assert_eq!(kept, 500);
        let made = made.into_inner();
        assert!((500..=2000).contains(&made), "each thread makes an entry at most once: {made}");
    }

    #[test]
    fn an_entry_that_two_threads_make_takes_one_place() {
        let slots = Slots::new();
        slots.insert(
            1,
            |k| *k == 1,
            2,
            || {
                // Another thread is quicker, and goes on to the last place.
                let quicker = || (insert(&slots, 1, 1, 2), insert(&slots, 2, 2, 2));
                let both = thread::scope(|scope| scope.spawn(quicker).join().unwrap());
                assert_eq!(both, (Some(10), Some(20)));
                (1, 10)
            },
        );
        assert_eq!(slots.len(), 2);
    }
}
