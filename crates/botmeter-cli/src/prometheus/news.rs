//! What a Prometheus is asked in each round: states of alerts, and how far back
//! it knows.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, PoisonError},
    time::Duration,
};

use botmeter_core::process::HEARTBEAT;
use botmeter_live::{Bots, News};
use botmeter_window::Heard;

use super::{
    Known, Prometheus,
    api::{Answer, Trouble},
    asking::rule,
    question::{Moments, Question},
    rules::{Loaded, states},
};

/// How far back is looked for the oldest sample: pages offer no more.
const FURTHEST: i64 = 3 * 24 * 3_600_000;

/// Lengths between two samples that people choose.
const PACES: [u64; 9] = [1, 2, 5, 10, 15, 30, 60, 120, 240];

impl Prometheus {
    /// Tells the bots what is known as of this time.
    pub(crate) fn follow(&self, bots: &Bots, at: i64) {
        self.forget();
        let (loaded, trouble) = match self.api.rules() {
            Ok(loaded) => (loaded, None),
            Err(Trouble::Silent(why)) => return self.fail(bots, at, &why),
            Err(Trouble::Said(why)) => (Vec::new(), Some(why)),
        };
        let known = self.known();
        let (jobs, whose) = match self.bots(at) {
            Ok(jobs) => (jobs.into(), None),
            Err(why) => (Arc::clone(&known.rules.bots), Some(why)),
        };
        let rules = Loaded::new(jobs, loaded, recordings(bots));
        let (mut told, mut own) = (0, HashMap::new());
        bots.with_rules(|all| {
            for rules_of in all {
                for (watched, expr) in rules_of.asked() {
                    if rules.rule(&watched).is_some() {
                        told += 1;
                    } else {
                        let query = rules.spelled_out(rule(&expr.clone().of_bots()));
                        let question = Question { query, moments: Moments::One(at) };
                        own.insert((watched.name.to_owned(), watched.labels.to_vec()), question);
                    }
                }
            }
        });
        let answers = self.ask(own.values().cloned().collect());
        let failed = || answers.values().filter_map(|answer| answer.rows.as_ref().err());
        let mut notes = vec![said(told, own.len(), trouble.as_deref())];
        notes.extend(said_of_bots(&rules.bots, whose.as_deref()));
        if let Some(why) = failed().next() {
            if told == 0 && failed().count() == answers.len() {
                return self.fail(bots, at, why);
            }
            let count = failed().count();
            notes.push(format!("Of {count} alerts the state is not known: {why}"));
        }
        let known = Known {
            oldest: known.oldest.or_else(|| self.oldest(at)),
            pace: self.pace(at).or(known.pace),
            rules: rules.clone(),
            alerts: notes,
            failure: None,
        };
        let news = News { at, oldest: known.oldest, pace: known.pace, is_blind: false };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
        bots.tell(news, &mut |watched, _| {
            if let Some(rule) = rules.rule(&watched) {
                return states(rule);
            }
            let question = own.get(&(watched.name.to_owned(), watched.labels.to_vec()));
            let answer = question.and_then(|question| answers.get(question));
            let rows = answer.and_then(|answer| answer.rows.clone().ok());
            rows.and_then(|rows| rows.into_iter().next()).map_or(Heard::Nothing, Heard::Rows)
        });
    }

    /// Nobody answered, so nothing is known of now.
    fn fail(&self, bots: &Bots, at: i64, why: &str) {
        let mut known = self.known();
        known.alerts = vec!["Nothing is known of alerts now.".to_owned()];
        known.failure = Some(why.to_owned());
        let news = News { at, oldest: known.oldest, pace: known.pace, is_blind: true };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
        bots.tell(news, &mut |_, _| Heard::Nothing);
    }

    /// What is to be said of whoever answers.
    pub(super) fn notes(&self, known: &Known) -> Vec<String> {
        let pace = known
            .pace
            .map(|pace| format!(", which has a sample every {}", humantime::format_duration(pace)));
        let whose = format!(
            "These are answers of the Prometheus at {}{}.",
            self.url(),
            pace.unwrap_or_default()
        );
        [whose].into_iter().chain(known.alerts.iter().cloned()).collect()
    }

