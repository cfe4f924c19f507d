//! Events in, the text that a scraper sees out.

mod catalogue;
mod git;
mod tasks;

use botmeter_core::{Domain, Memory, Meter};

use crate::Orchestrator;

struct Bench {
    memory: Memory,
    orchestrator: Orchestrator,
}

impl Bench {
    fn new() -> Self {
        let memory = Memory::new();
        let orchestrator = Orchestrator::register(&Meter::new(memory.clone()));
        Self { memory, orchestrator }
    }

    #[track_caller]
    fn check(&self, expected: &[&str]) {
        assert_eq!(self.memory.moved(), expected, "\n{}", self.memory.text());
    }
}

/// Runs it to its panic.
fn panicking(what: impl FnOnce()) {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(what));
    assert!(result.is_err());
}
