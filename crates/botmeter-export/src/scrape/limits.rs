//! What a scraper may do.

use std::time::Duration;

/// What a scraper may do. The documentation of the module has the rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// How many connections may be open.
    pub(super) connections: usize,
    /// How long the head of a request may be, in bytes.
    pub(super) head: usize,
    /// How long a connection may be silent between requests.
    pub(super) silence: Duration,
    /// How long the head of a request may take.
    pub(super) asking: Duration,
    /// How long an answer may take, until it is taken.
    pub(super) answering: Duration,
    /// How long nothing of an answer may be taken. Whoever takes longer than
    /// this for all of it makes room for others.
    pub(super) standstill: Duration,
    /// How long nothing of an answer may be taken if others want the place.
    pub(super) lingering: Duration,
    /// How often this is looked after.
    pub(super) rounds: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 256,
            head: 16 * 1024,
            silence: Duration::from_mins(2),
            asking: Duration::from_secs(10),
            answering: Duration::from_secs(30),
            standstill: Duration::from_secs(5),
            lingering: Duration::from_millis(500),
            rounds: Duration::from_millis(250),
        }
    }
}
