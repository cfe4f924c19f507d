//! One narrative, and its runs.

use std::{future::Future, sync::Arc, time::Duration};

use botmeter_core::{Cause, Event, Guard, Outcome, Table};

use crate::{
    Act, ActName, Acting, NarrativeName,
    row::{ActRow, Row},
};

/// What the narratives of a program share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) rows: Table<(NarrativeName,), Arc<Row>>,
    pub(crate) acts: Table<(NarrativeName, ActName), Arc<ActRow>>,
}

/// One narrative.
#[derive(Clone, Debug)]
pub struct Narrative {
    state: Arc<State>,
    row: Arc<Row>,
}

/// One run of a narrative, counted once, at its end.
///
/// Ends with `finish`, `fail` or `end`. Dropped without a word, as a future is
/// when its caller goes away, it ends as `cancelled`; dropped by a panic, as an
/// error. While it goes on, it can do what its [`Narrative`] can: start acts,
/// and count replies.
pub type Run = Guard<Narrative>;

impl Narrative {
    pub(crate) fn new(state: Arc<State>, name: &str) -> Self {
        let row = Arc::clone(state.rows.row((name,)));
        Self { state, row }
    }

    /// A run starts.
    #[inline]
    pub fn run(&self) -> Run {
        Run::start(self.clone())
    }

    /// An act of the narrative starts.
    #[inline]
    pub fn act(&self, name: &str) -> Act {
        let act = Arc::clone(self.state.acts.row((&self.row.narrative, name)));
        Act::start(Acting::new(Arc::clone(&self.row), act))
    }

    /// Counts the run that this future is: its success, its error or its
    /// cancellation. The run starts when the future is first polled.
    ///
    /// ```
    /// # use botmeter_narrative::{Narratives, core::{Domain, Memory, Meter}};
    /// # use std::io;
    /// # async fn ask(prompt: &str) -> Result<String, io::Error> { Ok(prompt.to_owned()) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let memory = Memory::new();
    /// # let narratives = Narratives::register(&Meter::new(memory.clone()));
    /// let report = narratives.narrative("weekly_report");
    /// let acts = report.clone();
    /// let text = report.observe(async move {
    ///     let outline = acts.act("outline").observe(ask("Write an outline.")).await?;
    ///     acts.act("draft").observe(ask(&outline)).await
    /// });
    /// // It borrows nothing, so it can be spawned.
    /// let text = tokio::spawn(text).await??;
    /// # let labels = [("narrative", "weekly_report"), ("act", "draft"), ("status", "success")];
    /// # assert_eq!(memory.value("narrative_act_duration_seconds_count", &labels), Some(1.0));
    /// # assert_eq!(text, "Write an outline.");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe<T, E, M, F>(&self, run: F) -> impl Future<Output = F::Output> + use<T, E, M, F>
    where
        F: Future<Output = Result<T, E>>,
        E: Cause<M>,
    {
        let narrative = self.clone();
        Run::of_future(move || narrative.run(), run)
    }

    /// Counts whether the JSON that was wanted could be extracted from a
    /// model's reply, and gives the result back.
    ///
    /// ```
    /// # use botmeter_narrative::{Narratives, core::{Domain, Memory, Meter}};
    /// # use std::num::ParseIntError;
    /// # let memory = Memory::new();
    /// # let narratives = Narratives::register(&Meter::new(memory.clone()));
    /// # fn parse(reply: &str) -> Result<u32, ParseIntError> { reply.parse() }
    /// let report = narratives.narrative("weekly_report");
    /// let score = report.json(parse("7"))?;
    /// # assert!(report.json(parse("seven")).is_err());
    /// # let labels = [("narrative", "weekly_report")];
    /// # assert_eq!(memory.value("narrative_json_success_total", &labels), Some(1.0));
    /// # assert_eq!(memory.value("narrative_json_failures_total", &labels), Some(1.0));
    /// # assert_eq!(score, 7);
    /// # Ok::<(), ParseIntError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The result's own.
    pub fn json<T, E>(&self, extracted: Result<T, E>) -> Result<T, E> {
        self.row.json(extracted.is_ok());
        extracted
    }
}

/// A run of the narrative.
impl Event for Narrative {
    fn started(&self) {
        self.row.started();
    }

    fn ended(&mut self, outcome: Outcome, took: Duration) {
        self.row.ended(outcome.status(), took);
    }
}
