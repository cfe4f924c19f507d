//! A Prometheus that answers instead of a window.

mod api;
mod asking;
mod news;
mod question;
mod rules;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use botmeter_live::Elsewhere;
use botmeter_view::Answers;

use crate::failure::Failure;
use api::{Answer, Api};
use asking::{Asked, Asking};
use question::Question;
use rules::Loaded;

/// How many questions are asked at once.
const AT_ONCE: usize = 6;

/// After this time, what is left of a page is not asked for any more.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many answers are kept until the next round.
const KEPT: usize = 4096;

/// How many warnings are passed on.
const WARNINGS: usize = 3;

/// What is asked instead of the bots themselves.
#[derive(Debug)]
pub(crate) struct Prometheus {
    api: Api,
    /// What was answered since the last round: a page is asked for once in
    /// each, however many look at it. One asks after the other.
    kept: Mutex<HashMap<Question, Arc<Answer>>>,
    known: Mutex<Known>,
}

/// What was found out in rounds.
#[derive(Clone, Debug, Default)]
struct Known {
    oldest: Option<i64>,
    /// How often it has samples.
    pace: Option<Duration>,
    rules: Loaded,
    /// What is to be said of alerts.
    alerts: Vec<String>,
    /// Why the last round brought nothing: until the next one, nobody waits
    /// for the same again.
    failure: Option<String>,
}

impl Prometheus {
    /// The one at this address.
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        let api = Api::new(url)?;
        Ok(Self { api, kept: Mutex::default(), known: Mutex::default() })
    }

    pub(crate) fn url(&self) -> &str {
        self.api.url()
    }

    fn known(&self) -> Known {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The answers to all of these, those that are known already among them.
    fn ask(&self, questions: BTreeSet<Question>) -> BTreeMap<Question, Arc<Answer>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() + questions.len() > KEPT {
            kept.clear();
        }
        let new: Vec<_> =
            questions.iter().filter(|question| !kept.contains_key(*question)).collect();
        let (next, began) = (AtomicUsize::new(0), Instant::now());
        let answered = thread::scope(|scope| {
            let ask = || {
                let mut answered = Vec::new();
                while let Some(question) = new.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = if began.elapsed() < PATIENCE {
                        self.api.ask(question)
                    } else {
                        Answer::none(format!("the rest of the page took {PATIENCE:?} already"))
                    };
                    answered.push(((*question).clone(), Arc::new(answer)));
                }
                answered
            };
            let asking: Vec<_> = (0..AT_ONCE.min(new.len())).map(|_| scope.spawn(ask)).collect();
            // What panicked has no answers, and is told as such.
            asking.into_iter().filter_map(|asking| asking.join().ok()).flatten().collect::<Vec<_>>()
        });
        kept.extend(answered);
        let known = questions.into_iter().filter_map(|question| {
            let answer = Arc::clone(kept.get(&question)?);
            Some((question, answer))
        });
        known.collect()
    }

    /// From now on, everything is asked for again.
    fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Elsewhere for Prometheus {
    fn answers(&self, ask: &mut dyn FnMut(&dyn Answers)) -> Box<dyn Answers> {
        let known = self.known();
        if let Some(why) = &known.failure {
            return Box::new(Asked::nothing(why.clone(), self.notes(&known)));
        }
        let asking = Asking::new(known.rules.clone());
        ask(&asking);
        let answers = self.ask(asking.into_questions());
        let mut notes = self.notes(&known);
        let warnings: BTreeSet<_> = answers.values().flat_map(|answer| &answer.warnings).collect();
        let warnings = warnings.into_iter().take(WARNINGS);
        notes.extend(warnings.map(|warning| format!("It warns: {warning}")));
        Box::new(Asked::new(known.rules, answers, notes))
    }
}
