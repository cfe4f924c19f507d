//! What the process occupies.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

/// How much more may be resident after the warm-up: a leak of eight bytes for
/// each event is more, even within the shortest run at a tenth of its speed.
const MOST_GROWTH: u64 = 8 << 20;
const BETWEEN: Duration = Duration::from_millis(250);

/// The resident bytes after the warm-up, a third of the run, and the most that
/// there were since.
#[derive(Debug, Default)]
pub(super) struct Memory {
    warm: Option<u64>,
    most: u64,
}

impl Memory {
    /// Looks again and again for so long.
    pub(super) fn watch(&mut self, duration: Duration) {
        let started = Instant::now();
        while started.elapsed() < duration {
            if started.elapsed() > duration / 3
                && let Some(bytes) = resident_bytes()
            {
                self.warm.get_or_insert(bytes);
                self.most = self.most.max(bytes);
            }
            thread::sleep(BETWEEN);
        }
    }

    /// What there was, unless it grew too much.
    pub(super) fn verdict(&self) -> Result<String> {
        let Some(warm) = self.warm else {
            return Ok("skipped: this system does not tell it in /proc/self/statm".to_owned());
        };
        let growth = self.most.saturating_sub(warm);
        ensure!(growth <= MOST_GROWTH, "memory grew by {growth} bytes after the warm-up");
        let (warm, growth) = (warm >> 10, growth >> 10);
        Ok(format!("{warm} KiB after the warm-up, at most {growth} KiB more until the end"))
    }
}

fn resident_bytes() -> Option<u64> {
    const PAGE: u64 = 4096;
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * PAGE)
}
