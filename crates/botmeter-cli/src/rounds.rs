//! Reading all pages again and again.

use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use botmeter_live::{Bots, Moments, Told};

use crate::{complain, fetch::Fetcher, prometheus::Prometheus, target::Target};

/// Reads the pages of bots at their times.
#[derive(Debug)]
pub(crate) struct Rounds {
    pub(crate) bots: Arc<Bots>,
    pub(crate) targets: Vec<Target>,
    /// Who is asked instead of the bots themselves.
    pub(crate) prometheus: Option<Arc<Prometheus>>,
    pub(crate) interval: Duration,
    pub(crate) moments: Moments,
}

impl Rounds {
    /// Reads until the other end of the channel is gone or `is_enough` says so
    /// after a round.
    pub(crate) fn run(mut self, end: &mpsc::Receiver<()>, mut is_enough: impl FnMut() -> bool) {
        let fetcher = Fetcher::new(self.interval);
        let mut next = Instant::now();
        loop {
            let at = self.moments.now();
            if let Some(prometheus) = &self.prometheus {
                prometheus.follow(&self.bots, at);
            } else {
                let told = read_all(&fetcher, &self.targets);
                if let Err(error) = self.bots.hear(at, told) {
                    complain(format_args!("error: failed to {error}"));
                }
            }
            if is_enough() {
                return;
            }
            // What took too long, or a machine that slept, is not made up for.
            next = (next + self.bots.pace()).max(Instant::now());
            let left = next.saturating_duration_since(Instant::now());
            if end.recv_timeout(left) != Err(mpsc::RecvTimeoutError::Timeout) {
                return;
            }
        }
    }
}

/// All at once: one that is slow holds no other up.
fn read_all(fetcher: &Fetcher, targets: &[Target]) -> Vec<Told> {
    thread::scope(|scope| {
        let readings: Vec<_> =
            targets.iter().map(|target| scope.spawn(|| fetcher.read(&target.url))).collect();
        let told = readings.into_iter().map(|reading| {
            reading.join().unwrap_or_else(|_| Err("reading it panicked, which is a bug".to_owned()))
        });
        told.collect()
    })
}
