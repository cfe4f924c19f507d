//! Which rules a Prometheus has, and what stands in for those that it lacks.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::Arc,
    time::{Duration, SystemTime},
};

use botmeter_window::{AlertState, Heard, Labels, Watched};

use super::api::{self, Alert, Rule};

/// Which programs are bots, the rules that are loaded, and the recordings that
/// are not.
#[derive(Clone, Debug, Default)]
pub(super) struct Loaded {
    /// The jobs of the bots.
    pub(super) bots: Arc<[String]>,
    rules: Arc<[Rule]>,
    /// The queries of recordings that nobody records.
    missing: Arc<BTreeMap<String, String>>,
}

impl Loaded {
    /// These are loaded, of those that boards record as these queries, beside
    /// these bots.
    pub(super) fn new(
        bots: Arc<[String]>,
        loaded: Vec<Rule>,
        wanted: BTreeMap<String, String>,
    ) -> Self {
        let is_missing = |name: &String| !loaded.iter().any(|rule| rule.name == *name);
        let missing = wanted.into_iter().filter(|(name, _)| is_missing(name)).collect();
        Self { bots, rules: loaded.into(), missing: Arc::new(missing) }
    }

    /// The query with that of each recording that is missing in its place.
    pub(super) fn spelled_out(&self, query: String) -> String {
        let mut whole = query;
        for (name, recorded) in &*self.missing {
            if whole.contains(name.as_str()) {
                whole = replaced(&whole, name, recorded);
            }
        }
        whole
    }

    /// The rule of an alert, if it is loaded and can be evaluated.
    pub(super) fn rule(&self, watched: &Watched<'_>) -> Option<&Rule> {
        self.rules.iter().find(|rule| {
            let has = |(key, value): &(&'static str, String)| {
                rule.labels.get(*key).is_some_and(|own| own == value)
            };
            rule.name == watched.name && rule.health != "err" && watched.labels.iter().all(has)
        })
    }
}

/// The states of a rule, as it says them.
pub(super) fn states(rule: &Rule) -> Heard {
    let states = rule.alerts.iter().filter_map(|alert| {
        let Alert { labels, state, active_at, value } = alert;
        let since = moment(active_at)?;
        let hold = Duration::from_secs_f64(rule.duration.clamp(0.0, 1e9));
        let fired = since + i64::try_from(hold.as_millis()).unwrap_or(0);
        let state = match state.as_str() {
            "pending" => AlertState::Pending { since },
            "firing" => AlertState::Firing { since, fired },
            _ => return None,
        };
        let labels: Labels = api::labels(labels);
        Some((labels, state, value.parse().ok()?))
    });
    Heard::States(states.collect())
}

/// A time as the API writes it, in whichever zone the server is, in
/// milliseconds.
fn moment(text: &str) -> Option<i64> {
    let (local, east) = if let Some(local) = text.strip_suffix('Z') {
        (local, 0)
    } else {
        let (local, zone) = text.split_at_checked(text.len().checked_sub(6)?)?;
        let (hours, minutes) = zone.get(1..)?.split_once(':')?;
        let minutes = 60 * hours.parse::<i64>().ok()? + minutes.parse::<i64>().ok()?;
        (local, if zone.starts_with('-') { -minutes } else { minutes })
    };
    let time = humantime::parse_rfc3339(&format!("{local}Z")).ok()?;
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(i64::try_from(since.as_millis()).ok()? - east * 60_000)
}

/// The query of a recording instead of its name, wherever that stands alone.
fn replaced(query: &str, name: &str, recorded: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_:\"".contains(c);
    let mut whole = String::with_capacity(query.len() + recorded.len());
    let mut rest = query;
    while let Some(at) = rest.find(name) {
        let (before, after) = (&rest[..at], &rest[at + name.len()..]);
        whole.push_str(before);
        // What is added up over a month would have to read all of its samples
        // each time that the page is drawn.
        let is_range = after.starts_with(['[', '{']);
        if before.ends_with(is_part) || after.starts_with(is_part) || is_range {
            whole.push_str(name);
        } else if after.starts_with(" offset ") {
            // Only what stands for samples can be asked for as it was before.
            let offset = after.trim_start_matches(" offset ");
            let end = offset.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(offset.len());
            // Writing to a string never fails.
            let (ago, _) = offset.split_at(end);
            let _ = write!(whole, "last_over_time(({recorded})[2m:1m] offset {ago})");
            rest = &offset[end..];
            continue;
        } else {
            let _ = write!(whole, "({recorded})");
        }
        rest = after;
    }
    whole.push_str(rest);
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_that_nobody_records_are_spelled_out() {
        let cases = [
            ("a:b:c > 3", "(sum(x)) > 3"),
            ("a:b:c_more + a:b:c", "a:b:c_more + (sum(x))"),
            (r#"x{job="a:b:c"}"#, r#"x{job="a:b:c"}"#),
            ("sum_over_time(a:b:c[30d:1h])", "sum_over_time(a:b:c[30d:1h])"),
            (
                r#"sum_over_time(a:b:c{job="d"}[30d:1h])"#,
                r#"sum_over_time(a:b:c{job="d"}[30d:1h])"#,
            ),
            ("1 > a:b:c offset 1h / 24", "1 > last_over_time((sum(x))[2m:1m] offset 1h) / 24"),
        ];
        for (query, expected) in cases {
            let wanted = BTreeMap::from([("a:b:c".to_owned(), "sum(x)".to_owned())]);
            assert_eq!(
                Loaded::new(Arc::default(), Vec::new(), wanted).spelled_out(query.to_owned()),
                expected
            );
        }
    }

    #[test]
    fn times_are_read_in_every_zone() {
        for text in [
            "2026-11-21T14:30:05.123456789Z",
            "2026-11-21T20:00:05.123+05:30",
            "2026-11-21T11:30:05.123-03:00",
        ] {
            assert_eq!(moment(text), Some(1_795_271_405_123), "{text}");
        }
        for wrong in ["", "soon", "2026-11-21", "é+05:30"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }
}
