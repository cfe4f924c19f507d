//! Examples as series, sample by sample.

use std::time::Duration;

use crate::{Behavior, Example, Feed, Objective};

/// The program of the examples.
pub const EXAMPLE_JOB: &str = "example-bot";

const MINUTE: Duration = Duration::from_mins(1);

/// Examples that take longer than this go by in larger steps: promtool
/// evaluates every rule at every step, and days of minutes take it minutes.
const SLOW: Duration = Duration::from_hours(12);
const SLOW_PACE: Duration = Duration::from_mins(5);

/// One series of an example.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// What it is called.
    pub name: String,
    /// Its labels, job and instance first.
    pub labels: Vec<(&'static str, String)>,
    /// Its first value.
    pub start: f64,
    /// By how much it grows.
    pub per_minute: f64,
    /// When it begins.
    pub from: Duration,
    /// When it ends, if it does.
    pub until: Option<Duration>,
}

/// The series of what instruments did.
pub fn played(feeds: &[Feed]) -> Vec<Played> {
    let mut all = Vec::new();
    for (at, feed) in feeds.iter().enumerate() {
        // A series is there once; what one cannot do alone is done by a second
        // process.
        let is_same =
            |other: &&Feed| other.instrument == feed.instrument && other.labels == feed.labels;
        let instance = format!("example-{}", 1 + feeds[..at].iter().filter(is_same).count());
        all.extend(of_feed(feed, &instance));
    }
    all
}

/// The step of samples and evaluations with which this is played.
pub fn pace(feeds: &[Feed], end: Duration) -> Duration {
    let times = feeds.iter().flat_map(|feed| [Some(feed.from), feed.until]).flatten();
    let is_even = |time: Duration| time.as_secs().is_multiple_of(SLOW_PACE.as_secs());
    if end > SLOW && times.chain([end]).all(is_even) { SLOW_PACE } else { MINUTE }
}

fn of_feed(feed: &Feed, instance: &str) -> Vec<Played> {
    let name = feed.instrument.prometheus_name();
    let one = |ending: &str, bound: Option<String>, start, per_minute| {
        let mut labels = vec![("job", EXAMPLE_JOB.to_owned()), ("instance", instance.to_owned())];
        labels.extend(feed.labels.iter().cloned());
        labels.extend(bound.map(|bound| ("le", bound)));
        let (from, until) = (feed.from, feed.until);
        Played { name: format!("{name}{ending}"), labels, start, per_minute, from, until }
    };
    match feed.behavior {
        Behavior::Grows(step) => vec![one("", None, 0.0, step)],
        Behavior::Holds(value) => vec![one("", None, value, 0.0)],
        Behavior::Ticks => vec![one("", None, feed.from.as_secs_f64(), 60.0)],
        Behavior::Observes { value, per_minute } => {
            let mut all = Vec::new();
            for bound in feed.instrument.buckets() {
                let step = if value <= *bound { per_minute } else { 0.0 };
                all.push(one("_bucket", Some(bound.to_string()), 0.0, step));
            }
            all.push(one("_bucket", Some("+Inf".to_owned()), 0.0, per_minute));
            all.push(one("_sum", None, 0.0, per_minute * value));
            all.push(one("_count", None, 0.0, per_minute));
            all
        }
    }
}

impl Objective {
    /// Something after which all of its alerts fire; nothing if no label values
    /// tell right from wrong.
    pub fn fires(&self) -> Option<Example> {
        let longest = self.windows.iter().map(|window| window.hold).max()?;
        // Some minutes for the first samples to be there.
        let after = longest + 5 * MINUTE;
        Some(Example { after, feeds: self.measure.events(1.0, self.often())? })
    }

    /// So many events a minute that a share of them means something.
    pub fn often(&self) -> f64 {
        self.floor.value.max(60.0)
    }
}
