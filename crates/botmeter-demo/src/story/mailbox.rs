//! Tickets that people wrote and support has not answered.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use botmeter_bot::Bot;

/// More than this is turned away.
const MOST_WAITING: usize = 200;

/// How many tickets are remembered after they were written.
const MOST_KNOWN: usize = 1000;

#[derive(Debug)]
pub(super) struct Mailbox {
    support: Bot,
    letters: Mutex<Letters>,
}

#[derive(Debug, Default)]
struct Letters {
    waiting: VecDeque<Ticket>,
    known: BTreeMap<u64, &'static str>,
    last: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) id: u64,
    pub(super) text: String,
}

impl Mailbox {
    /// Whose queue it is.
    pub(super) fn of(support: Bot) -> Self {
        Self { support, letters: Mutex::default() }
    }

    /// Takes a ticket in and gives it a number, unless too many wait already.
    pub(super) fn put(&self, text: String) -> Option<u64> {
        let mut letters = self.lock();
        if letters.waiting.len() >= MOST_WAITING {
            return None;
        }
        letters.last += 1;
        let id = letters.last;
        letters.waiting.push_back(Ticket { id, text });
        letters.known.insert(id, "waiting");
        if letters.known.len() > MOST_KNOWN {
            letters.known.pop_first();
        }
        self.support.set_queue_depth(letters.waiting.len());
        Some(id)
    }

    /// The ticket that has waited longest.
    pub(super) fn take(&self) -> Option<Ticket> {
        let mut letters = self.lock();
        let ticket = letters.waiting.pop_front();
        self.support.set_queue_depth(letters.waiting.len());
        ticket
    }

    pub(super) fn answered(&self, id: u64, is_good: bool) {
        if let Some(state) = self.lock().known.get_mut(&id) {
            *state = if is_good { "answered" } else { "failed" };
        }
    }

    /// Where a ticket stands, if it is known.
    pub(super) fn state(&self, id: u64) -> Option<&'static str> {
        self.lock().known.get(&id).copied()
    }

    /// The number of the latest ticket.
    pub(super) fn last(&self) -> u64 {
        self.lock().last
    }

    fn lock(&self) -> MutexGuard<'_, Letters> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use botmeter_bot::Bots;
    use botmeter_bot::core::{Domain, Memory, Meter};

    use super::*;

    #[test]
    fn tickets_are_taken_in_their_order_up_to_a_limit() {
        let memory = Memory::new();
        let mailbox = Mailbox::of(Bots::register(&Meter::new(memory.clone())).bot("support"));
        let depth = || memory.value("bot_queue_depth", &[("bot", "support")]);
        for id in 1..=200 {
            assert_eq!(mailbox.put("help".into()), Some(id));
        }
        assert_eq!((mailbox.put("help".into()), depth()), (None, Some(200.0)));
        assert_eq!(mailbox.take(), Some(Ticket { id: 1, text: "help".into() }));
        mailbox.answered(1, true);
        mailbox.answered(2, false);
        let states = [1, 2, 3, 201].map(|id| mailbox.state(id));
        assert_eq!(states, [Some("answered"), Some("failed"), Some("waiting"), None]);
        assert_eq!((mailbox.last(), depth()), (200, Some(199.0)));
    }
}
