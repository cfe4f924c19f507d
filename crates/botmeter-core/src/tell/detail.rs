//! What is said beside the words.

use std::fmt;

/// A text or a number that is said beside the words, or none.
pub trait Detail {
    /// How it is shown, if there is something to show.
    fn shown(&self) -> Option<&dyn fmt::Debug>;
}

macro_rules! detail {
    ($($shown:ty),*) => {
        $(impl Detail for $shown {
            fn shown(&self) -> Option<&dyn fmt::Debug> {
                Some(self)
            }
        })*
    };
}

detail!(&str, String, &String, fmt::Arguments<'_>, bool, f64, i32, i64, u16, u32, u64, usize);

impl<T: Detail> Detail for Option<T> {
    fn shown(&self) -> Option<&dyn fmt::Debug> {
        self.as_ref()?.shown()
    }
}
