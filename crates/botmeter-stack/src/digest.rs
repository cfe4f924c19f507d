//! Digests, as people compare them.

use std::io::{self, Read};

use sha2::{Digest, Sha256};

/// A reader that remembers the digest of what went through.
pub(crate) struct Sum<R> {
    inner: R,
    digest: Sha256,
}

impl<R> Sum<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { inner, digest: Sha256::new() }
    }

    pub(crate) fn hexadecimal(self) -> String {
        hexadecimal(&self.digest.finalize())
    }
}

impl<R: Read> Read for Sum<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// Bytes as `sha256sum` prints them.
pub(crate) fn hexadecimal(digest: &[u8]) -> String {
    let mut text = String::with_capacity(2 * digest.len());
    for byte in digest {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(half.into(), 16));
        }
    }
    text
}
