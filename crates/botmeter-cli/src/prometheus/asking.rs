//! What a page asks, all of it before anything is answered.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use botmeter_board::{
    Expr, Scope,
    promql::{Asked as Spelled, of_panel},
};
use botmeter_core::process::HEARTBEAT;
use botmeter_view::{Answers, Reading};
use botmeter_window::{Place, Row, Track};

use super::{
    api::Answer,
    question::{Moments, Question},
    rules::Loaded,
};

/// Notes what is asked, and answers nothing.
#[derive(Debug)]
pub(super) struct Asking {
    rules: Loaded,
    questions: RefCell<BTreeSet<Question>>,
}

/// Answers what was asked before.
#[derive(Debug)]
pub(super) struct Asked {
    rules: Loaded,
    answers: BTreeMap<Question, Arc<Answer>>,
    /// Why there are none at all.
    failure: Option<String>,
    notes: Vec<String>,
}

impl Asking {
    pub(super) fn new(rules: Loaded) -> Self {
        Self { rules, questions: RefCell::default() }
    }

    pub(super) fn into_questions(self) -> BTreeSet<Question> {
        self.questions.into_inner()
    }

    pub(super) fn note(&self, question: Question) {
        self.questions.borrow_mut().insert(question);
    }
}

impl Answers for Asking {
    fn reads_promql(&self) -> bool {
        true
    }

    fn at(&self, expr: &Expr, at: i64, place: &Place<'_>) -> Result<Vec<Row>, String> {
        self.note(question(&self.rules, expr, place, Moments::One(at)));
        Ok(Vec::new())
    }

    fn tracks(
        &self,
        expr: &Expr,
        moments: &[i64],
        place: &Place<'_>,
    ) -> Result<Vec<Track>, String> {
        if let Some(moments) = Moments::of(moments) {
            self.note(question(&self.rules, expr, place, moments));
        }
        Ok(Vec::new())
    }

    fn readings(&self, at: i64) -> Result<Vec<Reading>, String> {
        for query in readings() {
            self.note(Question { query, moments: Moments::One(at) });
        }
        Ok(Vec::new())
    }
}

impl Asked {
    pub(super) fn new(
        rules: Loaded,
        answers: BTreeMap<Question, Arc<Answer>>,
        notes: Vec<String>,
    ) -> Self {
        Self { rules, answers, failure: None, notes }
    }

    /// No answers, and why.
    pub(super) fn nothing(why: String, notes: Vec<String>) -> Self {
        let (rules, answers) = (Loaded::default(), BTreeMap::new());
        Self { rules, answers, failure: Some(why), notes }
    }

    fn rows(&self, question: &Question) -> Result<Vec<Vec<Row>>, String> {
        if let Some(why) = &self.failure {
            return Err(why.clone());
        }
        let answer = self.answers.get(question);
        answer.map_or_else(
            || Err("it was not asked for, which is a bug".to_owned()),
            |answer| answer.rows.clone(),
        )
    }
}

impl Answers for Asked {
    fn reads_promql(&self) -> bool {
        true
    }

    fn at(&self, expr: &Expr, at: i64, place: &Place<'_>) -> Result<Vec<Row>, String> {
        let rows = self.rows(&question(&self.rules, expr, place, Moments::One(at)))?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    fn tracks(
        &self,
        expr: &Expr,
        moments: &[i64],
        place: &Place<'_>,
    ) -> Result<Vec<Track>, String> {
        let Some(moments) = Moments::of(moments) else { return Ok(Vec::new()) };
        self.rows(&question(&self.rules, expr, place, moments)).map(Track::of)
    }

    fn readings(&self, at: i64) -> Result<Vec<Reading>, String> {
        let ask = |query| self.rows(&Question { query, moments: Moments::One(at) });
        let [is_up, last] = readings();
        let last: Vec<Row> = ask(last)?.into_iter().flatten().collect();
        let readings = ask(is_up)?.into_iter().flatten().map(|row| {
            let label = |key| row.labels.get(key).unwrap_or_default().to_owned();
            let (job, instance) = (label("job"), label("instance"));
            let is_up = row.value > 0.0;
            let is_same = |of: &&Row| {
                of.labels.get("job") == Some(&job) && of.labels.get("instance") == Some(&instance)
            };
            #[expect(clippy::cast_possible_truncation, reason = "times of a century are small")]
            let last = last.iter().find(is_same).map(|row| (row.value * 1000.0) as i64);
            let failure = (!is_up)
                .then(|| "Prometheus cannot read it; why is on its page of targets".to_owned());
            // What failed is no reading.
            Reading { job, instance, last: last.filter(|_| is_up), failure }
        });
        Ok(readings.collect())
    }

    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }
}

/// Whether each bot is read, and when it last was; of those alone that are
/// bots, or were within the last day.
fn readings() -> [String; 2] {
    let heartbeat = HEARTBEAT.descriptor().prometheus_name();
    ["up", "timestamp(up)"]
        .map(|asked| format!("{asked} and on (job, instance) last_over_time({heartbeat}[1d])"))
}

/// What is asked by an expression that stands there.
fn question(rules: &Loaded, expr: &Expr, place: &Place<'_>, moments: Moments) -> Question {
    let query = match place {
        Place::Rule => rule(expr),
        Place::Panel(view) => {
            let mut chosen: Vec<_> = view.chosen.pairs().collect();
            // All are all bots, and not whoever else has series of these names.
            if chosen.iter().all(|(key, _)| *key != "job") {
                chosen.extend(rules.bots.iter().map(|job| ("job", job.as_str())));
            }
            let asked = Spelled {
                scope: view.scope,
                variables: view.variables,
                chosen: &chosen,
                rate_interval: view.rate_interval,
                shown: view.shown,
            };
            of_panel(expr, &asked)
        }
    };
    Question { query: rules.spelled_out(query), moments }
}

/// The query of a rule, which looks at all jobs, each by itself.
pub(super) fn rule(expr: &Expr) -> String {
    let (variables, chosen): (&[_], &[_]) = (&[], &[]);
    let five_minutes = Duration::from_mins(5);
    let asked = Spelled {
        scope: Scope::Job,
        variables,
        chosen,
        rate_interval: five_minutes,
        shown: five_minutes,
    };
    of_panel(expr, &asked)
}
