//! The page in pieces, made one after the other.

use std::sync::Arc;

use botmeter_core::{Exposition, Format, Store};

use super::{edition::Reader, piece::Piece};

/// Where the pieces of one page come from.
#[derive(Debug)]
pub(super) enum Pieces {
    /// They are made for one reader.
    Own(Exposition),
    /// They are made once for all who asked together.
    Shared(Reader),
    /// There is no more.
    Over,
}

impl Pieces {
    pub(super) fn own(store: &Store, format: Format) -> Self {
        Self::Own(Exposition::new(store, format))
    }

    /// The next one, as long as there is one.
    pub(super) fn next(&mut self) -> Option<Arc<Piece>> {
        let piece = match std::mem::replace(self, Self::Over) {
            Self::Own(exposition) => Piece::of(exposition),
            Self::Shared(mut reader) => match reader.next() {
                Ok(piece) => {
                    if !piece.is_last() {
                        *self = Self::Shared(reader);
                    }
                    return Some(piece);
                }
                Err(exposition) => Piece::of(exposition),
            },
            Self::Over => return None,
        };
        if let Some(rest) = &piece.rest {
            *self = Self::Own(rest.clone());
        }
        Some(piece)
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self, Self::Over)
    }
}
