//! What instruments did, as series in promtool's notation.

use std::time::Duration;

use botmeter_board::{Behavior, Feed};

use crate::{promql, yaml::Yaml};

/// The program of the examples.
pub(super) const JOB: &str = "example-bot";

/// The series of the feeds, step by step, until this time.
pub(super) fn inputs(feeds: &[Feed], pace: Duration, end: Duration) -> Vec<Yaml> {
    let mut inputs = Vec::new();
    for (at, feed) in feeds.iter().enumerate() {
        // promtool takes each series once; what one series cannot do alone is
        // done by a second process.
        let is_same =
            |other: &&Feed| other.instrument == feed.instrument && other.labels == feed.labels;
        let instance = format!("example-{}", 1 + feeds[..at].iter().filter(is_same).count());
        inputs.extend(Input { feed, instance, pace, end }.series());
    }
    inputs
}

/// Why a series cannot do what the example says.
pub(super) fn objection(feed: &Feed) -> Option<String> {
    let name = feed.instrument.name();
    match feed.behavior {
        Behavior::Ticks if feed.instrument.unit().as_str() != "s" => {
            Some(format!("the example ticks {name}, which holds no time: its unit is not s"))
        }
        Behavior::Grows(by) | Behavior::Observes { per_minute: by, .. } if by < 0.0 => {
            Some(format!("the example takes {by} from {name}, which only grows"))
        }
        _ => None,
    }
}

struct Input<'a> {
    feed: &'a Feed,
    instance: String,
    pace: Duration,
    end: Duration,
}

impl Input<'_> {
    fn series(&self) -> Vec<Yaml> {
        let feed = self.feed;
        let name = feed.instrument.prometheus_name();
        match feed.behavior {
            Behavior::Grows(step) => vec![self.one(&name, None, 0.0, step)],
            Behavior::Holds(value) => vec![self.one(&name, None, value, 0.0)],
            Behavior::Ticks => vec![self.one(&name, None, feed.from.as_secs_f64(), 60.0)],
            Behavior::Observes { value, per_minute } => {
                let bucket = format!("{name}_bucket");
                let mut all = Vec::new();
                for bound in feed.instrument.buckets() {
                    let step = if value <= *bound { per_minute } else { 0.0 };
                    all.push(self.one(&bucket, Some(&bound.to_string()), 0.0, step));
                }
                all.push(self.one(&bucket, Some("+Inf"), 0.0, per_minute));
                all.push(self.one(&format!("{name}_sum"), None, 0.0, per_minute * value));
                all.push(self.one(&format!("{name}_count"), None, 0.0, per_minute));
                all
            }
        }
    }

    /// A series that grows so much each minute.
    fn one(&self, name: &str, bound: Option<&str>, start: f64, per_minute: f64) -> Yaml {
        let mut labels = vec![("job", JOB), ("instance", &self.instance)];
        labels.extend(self.feed.labels.iter().map(|(key, value)| (*key, value.as_str())));
        labels.extend(bound.map(|bound| ("le", bound)));
        let labels: Vec<_> =
            labels.iter().map(|(key, value)| format!("{key}={}", promql::quoted(value))).collect();
        let seconds = self.pace.as_secs();
        let from = self.feed.from.as_secs() / seconds;
        let until = self.feed.until.unwrap_or(self.end).as_secs() / seconds;
        let step = per_minute * self.pace.as_secs_f64() / 60.0;
        let absent = if from > 0 { format!("_x{from} ") } else { String::new() };
        let steps = until.saturating_sub(from);
        Yaml::map([
            ("series", Yaml::text(format!("{name}{{{}}}", labels.join(", ")))),
            ("values", Yaml::text(format!("{absent}{start}+{step}x{steps}"))),
        ])
    }
}
