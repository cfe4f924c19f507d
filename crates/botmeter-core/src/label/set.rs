//! Label sets: tuples of labels.

use std::fmt::Debug;

use super::{Admissions, Label, LabelInfo};

/// The labels of one instrument: a tuple of none to four label types.
///
/// Sealed: implemented for tuples of [`Label`]s.
pub trait LabelSet: LabelSetParts {
    /// The labels in order.
    const LABELS: &'static [LabelInfo];
}

/// What tables and instruments do with the values of a label set.
pub trait LabelSetParts: 'static {
    /// What a caller gives: a tuple of enums and texts.
    type Values<'a>: Copy;
    /// What is kept of one set of values.
    type Key: Clone + Debug + Send + Sync + 'static;
    /// What is hashed and compared of one set of values.
    type Digest: Copy;
    /// What knows which texts are admitted.
    type Limits: Debug + Send + Sync + 'static;

    /// Any values, to ask a domain for its instruments.
    fn sample() -> Self::Values<'static>;
    /// What is hashed and compared of the values.
    fn digest(values: Self::Values<'_>) -> Self::Digest;
    /// A number that differs between most values.
    fn hash(digest: Self::Digest) -> u64;
    /// What is kept of the values.
    fn key(values: Self::Values<'_>) -> Self::Key;
    /// Whether these values, whose digest is at hand, are the kept ones.
    fn matches(key: &Self::Key, digest: Self::Digest, values: Self::Values<'_>) -> bool;
    /// The kept values.
    fn values(key: &Self::Key) -> Self::Values<'_>;
    /// The limits that a meter keeps for these labels.
    fn limits(admissions: &Admissions) -> Self::Limits;
    /// Goes on with the values after cleaning and admission, and whether a
    /// limit changed one.
    fn admit<R>(
        limits: &Self::Limits,
        values: Self::Values<'_>,
        then: impl FnOnce(Self::Values<'_>, bool) -> R,
    ) -> R;
    /// The values for surplus series: every open label is `other`.
    fn surplus(values: Self::Values<'_>) -> Self::Values<'_>;
    /// Goes on with the keys and texts of the series.
    fn pairs<R>(values: Self::Values<'_>, then: impl FnOnce(&[(&'static str, &str)]) -> R) -> R;
}

impl LabelSet for () {
    const LABELS: &'static [LabelInfo] = &[];
}

impl LabelSetParts for () {
    type Values<'a> = ();
    type Key = ();
    type Digest = ();
    type Limits = ();

    fn sample() {}

    fn digest((): ()) {}

    fn hash((): ()) -> u64 {
        0
    }

    fn key((): ()) {}

    fn matches((): &(), (): (), (): ()) -> bool {
        true
    }

    fn values((): &()) {}

    fn limits(_: &Admissions) {}

    fn admit<R>((): &(), (): (), then: impl FnOnce((), bool) -> R) -> R {
        then((), false)
    }

    fn surplus((): Self::Values<'_>) -> Self::Values<'_> {}

    fn pairs<R>((): (), then: impl FnOnce(&[(&'static str, &str)]) -> R) -> R {
        then(&[])
    }
}

macro_rules! label_set {
    ($($label:ident $at:tt),*) => {
        impl<$($label: Label),*> LabelSet for ($($label,)*) {
            const LABELS: &'static [LabelInfo] = &[$($label::INFO),*];
        }

        impl<$($label: Label),*> LabelSetParts for ($($label,)*) {
            type Values<'a> = ($($label::Value<'a>,)*);
            type Key = ($($label::Key,)*);
            type Digest = ($($label::Digest,)*);
            type Limits = ($($label::Limit,)*);

            fn sample() -> Self::Values<'static> {
                ($($label::sample(),)*)
            }

            #[inline]
            fn digest(values: Self::Values<'_>) -> Self::Digest {
                ($($label::digest(values.$at),)*)
            }

            #[inline]
            fn hash(digest: Self::Digest) -> u64 {
                // Each label lands on other bits, the low ones among them,
                // from which the place in a table is taken; and none waits
                // for the one before.
                0 $(^ $label::hash(digest.$at).rotate_left(7 * $at))*
            }

            fn key(values: Self::Values<'_>) -> Self::Key {
                ($($label::key(values.$at),)*)
            }

            #[inline]
            fn matches(key: &Self::Key, digest: Self::Digest, values: Self::Values<'_>) -> bool {
                true $(&& $label::matches(&key.$at, digest.$at, values.$at))*
            }

            fn values(key: &Self::Key) -> Self::Values<'_> {
                ($($label::value(&key.$at),)*)
            }

            fn limits(admissions: &Admissions) -> Self::Limits {
                ($($label::limit(admissions),)*)
            }

            fn admit<R>(
                limits: &Self::Limits,
                values: Self::Values<'_>,
                then: impl FnOnce(Self::Values<'_>, bool) -> R,
            ) -> R {
                let admitted = ($($label::admit(&limits.$at, values.$at),)*);
                let is_changed = false $(| $label::admitted(&admitted.$at).1)*;
                then(($($label::admitted(&admitted.$at).0,)*), is_changed)
            }

            fn surplus(values: Self::Values<'_>) -> Self::Values<'_> {
                ($($label::surplus(values.$at),)*)
            }

            fn pairs<R>(
                values: Self::Values<'_>,
                then: impl FnOnce(&[(&'static str, &str)]) -> R,
            ) -> R {
                then(&[$(($label::INFO.key(), $label::text(values.$at))),*])
            }
        }
    };
}

label_set!(A 0);
label_set!(A 0, B 1);
label_set!(A 0, B 1, C 2);
label_set!(A 0, B 1, C 2, D 3);

#[cfg(test)]
#[expect(unreachable_pub, reason = "a macro writes the labels, whoever uses them")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{DropReason, closed_label};

    closed_label! {
        /// One of four.
        enum Route: "route" {
            /// The first.
            Otlp => "otlp",
            /// The second.
            Scrape => "scrape",
            /// The third.
            Stdout => "stdout",
            /// The fourth.
            Traces => "traces",
        }
    }

    /// How many of 256 places the hashes of all pairs fall on.
    fn places(hash: impl Fn(DropReason, Route) -> u64) -> usize {
        let pairs = DropReason::ALL.iter().flat_map(|a| Route::ALL.iter().map(|b| (*a, *b)));
        pairs.map(|(a, b)| hash(a, b) & 255).collect::<BTreeSet<_>>().len()
    }

    /// 24 random numbers fall on 23 of 256 places.
    #[test]
    fn closed_labels_reach_all_places_wherever_they_stand() {
        type First = (DropReason, Route);
        type Last = (Route, Route, DropReason, Route);
        let first = places(|a, b| First::hash(First::digest((a, b))));
        let last = places(|a, b| Last::hash(Last::digest((Route::Otlp, Route::Otlp, a, b))));
        assert!(first >= 20 && last >= 20, "{first} and {last} places");
    }
}
