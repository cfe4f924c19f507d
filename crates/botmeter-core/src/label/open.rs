//! Labels that take text, up to a number of distinct values.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    Clean, MAX_VALUE_BYTES, OTHER,
    digest::{Digest, Kept},
};
use crate::{problem, slots::Slots};

/// The texts that were admitted for one open label of one meter.
///
/// Shared by all instruments of the meter that have the label, so that a model
/// that became `other` is `other` everywhere.
#[derive(Debug)]
pub struct OpenValues {
    key: &'static str,
    limit: usize,
    admitted: Slots<Kept, ()>,
    is_full_known: AtomicBool,
    is_cut_known: AtomicBool,
}

impl OpenValues {
    pub(crate) fn new(key: &'static str, limit: usize) -> Arc<Self> {
        Arc::new(Self {
            key,
            limit,
            admitted: Slots::new(),
            is_full_known: AtomicBool::new(false),
            is_cut_known: AtomicBool::new(false),
        })
    }

    /// Cleans the text and tells whether it may be a value.
    ///
    /// A text that is known is found without a lock, and so is the answer that
    /// the label is full.
    pub fn admit<'a>(&self, text: &'a str) -> Admitted<'a> {
        let clean = Clean::of(text);
        let value = clean.as_str();
        if value == OTHER {
            return Admitted { clean, is_changed: false };
        }
        let digest = Digest::of(value);
        let hash = digest.hash();
        let known = |kept: &Kept| kept.is(digest, value);
        let is_admitted = self.admitted.find(hash, known).is_some()
            || (self.admitted.len() < self.limit
                && self
                    .admitted
                    .insert(hash, known, self.limit, || (Kept::new(value), ()))
                    .is_some());
        if !is_admitted {
            self.tell_full();
            return Admitted { clean: Clean::of(OTHER), is_changed: true };
        }
        let is_changed = clean.is_cut();
        if is_changed {
            self.tell_cut();
        }
        Admitted { clean, is_changed }
    }

    /// Says it once. The values come from outside and may be anybody's
    /// secrets, so they are not said.
    fn tell_full(&self) {
        if !self.is_full_known.swap(true, Ordering::Relaxed) {
            problem!(
                warn,
                label = self.key,
                limit = self.limit,
                "a label has as many values as it may: others become `other`, and their events \
                     are counted in telemetry_overflow_total; see what the program puts into the \
                     label, or raise the limit with `Builder::limit`"
            );
        }
    }

    fn tell_cut(&self) {
        if !self.is_cut_known.swap(true, Ordering::Relaxed) {
            problem!(
                warn,
                label = self.key,
                limit_bytes = MAX_VALUE_BYTES,
                "a value of a label is longer than it may be: it was cut, and what was cut off \
                     is told apart by a number; events are counted in telemetry_overflow_total"
            );
        }
    }
}

/// A text after cleaning and admission.
#[derive(Debug)]
pub struct Admitted<'a> {
    clean: Clean<'a>,
    is_changed: bool,
}

impl Admitted<'_> {
    /// The value to use.
    pub fn as_str(&self) -> &str {
        self.clean.as_str()
    }

    /// Whether a limit changed it: made it `other`, or cut it.
    pub fn is_changed(&self) -> bool {
        self.is_changed
    }
}

/// Declares a label that takes text, up to a number of distinct values.
///
/// ```
/// botmeter_core::open_label! {
///     /// The name of a model, as the provider spells it.
///     pub struct Model: "model", limit 100;
/// }
/// ```
///
/// A limit is from 1 to 1000; with another, it does not compile:
///
/// ```compile_fail,E0080
/// botmeter_core::open_label! {
///     /// The name of a model, of which none would fit.
///     pub struct Model: "model", limit 0;
/// }
/// ```
#[macro_export]
macro_rules! open_label {
    ($(#[$meta:meta])* $vis:vis struct $name:ident: $key:literal, limit $limit:literal;) => {
        $(#[$meta])*
        #[derive(Debug)]
        $vis enum $name {}

        impl $crate::label::Label for $name {
            const INFO: $crate::label::LabelInfo =
                $crate::label::LabelInfo::new($key, $crate::label::Values::Open { limit: $limit });
        }

        // Checked here, and not where an instrument first has the label.
        const _: $crate::label::LabelInfo = <$name as $crate::label::Label>::INFO;

        impl $crate::__private::LabelParts for $name {
            type Value<'a> = &'a str;
            type Key = $crate::__private::Kept;
            type Digest = $crate::__private::Digest;
            type Limit = ::std::sync::Arc<$crate::__private::OpenValues>;
            type Admitted<'a> = $crate::__private::Admitted<'a>;

            fn sample() -> &'static str {
                $crate::label::OTHER
            }

            fn text(value: Self::Value<'_>) -> &str {
                value
            }

            #[inline]
            fn digest(value: &str) -> $crate::__private::Digest {
                $crate::__private::Digest::of(value)
            }

            #[inline]
            fn hash(digest: $crate::__private::Digest) -> u64 {
                digest.hash()
            }

            fn key(value: &str) -> $crate::__private::Kept {
                $crate::__private::Kept::new(value)
            }

            #[inline]
            fn matches(
                key: &$crate::__private::Kept,
                digest: $crate::__private::Digest,
                value: &str,
            ) -> bool {
                key.is(digest, value)
            }

            fn value(key: &$crate::__private::Kept) -> &str {
                key.as_str()
            }

            fn limit(admissions: &$crate::__private::Admissions) -> Self::Limit {
                admissions.of::<Self>($limit)
            }

            fn admit<'a>(limit: &Self::Limit, value: Self::Value<'a>) -> Self::Admitted<'a> {
                limit.admit(value)
            }

            fn admitted<'b>(admitted: &'b Self::Admitted<'_>) -> (Self::Value<'b>, bool) {
                (admitted.as_str(), admitted.is_changed())
            }

            fn surplus(_: Self::Value<'_>) -> Self::Value<'_> {
                $crate::label::OTHER
            }
        }
    };
}
