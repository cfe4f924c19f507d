//! What happened to the bots: restarts, and new versions.

use std::{collections::BTreeSet, time::Duration};

use botmeter_board::{Line, Scope, last};
use botmeter_core::process::{BUILD, START_TIME, Version};
use botmeter_window::{Labels, Row};
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

/// For how long a version must not have been there to be new.
const NEW: Duration = Duration::from_mins(5);

/// What happened within the frame, the oldest first. What was there when
/// anything was first heard of is not new.
pub(crate) fn events(
    answers: &dyn Answers,
    frame: &Frame,
    oldest: Option<i64>,
) -> Result<Vec<Event>, String> {
    let moments = frame.moments();
    let over = |line: Line, scope| answers.over(&line.expr, &moments, &frame.place(scope, &[]));
    let event = |at, kind, text| Event { at, time: frame.clock.text(at), kind, text };
    let mut events = BTreeSet::new();

    let now = over(last(&BUILD).by::<(Version,)>().into(), Scope::Job)?;
    let before = over(last(&BUILD).ago(NEW).by::<(Version,)>().into(), Scope::Job)?;
    let known = oldest.map_or(i64::MIN, |oldest| oldest + milliseconds(NEW));
    let mut running: BTreeSet<Labels> = BTreeSet::new();
    for ((at, now), before) in moments.iter().zip(&now).zip(before) {
        let before: BTreeSet<_> = before.into_iter().map(|row| row.labels).collect();
        let now: BTreeSet<_> = now.iter().map(|row| row.labels.clone()).collect();
        for labels in now.difference(&before).filter(|labels| !running.contains(*labels)) {
            if *at >= known {
                let text = format!("{} {}", label(labels, "job"), label(labels, "version"));
                events.insert(event(*at, EventKind::Deployment, text));
            }
        }
        running = now;
    }

    // Other programs tell when they began, too, Prometheus itself among them.
    let bots = over(last(&BUILD).all().into(), Scope::Instance)?;
    let bots: BTreeSet<_> = bots.into_iter().flatten().map(|row| row.labels).collect();
    for Row { labels, value } in
        over(last(&START_TIME).all().into(), Scope::Instance)?.into_iter().flatten()
    {
        #[expect(clippy::cast_possible_truncation, reason = "times of a century are small")]
        let at = (value * 1000.0) as i64;
        if bots.contains(&labels) && at > frame.start() && at <= frame.end {
            let text = format!("{} on {}", label(&labels, "job"), label(&labels, "instance"));
            events.insert(event(at, EventKind::Restart, text));
        }
    }
    Ok(events.into_iter().collect())
}

fn label<'a>(labels: &'a Labels, key: &str) -> &'a str {
    labels.get(key).unwrap_or_default()
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
