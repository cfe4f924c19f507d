//! Labels that take text, up to a number of distinct values.

use std::{hash::Hasher, sync::Arc};

use rustc_hash::FxHasher;

use super::{Clean, OTHER};
use crate::slots::Slots;

/// The texts that were admitted for one open label of one meter.
///
/// Shared by all instruments of the meter that have the label, so that a model
/// that became `other` is `other` everywhere.
#[derive(Debug)]
pub struct OpenValues {
    limit: usize,
    admitted: Slots<Arc<str>, ()>,
}

impl OpenValues {
    pub(crate) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, admitted: Slots::new() })
    }

    /// Cleans the text and tells whether it may be a value.
    ///
    /// A text that is known is found without a lock, and so is the answer that
    /// the label is full.
    pub fn admit<'a>(&self, text: &'a str) -> Admitted<'a> {
        let clean = Clean::of(text);
        let value = clean.as_str();
        if value == OTHER {
            return Admitted { clean, surplus: false };
        }
        let hash = hash(value);
        let known = |key: &Arc<str>| **key == *value;
        let is_admitted = self.admitted.find(hash, known).is_some()
            || (self.admitted.len() < self.limit
                && self.admitted.insert(hash, known, self.limit, || (value.into(), ())).is_some());
        if is_admitted {
            Admitted { clean, surplus: false }
        } else {
            Admitted { clean: Clean::of(OTHER), surplus: true }
        }
    }
}

/// A text after cleaning and admission.
#[derive(Debug)]
pub struct Admitted<'a> {
    clean: Clean<'a>,
    surplus: bool,
}

impl Admitted<'_> {
    /// The value to use.
    pub fn as_str(&self) -> &str {
        self.clean.as_str()
    }

    /// Whether the limit made it `other`.
    pub fn is_surplus(&self) -> bool {
        self.surplus
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Declares a label that takes text, up to a number of distinct values.
///
/// ```
/// botmeter_core::open_label! {
///     /// The name of a model, as the provider spells it.
///     pub struct Model: "model", limit 100;
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
            type Value<'a> = &'a str;
            type Key = ::std::boxed::Box<str>;
            type Limit = ::std::sync::Arc<$crate::label::OpenValues>;
            type Admitted<'a> = $crate::label::Admitted<'a>;

            fn sample() -> &'static str {
                $crate::label::OTHER
            }

            fn text(value: Self::Value<'_>) -> &str {
                value
            }

            #[inline]
            fn hash<H: ::std::hash::Hasher>(value: &str, hasher: &mut H) {
                hasher.write(value.as_bytes());
            }

            fn key(value: &str) -> ::std::boxed::Box<str> {
                value.into()
            }

            #[inline]
            fn matches(key: &::std::boxed::Box<str>, value: &str) -> bool {
                **key == *value
            }

            fn value(key: &::std::boxed::Box<str>) -> &str {
                key
            }

            fn limit(meter: &$crate::Meter) -> Self::Limit {
                meter.open_values::<Self>($limit)
            }

            fn admit<'a>(limit: &Self::Limit, value: Self::Value<'a>) -> Self::Admitted<'a> {
                limit.admit(value)
            }

            fn admitted<'b>(admitted: &'b Self::Admitted<'_>) -> (Self::Value<'b>, bool) {
                (admitted.as_str(), admitted.is_surplus())
            }

            fn surplus(_: Self::Value<'_>) -> Self::Value<'_> {
                $crate::label::OTHER
            }
        }
    };
}
