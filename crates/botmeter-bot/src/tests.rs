//! Events in, the text that a scraper sees out.

mod catalogue;
mod futures;
mod runs;
mod told;

use std::time::{SystemTime, UNIX_EPOCH};

use botmeter_core::{Domain, DropReason, Memory, Meter};

use crate::Bots;

struct Bench {
    memory: Memory,
    meter: Meter,
    bots: Bots,
}

const BOT: &str = "newsletter";
const LAST_SUCCESS: &str = "bot_last_success_timestamp_seconds";

impl Bench {
    fn new() -> Self {
        let memory = Memory::new();
        let meter = Meter::new(memory.clone());
        let bots = Bots::register(&meter);
        Self { memory, meter, bots }
    }

    #[track_caller]
    fn check(&self, expected: &[&str]) {
        let moved: Vec<String> = self
            .memory
            .moved()
            .iter()
            .map(|line| line.replace("bot=\"newsletter\"", "…"))
            .collect();
        assert_eq!(moved, expected, "\n{}", self.memory.text());
    }

    fn value(&self, name: &str) -> Option<f64> {
        self.memory.value(name, &[("bot", BOT)])
    }

    fn implausible(&self) -> u64 {
        self.meter.dropped_count(DropReason::Implausible)
    }
}

fn unix_time(at: SystemTime) -> f64 {
    at.duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}
