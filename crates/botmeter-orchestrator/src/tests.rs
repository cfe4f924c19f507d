//! Events in, the text that a scraper sees out.

mod catalogue;
mod git;
mod tasks;

use botmeter_core::{Domain, Meter, backend::Memory};

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

    /// Every series that is not zero, but for the sums of durations, which
    /// depend on the clock.
    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let text = self.memory.text();
        let moved: Vec<&str> = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.ends_with(" 0"))
            .filter(|line| !line.contains("_bucket{") && !line.contains("_seconds_sum"))
            .collect();
        assert_eq!(moved, expected, "\n{text}");
    }
}

/// Runs it to its panic.
fn panicking(what: impl FnOnce()) {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(what));
    assert!(result.is_err());
}
