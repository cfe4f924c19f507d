//! What happened to the bots: restarts, and new versions.

use std::{collections::BTreeSet, time::Duration};

use botmeter_board::{Happening, Mark, filled};
use botmeter_window::{Labels, Track};
use serde::Serialize;

use crate::{Answers, Frame, frame::milliseconds};

/// Something that happened to a bot, as Grafana's pages mark it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Event {
    /// When, in milliseconds.
    pub at: i64,
    /// The same as text.
    pub time: String,
    /// What.
    pub kind: EventKind,
    /// To whom.
    pub text: String,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A version runs that did not run before.
    Deployment,
    /// A process began.
    Restart,
}

/// How often it is looked at least, as in Grafana: a version is new for
/// minutes alone.
const STEP: Duration = Duration::from_mins(1);

/// How many moments are looked at.
const MOMENTS: u32 = 5000;

/// What happened within the frame, the oldest first. What was there when
/// anything was first heard of is not new.
pub(crate) fn events(
    answers: &dyn Answers,
    frame: &Frame,
    oldest: Option<i64>,
) -> Result<Vec<Event>, String> {
    let moments = moments(frame);
    let mut events = BTreeSet::new();
    for mark in Mark::all().iter().filter(|mark| mark.is_shown) {
        let place = frame.place(mark.scope, &[]);
        for Track { labels, values } in answers.tracks(&mark.expr, &moments, &place)? {
            let (kind, times) = match mark.what {
                Happening::Restart => (EventKind::Restart, values_of(&values)),
                Happening::Deployment => {
                    let reach = milliseconds(mark.expr.reach(&|_| Duration::ZERO));
                    let known = oldest.map_or(i64::MIN, |oldest| oldest + reach);
                    let begins = beginnings(&moments, &values).filter(|at| *at >= known);
                    (EventKind::Deployment, begins.collect())
                }
                // They are told of by themselves.
                Happening::Alert => continue,
            };
            let text = told(mark.text, &labels);
            let times = times.into_iter().filter(|at| *at > frame.start() && *at <= frame.end);
            events.extend(times.map(|at| {
                let (time, text) = (frame.clock.text(at), text.clone());
                Event { at, time, kind, text }
            }));
        }
    }
    Ok(events.into_iter().collect())
}

/// From the last moment before what is shown on, so that what began earlier is
/// told from what begins.
fn moments(frame: &Frame) -> Vec<i64> {
    let most = frame.step().min(STEP.max(frame.scrape));
    let step = most.max(frame.shown / MOMENTS).as_secs().max(1);
    let step = milliseconds(Duration::from_secs(step));
    let (first, last) = (frame.start().div_euclid(step), frame.end.div_euclid(step));
    (first..=last).map(|count| count * step).collect()
}

/// The values, which are times.
fn values_of(values: &[Option<f64>]) -> Vec<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "times of a century are small")]
    let times = values.iter().flatten().map(|value| *value as i64);
    times.collect()
}

/// When there is a value after there was none.
fn beginnings(moments: &[i64], values: &[Option<f64>]) -> impl Iterator<Item = i64> {
    let pairs = values.windows(2).zip(moments.iter().skip(1));
    pairs.filter(|(pair, _)| matches!(pair, [None, Some(_)])).map(|(_, at)| *at)
}

fn told(text: &str, labels: &Labels) -> String {
    let label = |key: &str| Some(labels.get(key).unwrap_or_default().to_owned());
    filled(text, label).unwrap_or_else(|_| text.to_owned())
}

impl EventKind {
    /// In a word or two.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "new version",
            Self::Restart => "started",
        }
    }
}

#[cfg(test)]
mod tests {
    use botmeter_window::{Bounds, Chosen, History};

    use super::*;
    use crate::Clock;

    #[test]
    fn new_versions_and_starts_are_told_once_and_the_first_is_not_new() {
        const MINUTE: i64 = 60_000;
        let mut history = History::new(Bounds::default());
        let bot = history.add_target();
        let stranger = history.add_target();
        for minute in 0..60 {
            let version = if minute < 30 { "1" } else { "2" };
            let own = [("job", "mail"), ("instance", "a:1")];
            let build = own.into_iter().chain([("version", version)]);
            let start = if minute < 30 { 60.0 } else { 30.0 * 60.0 };
            let told = [
                (Labels::of("build_info", build), 1.0),
                (Labels::of("process_start_time_seconds", own), start),
            ];
            history.append(bot, minute * MINUTE, told).unwrap();
            let other = [("job", "prometheus"), ("instance", "b:1")];
            let told = (Labels::of("process_start_time_seconds", other), 1200.0);
            history.append(stranger, minute * MINUTE, [told]).unwrap();
        }
        let frame = Frame {
            end: 59 * MINUTE,
            shown: Duration::from_mins(59),
            scrape: Duration::from_mins(1),
            chosen: Chosen::default(),
            clock: Clock::Elapsed,
        };
        let told = events(&history, &frame, history.oldest()).unwrap();
        let told: Vec<_> = told
            .iter()
            .map(|event| format!("{} {} {}", event.time, event.kind.as_str(), event.text))
            .collect();
        let expected = [
            "+1 min started mail on a:1",
            "+30 min new version mail 2",
            "+30 min started mail on a:1",
        ];
        assert_eq!(told, expected);
    }
}
