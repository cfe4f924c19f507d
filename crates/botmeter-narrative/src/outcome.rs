//! How a guard ended.

use std::thread;

use crate::Status;

/// What a guard was told before it ended, if anything.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Open,
    Told(Status),
}

impl Outcome {
    /// The status of a guard that is dropped now.
    pub(crate) fn at_drop(self) -> Status {
        match self {
            Self::Told(status) => status,
            Self::Open if thread::panicking() => Status::Error,
            Self::Open => Status::Cancelled,
        }
    }

    pub(crate) fn of<T, E>(result: &Result<T, E>) -> Self {
        Self::Told(if result.is_ok() { Status::Success } else { Status::Error })
    }
}
