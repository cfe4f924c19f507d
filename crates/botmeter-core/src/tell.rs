//! Saying that something is wrong: the one way that every warning of the
//! library takes.

mod aloud;
mod detail;

use std::panic::{AssertUnwindSafe, catch_unwind};

use tracing::{dispatcher, subscriber::NoSubscriber};

pub use aloud::aloud;
pub use detail::Detail;

/// Calls into the subscriber of `tracing` from an event or from the end of a
/// guard; nothing if the subscriber panics.
///
/// Subscribers keep what they need in thread-locals, and panic where these are
/// gone. A guard may lie in a thread-local itself and end after them: then a
/// panic would not be a failed log line but the end of the process.
///
/// ```
/// # use botmeter_core::tell;
/// tell(|| tracing::info!("a model that is new"));
/// assert_eq!(tell(|| -> u32 { panic!("in a subscriber") }), None);
/// ```
///
/// In a program whose panics abort, such a panic still does.
pub fn tell<T>(what: impl FnOnce() -> T) -> Option<T> {
    // Nothing of ours is half done in there.
    catch_unwind(AssertUnwindSafe(what)).ok()
}

/// Says that something is wrong, or is right again, so that somebody hears it:
/// to the subscriber of `tracing` as an event at this level, and where this
/// thread has none, as a line on standard error.
///
/// It can be said from anywhere, as with [`tell`]: nothing panics. On standard
/// error a minute has twenty lines at most, each without control characters,
/// and whoever says it waits a moment at most for somebody to read.
///
/// ```
/// # use botmeter_core::problem;
/// let (model, limit) = ("gpt-4o", 100);
/// problem!(warn, model = model, limit = limit, "more than {limit} calls at once");
/// // On standard error: botmeter WARN: more than 100 calls at once; model="gpt-4o" limit=100
/// ```
///
/// The level is `error`, `warn` or `info`. Fields are texts, numbers, or
/// options of them, of which `None` is left out.
#[macro_export]
macro_rules! problem {
    ($level:ident, $($field:ident = $value:expr,)* $words:literal $(, $part:expr)* $(,)?) => {
        $crate::__private::say(
            || $crate::__private::tracing::$level!($($field = $value,)* $words $(, $part)*),
            || $crate::__private::aloud(
                ::std::stringify!($level),
                ::std::format_args!($words $(, $part)*),
                &[$((::std::stringify!($field), &$value as &dyn $crate::__private::Detail)),*],
            ),
        )
    };
}

/// What [`problem!`](crate::problem) is written with.
pub fn say(heard: impl FnOnce(), unheard: impl FnOnce()) {
    if !is_heard() || tell(heard).is_none() {
        tell(unheard);
    }
}

/// Whether what this thread says has a subscriber. Another thread may have had
/// one of its own, which is why it does not count that one was ever set.
fn is_heard() -> bool {
    dispatcher::get_default(|subscriber| !subscriber.is::<NoSubscriber>())
}
