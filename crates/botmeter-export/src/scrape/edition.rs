//! One page for all who asked together.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use botmeter_core::Exposition;
use tokio::sync::watch;

use super::piece::Piece;

/// How many pieces are kept for those who are not as fast as the first: 1 MiB.
/// Whoever falls back further has the rest of the page made once more.
const MOST_PIECES: usize = 32;

/// A page that several read, each at their own pace.
#[derive(Debug)]
pub(super) struct Edition {
    printed: Mutex<Printed>,
    is_over: watch::Sender<bool>,
}

#[derive(Debug)]
struct Printed {
    /// How many pieces were made and are not kept any more.
    gone: usize,
    pieces: VecDeque<Arc<Piece>>,
    /// What was not made yet.
    rest: Option<Exposition>,
}

impl Edition {
    /// Nothing of it is made yet.
    pub(super) fn of(exposition: Exposition) -> Arc<Self> {
        let printed = Printed { gone: 0, pieces: VecDeque::new(), rest: Some(exposition) };
        Arc::new(Self { printed: Mutex::new(printed), is_over: watch::Sender::new(false) })
    }

    /// Waits until all of it was made.
    pub(super) async fn over(&self) {
        let mut is_over = self.is_over.subscribe();
        // The sender is here, so this cannot fail.
        let _over = is_over.wait_for(|is_over| *is_over).await;
    }

    fn lock(&self) -> MutexGuard<'_, Printed> {
        self.printed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Printed {
    /// Makes the next piece, if there is more.
    fn print(&mut self) -> Option<Arc<Piece>> {
        let piece = Piece::of(self.rest.take()?);
        self.rest.clone_from(&piece.rest);
        self.pieces.push_back(Arc::clone(&piece));
        if self.pieces.len() > MOST_PIECES {
            self.pieces.pop_front();
            self.gone += 1;
        }
        Some(piece)
    }
}

/// Somebody who reads an edition.
#[derive(Debug)]
pub(super) struct Reader {
    edition: Arc<Edition>,
    /// How many pieces it has.
    read: usize,
    /// What it has not read.
    rest: Exposition,
}

impl Reader {
    /// One who has read nothing yet, of an edition that begins with this.
    pub(super) fn of(edition: Arc<Edition>, begin: Exposition) -> Self {
        Self { edition, read: 0, rest: begin }
    }

    /// The next piece, made if nobody had it yet; or what has to be made for
    /// this reader alone.
    pub(super) fn next(&mut self) -> Result<Arc<Piece>, Exposition> {
        let mut printed = self.edition.lock();
        let Some(at) = self.read.checked_sub(printed.gone) else { return Err(self.rest.clone()) };
        let known = printed.pieces.get(at).map(Arc::clone);
        let piece = match known {
            Some(piece) => piece,
            None => printed.print().ok_or_else(|| self.rest.clone())?,
        };
        if piece.is_last() {
            self.edition.is_over.send_replace(true);
        }
        self.read += 1;
        if let Some(rest) = &piece.rest {
            self.rest.clone_from(rest);
        }
        Ok(piece)
    }
}
