//! A text in a few numbers: quick to hash, quick to compare.

use std::{
    hash::{BuildHasher, RandomState},
    sync::LazyLock,
};

/// The length of a text, its first and last eight bytes, and a hash of what
/// lies between.
///
/// Up to sixteen bytes these are the whole text, so equal digests are equal
/// texts; beyond that, what lies between is compared as well. Finding a row
/// spends most of its time on comparing texts, and numbers are compared
/// quicker than slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    first: u64,
    last: u64,
    middle: u64,
    len: usize,
}

/// Odd numbers without pattern, for multiplying.
const A: u64 = 0xA076_1D64_78BD_642F;
const B: u64 = 0xE703_7ED1_A0B4_28DB;

/// Differs between processes, so that nobody outside can choose texts that all
/// fall on one place of a table.
static SEEDS: LazyLock<[u64; 2]> = LazyLock::new(|| {
    let random = RandomState::new();
    [random.hash_one(A), random.hash_one(B)]
});

impl Digest {
    /// The digest of a text.
    #[inline]
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let len = bytes.len();
        let (first, last) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => short(bytes),
        };
        let middle = if len > 16 { middle(bytes) } else { 0 };
        Self { first, last, middle, len }
    }

    /// Whether the digest is the whole text.
    #[inline]
    pub fn is_whole(self) -> bool {
        self.len <= 16
    }

    /// A number that differs between most texts.
    #[inline]
    pub fn hash(self) -> u64 {
        let [a, b] = *SEEDS;
        // The middle does not wait for the ends, nor they for it.
        mix(self.first ^ a, self.last ^ b ^ (self.len as u64).rotate_left(32)) ^ self.middle
    }
}

/// Both halves of the product: every bit of either factor moves many bits.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the halves of a product are what is wanted")]
fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// A number that differs between most texts, and is the same in every process
/// and version: it becomes part of label values.
pub(super) fn lasting(text: &str) -> u64 {
    fold(text.as_bytes(), A, B)
}

/// What lies between the first and the last eight of more than sixteen bytes.
#[inline]
fn middle(bytes: &[u8]) -> u64 {
    let [a, b] = *SEEDS;
    match (bytes[8..].first_chunk(), bytes[..bytes.len() - 8].last_chunk()) {
        // These overlap, and nothing lies between them.
        (Some(next), Some(before)) if bytes.len() <= 32 => {
            mix(u64::from_le_bytes(*next) ^ b, u64::from_le_bytes(*before) ^ a)
        }
        _ => fold(&bytes[8..bytes.len() - 8], b, a),
    }
}

/// All of the bytes, eight at a time.
fn fold(bytes: &[u8], start: u64, factor: u64) -> u64 {
    let (words, rest) = bytes.as_chunks();
    let step = |hash, word: &[u8; 8]| mix(hash ^ u64::from_le_bytes(*word), factor);
    let hash = words.iter().fold(start ^ bytes.len() as u64, step);
    let (first, last) = short(rest);
    mix(hash ^ first, factor ^ last)
}

/// Fewer than eight bytes.
#[inline]
fn short(bytes: &[u8]) -> (u64, u64) {
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
        }
        _ => match bytes {
            [] => (0, 0),
            [first, ..] => (
                u64::from(*first) << 8 | u64::from(bytes[bytes.len() / 2]),
                bytes[bytes.len() - 1].into(),
            ),
        },
    }
}

/// A text that is kept, with its digest beside it.
#[derive(Clone, Debug)]
pub struct Kept {
    digest: Digest,
    text: Box<str>,
}

impl Kept {
    /// Keeps a text.
    pub fn new(text: &str) -> Self {
        Self { digest: Digest::of(text), text: text.into() }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is this text, whose digest is at hand.
    #[inline]
    pub fn is(&self, digest: Digest, text: &str) -> bool {
        self.digest == digest && (digest.is_whole() || same_middle(&self.text, text))
    }
}

/// Whether two texts of one length, above sixteen bytes, are alike between
/// their first and their last eight bytes. Most are hardly longer than that,
/// and a call to compare memory costs more than the comparison.
#[inline]
fn same_middle(a: &str, b: &str) -> bool {
    let (a, b) = (&a.as_bytes()[8..], &b.as_bytes()[8..]);
    match (a.first_chunk::<8>(), b.first_chunk::<8>()) {
        (Some(a_next), Some(b_next)) if a.len() <= 16 => a_next == b_next,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_kept_text_is_itself_and_nothing_else(a in ".{0,24}", b in ".{0,24}") {
            let kept = Kept::new(&a);
            prop_assert!(kept.is(Digest::of(&a), &a));
            prop_assert_eq!(kept.is(Digest::of(&b), &b), a == b);
        }

        #[test]
        fn near_misses_are_told_apart(text in "[ab]{0,20}", other in "[ab]{0,20}") {
            prop_assert_eq!(Kept::new(&text).is(Digest::of(&other), &other), text == other);
        }
    }

    #[test]
    fn texts_that_are_alike_at_both_ends_hash_apart() {
        for pattern in ["users/id-####-/profile", "a-tenant/with-####/and-much-more-than-that/x"] {
            let hashes: std::collections::BTreeSet<u64> = (0..10_000)
                .map(|n| Digest::of(&pattern.replace("####", &format!("{n:04}"))).hash())
                .collect();
            assert_eq!(hashes.len(), 10_000, "{pattern}");
        }
    }

    #[test]
    fn what_becomes_part_of_label_values_never_changes() {
        let texts = ["", "a", "a text", &"0123456789".repeat(20)];
        let lasting = texts.map(|text| format!("{:016x}", lasting(text)));
        assert_eq!(
            lasting,
            ["1ff5c2923a788d2c", "e49388f0d5761801", "2107097eb82b4fbd", "5895f430a5df513f"]
        );
    }

    #[test]
    fn short_texts_hash_apart() {
        let mut texts = vec![String::new()];
        for len in 0..4 {
            let longer: Vec<String> = texts
                .iter()
                .filter(|text| text.len() == len)
                .flat_map(|text| ["a", "b", "c", "\0"].map(|c| format!("{text}{c}")))
                .collect();
            texts.extend(longer);
        }
        let hashes: std::collections::BTreeSet<u64> =
            texts.iter().map(|text| Digest::of(text).hash()).collect();
        assert_eq!(hashes.len(), texts.len());
    }
}
