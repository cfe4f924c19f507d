//! Whether a bridge out of a store came back into one.
//!
//! What botmeter feeds to the recorder of the process may be what it takes from
//! there: each measurement would be its own cause. A recorder cannot be asked
//! what it is, but it is asked for a handle on the thread of whoever asks.

use std::cell::Cell;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Usual,
    Out,
    Back,
}

thread_local! {
    static WAY: Cell<Way> = const { Cell::new(Way::Usual) };
}

/// Asks somebody else's recorder for something; whether it led back here.
pub(crate) fn ask<T>(what: impl FnOnce() -> T) -> (T, bool) {
    let before = WAY.replace(Way::Out);
    let answer = what();
    (answer, WAY.replace(before) == Way::Back)
}

/// Whether it is a bridge that asks, which is told that it came back.
pub(crate) fn is_closed() -> bool {
    let is_closed = WAY.get() != Way::Usual;
    if is_closed {
        WAY.set(Way::Back);
    }
    is_closed
}
