//! Labels with a known number of values.

use std::{fmt::Debug, ops::Index};

use super::Label;

/// A label whose values are all known: an enum.
///
/// Written with [`closed_label!`](crate::closed_label).
pub trait ClosedLabel: Label + Copy + Debug + Send + Sync {
    /// Every value, in the order of their [`index`](Self::index).
    const ALL: &'static [Self];

    /// The position in [`ALL`](Self::ALL).
    fn index(self) -> usize;

    /// The text on the series.
    fn as_str(self) -> &'static str;
}

/// One thing for each value of a closed label, such as a counter per status.
///
/// Making all of them at once is what puts each series at zero before
/// anything happens: `increase()` over a series that starts at one sees
/// nothing.
///
/// ```
/// use botmeter_core::{closed_label, label::Each};
///
/// closed_label! {
///     /// How it ended.
///     pub enum Status: "status" {
///         /// Well.
///         Success => "success",
///         /// Badly.
///         Error => "error",
///     }
/// }
///
/// let names = Each::new(|status: Status| status.as_str().to_uppercase());
/// assert_eq!(names[Status::Error], "ERROR");
/// ```
#[derive(Clone, Debug)]
pub struct Each<L, T> {
    things: Box<[T]>,
    label: std::marker::PhantomData<fn(L)>,
}

impl<L: ClosedLabel, T> Each<L, T> {
    /// Makes one thing for each value.
    pub fn new(make: impl FnMut(L) -> T) -> Self {
        let things = L::ALL.iter().copied().map(make).collect();
        Self { things, label: std::marker::PhantomData }
    }
}

impl<L: ClosedLabel, T> Index<L> for Each<L, T> {
    type Output = T;

    fn index(&self, value: L) -> &T {
        &self.things[value.index()]
    }
}

/// The position of a closed label's value, spread over all bits: a label set
/// turns the hash of each label by another number of them. Part of
/// [`closed_label!`](crate::closed_label).
#[doc(hidden)]
#[inline]
pub const fn hash_index(index: u64) -> u64 {
    index.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Declares a label whose values are all known.
///
/// The enum gets `as_str`, `ALL` and `index`, and can stand in the label set
/// of an [`Instrument`](crate::Instrument). It is `#[non_exhaustive]`: a value
/// that is added later breaks no other crate.
///
/// ```
/// botmeter_core::closed_label! {
///     /// What came of a merge.
///     pub enum MergeResult: "result" {
///         /// The branch is merged.
///         Success => "success",
///         /// Both sides had changed the same lines.
///         Conflict => "conflict",
///     }
/// }
///
/// assert_eq!(MergeResult::Conflict.as_str(), "conflict");
/// assert_eq!(MergeResult::ALL.len(), 2);
/// ```
///
/// A key that Prometheus sets itself does not compile:
///
/// ```compile_fail,E0080
/// botmeter_core::closed_label! {
///     /// What is done.
///     pub enum Job: "job" {
///         /// Branches are merged.
///         Merge => "merge",
///     }
/// }
/// ```
#[macro_export]
macro_rules! closed_label {
    ($(#[$meta:meta])* $vis:vis enum $name:ident: $key:literal {
        $($(#[$variant_meta:meta])* $variant:ident => $text:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $vis enum $name {
            $($(#[$variant_meta])* $variant,)+
        }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The text on the series.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl $crate::label::ClosedLabel for $name {
            const ALL: &'static [Self] = Self::ALL;

            fn index(self) -> usize {
                self as usize
            }

            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }
        }

        impl $crate::label::Label for $name {
            const INFO: $crate::label::LabelInfo =
                $crate::label::LabelInfo::new($key, $crate::label::Values::Closed(&[$($text),+]));
        }

        // Checked here, and not where an instrument first has the label.
        const _: $crate::label::LabelInfo = <$name as $crate::label::Label>::INFO;

        impl $crate::__private::LabelParts for $name {
            type Value<'a> = Self;
            type Key = Self;
            type Digest = Self;
            type Limit = ();
            type Admitted<'a> = Self;

            fn sample() -> Self {
                Self::ALL[0]
            }

            fn text(value: Self::Value<'_>) -> &str {
                value.as_str()
            }

            #[inline]
            fn digest(value: Self) -> Self {
                value
            }

            #[inline]
            fn hash(digest: Self) -> u64 {
                $crate::__private::hash_index(digest as u64)
            }

            fn key(value: Self) -> Self {
                value
            }

            #[inline]
            fn matches(key: &Self, _: Self, value: Self) -> bool {
                *key == value
            }

            fn value(key: &Self) -> Self {
                *key
            }

            fn limit(_: &$crate::__private::Admissions) {}

            fn admit<'a>((): &(), value: Self::Value<'a>) -> Self::Admitted<'a> {
                value
            }

            fn admitted<'b>(admitted: &'b Self::Admitted<'_>) -> (Self::Value<'b>, bool) {
                (*admitted, false)
            }

            fn surplus(value: Self::Value<'_>) -> Self::Value<'_> {
                value
            }
        }
    };
}
