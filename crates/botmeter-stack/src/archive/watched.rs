//! Reading that ends when somebody wants an end.

use std::io::{self, Read};

use crate::signals::{Interrupted, Interrupts};

/// A reader that looks for a wanted end at each read, because one file of a
/// server can take minutes.
pub(super) struct Watched<'a, R> {
    inner: R,
    interrupts: &'a Interrupts,
}

impl<'a, R> Watched<'a, R> {
    pub(super) fn new(inner: R, interrupts: &'a Interrupts) -> Self {
        Self { inner, interrupts }
    }
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interrupts.count() > 0 {
            // Not of the kind `Interrupted`, after which one reads on.
            return Err(io::Error::other(Interrupted));
        }
        self.inner.read(buffer)
    }
}
