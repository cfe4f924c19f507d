//! A piece of the page.

use std::sync::{Arc, OnceLock};

use botmeter_core::Exposition;
use bytes::Bytes;

use super::deflate::deflated;

/// How much of the page is made at once.
const PIECE_BYTES: usize = 32 * 1024;

/// A piece of the page. Whoever shares it shares its bytes.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) text: Bytes,
    blocks: OnceLock<Bytes>,
    /// What comes next; nothing after the last.
    pub(super) rest: Option<Exposition>,
}

impl Piece {
    /// The next piece of this page.
    pub(super) fn of(mut exposition: Exposition) -> Arc<Self> {
        let mut text = String::with_capacity(PIECE_BYTES + PIECE_BYTES / 4);
        let goes_on = exposition.write(&mut text, PIECE_BYTES);
        let rest = goes_on.then_some(exposition);
        Arc::new(Self { text: text.into(), blocks: OnceLock::new(), rest })
    }

    pub(super) fn is_last(&self) -> bool {
        self.rest.is_none()
    }

    /// The text deflated.
    pub(super) fn blocks(&self) -> &Bytes {
        self.blocks.get_or_init(|| deflated(&self.text).into())
    }
}
