//! Futures with their calls.

use std::future::Future;

use botmeter_core::observe;

use crate::{Call, Cause, Usage, span::InSpan};

/// The future, whose call starts when it is first polled. What it traces is
/// below the call's span.
pub(crate) fn observed<T, U, E, M, F>(
    start: impl FnOnce() -> Call,
    future: F,
    usage: impl FnOnce(&T) -> U,
) -> impl Future<Output = F::Output>
where
    F: Future<Output = Result<T, E>>,
    U: Into<Usage>,
    E: Cause<M>,
{
    observe(
        move || {
            let call = start();
            let future = InSpan::new(call.span(), future);
            (call, future)
        },
        move |call: Call, result: &Result<T, E>| match result {
            Ok(reply) => call.finish(&usage(reply).into()),
            Err(error) => call.fail_because(error),
        },
    )
}
