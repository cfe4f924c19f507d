//! Telling a subscriber something from where nothing may panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Calls into the subscriber of `tracing` from an event or from the end of a
/// guard; nothing if the subscriber panics.
///
/// Subscribers keep what they need in thread-locals, and panic where these are
/// gone. A guard may lie in a thread-local itself and end after them: then a
/// panic would not be a failed log line but the end of the process.
///
/// ```
/// # use botmeter_core::tell;
/// tell(|| tracing::warn!("a model without a price"));
/// assert_eq!(tell(|| -> u32 { panic!("in a subscriber") }), None);
/// ```
///
/// In a program whose panics abort, such a panic still does.
pub fn tell<T>(what: impl FnOnce() -> T) -> Option<T> {
    // Nothing of ours is half done in there.
    catch_unwind(AssertUnwindSafe(what)).ok()
}