    /// The jobs of the bots that were there within the day, as dashboards list
    /// them; or why that is not known.
    fn bots(&self, at: i64) -> Result<Vec<String>, String> {
        let heartbeat = HEARTBEAT.descriptor().prometheus_name();
        let query = format!("count by (job) (last_over_time({heartbeat}[1d]))");
        let answer = self.one(Question { query, moments: Moments::One(at) });
        let answer = answer.ok_or("asking for it panicked, which is a bug")?;
        let rows = answer.rows.as_ref().map_err(String::clone)?;
        let jobs = rows.iter().flatten().filter_map(|row| row.labels.get("job"));
        Ok(jobs.map(str::to_owned).collect())
    }

    /// The oldest time that it has something of, to half a minute.
    fn oldest(&self, at: i64) -> Option<i64> {
        let heartbeat = HEARTBEAT.descriptor().prometheus_name();
        let first = |from: i64, step: i64| {
            let (first, last) = (from - from.rem_euclid(step), at);
            let moments = Moments::Many { first, step, last: last - (last - first) % step };
            let query = format!("count({heartbeat})");
            let answer = self.one(Question { query, moments })?;
            let place = answer.rows.as_ref().ok()?.iter().position(|rows| !rows.is_empty())?;
            Some(first + i64::try_from(place).ok()? * step)
        };
        let near = first(at - 3_600_000, 30_000)?;
        if near > at - 3_540_000 {
            return Some(near);
        }
        first(at - FURTHEST, 1_800_000).or(Some(near))
    }

    /// How far apart its samples of the bots are.
    fn pace(&self, at: i64) -> Option<Duration> {
        let heartbeat = HEARTBEAT.descriptor().prometheus_name();
        let one = |query: String| {
            let answer = self.one(Question { query, moments: Moments::One(at) })?;
            let row = answer.rows.as_ref().ok()?.first()?.first()?;
            // Of a single sample no distance is known.
            Some(row.value).filter(|value| *value > 0.0)
        };
        // Who has been there for long tells more than who has just begun.
        let settled = format!(
            "min(count_over_time({heartbeat}[10m]) and count_over_time({heartbeat}[10m] offset 10m) > 0)"
        );
        let times = format!("timestamp({heartbeat})[1m:500ms]");
        let fresh =
            format!("min((max_over_time({times}) - min_over_time({times})) / changes({times}))");
        let gap = one(settled).map(|count| 600.0 / count).or_else(|| one(fresh))?;
        let paces = PACES.iter().map(|pace| *pace as f64);
        let pace = paces.into_iter().find(|pace| *pace >= 0.9 * gap).unwrap_or(240.0);
        Some(Duration::from_secs_f64(pace))
    }

    fn one(&self, question: Question) -> Option<Arc<Answer>> {
        self.ask(BTreeSet::from([question])).into_values().next()
    }
}

/// The queries of all recordings whose names stand for one series.
fn recordings(bots: &Bots) -> BTreeMap<String, String> {
    let mut wanted = BTreeMap::new();
    let mut twice = BTreeSet::new();
    bots.with_rules(|all| {
        for (name, _, expr) in all.iter().flat_map(botmeter_window::Rules::questions) {
            if name.contains(':') && wanted.insert(name.to_owned(), rule(expr)).is_some() {
                twice.insert(name.to_owned());
            }
        }
    });
    wanted.retain(|name, _| !twice.contains(name));
    wanted
}

/// What is to be said of who is a bot; why, if nobody told in this round.
fn said_of_bots(bots: &[String], why: Option<&str>) -> Option<String> {
    match why {
        Some(why) if bots.is_empty() => Some(format!(
            "Which programs are bots is not known: {why}; all are shown, and alerts evaluated \
             here stay quiet."
        )),
        Some(why) => {
            Some(format!("Which programs are bots is not known: {why}; those of before are shown."))
        }
        None if bots.is_empty() => Some(
            "No program there had a heartbeat within the day, so none is known to be a bot: all \
             are shown, and alerts evaluated here stay quiet."
                .to_owned(),
        ),
        None => None,
    }
}

/// Who evaluates the alerts.
fn said(told: usize, own: usize, trouble: Option<&str>) -> String {
    let why = trouble.map(|why| format!(" ({why})")).unwrap_or_default();
    match (told, own) {
        (_, 0) => "The states of alerts are those of its rules.".to_owned(),
        (0, _) => format!(
            "It has not loaded botmeter's rules{why}: alerts are evaluated here, for as long as \
             somebody looks."
        ),
        (told, own) => format!(
            "The states of {told} alerts are those of its rules; {own} more are not loaded there, \
             and evaluated here, for as long as somebody looks."
        ),
    }
}
