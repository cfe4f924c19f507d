//! A runtime of our own that may be dropped anywhere.

use std::{future::Future, io};

use tokio::runtime::{Builder, EnterGuard, Runtime};

/// An ordinary runtime waits when it is dropped, which is not allowed where the
/// last handle may be dropped, or a start may fail: inside the program's own.
pub(super) struct OwnRuntime(Option<Runtime>);

impl OwnRuntime {
    pub(super) fn of(builder: &mut Builder) -> io::Result<Self> {
        builder.build().map(|runtime| Self(Some(runtime)))
    }

    /// What needs a runtime finds this one, for as long as that is kept.
    pub(super) fn enter(&self) -> Option<EnterGuard<'_>> {
        self.0.as_ref().map(Runtime::enter)
    }

    /// Waits on a thread that may block. There is always a runtime until the
    /// drop.
    pub(super) fn block_on<F: Future>(&self, future: F) -> Option<F::Output> {
        self.0.as_ref().map(|runtime| runtime.block_on(future))
    }
}

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
