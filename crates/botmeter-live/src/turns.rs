//! Whose turn it is to draw.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

/// How many may wait: each has a thread of the program that serves the page.
const WAITING: usize = 32;

/// One draws at a time, so that a page takes no more than one processor,
/// however many look.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    drawing: Mutex<()>,
    /// How many draw or wait.
    inside: AtomicUsize,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    _drawing: MutexGuard<'a, ()>,
}

impl Turns {
    /// Waits for a turn; nothing where too many wait already.
    pub(crate) fn wait(&self) -> Option<Turn<'_>> {
        if self.inside.fetch_add(1, Ordering::Relaxed) > WAITING {
            self.inside.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        // Whoever panicked while drawing left nothing half done.
        let drawing = self.drawing.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Turn { turns: self, _drawing: drawing })
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.inside.fetch_sub(1, Ordering::Relaxed);
    }
}
