//! Replies of a program's own types.

use crate::Usage;

/// A reply that knows what it consumed.
pub trait Reply {
    /// What the provider bills for it.
    fn usage(&self) -> Usage;
}
