//! Why the program could not do what it was asked for.

use std::{error::Error, fmt};

/// What failed, and why, as one line that a person can act on.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    /// Something that fits after "failed to".
    pub(crate) fn to(what: impl fmt::Display) -> Self {
        Self(format!("failed to {what}"))
    }

    /// What says itself what it was about.
    pub(crate) fn because_of(error: &anyhow::Error) -> Self {
        Self(format!("{error:#}"))
    }

    /// The same with its cause.
    pub(crate) fn because(what: impl fmt::Display, cause: &dyn Error) -> Self {
        Self(format!("failed to {what}: {cause}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<botmeter_core::Error> for Failure {
    fn from(error: botmeter_core::Error) -> Self {
        Self::to(error.chain())
    }
}
