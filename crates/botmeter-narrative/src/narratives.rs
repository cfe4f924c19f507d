//! The domain itself.

use std::{future::Future, sync::Arc};

use botmeter_core::{Domain, Meter, Table, observe};

use crate::{
    Act, ActName, NarrativeName, Run,
    instruments::{ACT_DURATION, EXECUTIONS},
    row::{ActRow, Row},
};

/// The narratives of a program.
///
/// Made by `Telemetry` or by [`Domain::register`]. Cloning is cheap, and clones
/// count together.
///
/// Narratives and acts may have any name. Of more than 64 narratives or 256
/// acts in all, the surplus is counted together as `other`.
#[derive(Clone, Debug)]
pub struct Narratives(Arc<State>);

#[derive(Debug)]
struct State {
    rows: Table<(NarrativeName,), Arc<Row>>,
    acts: Table<(NarrativeName, ActName), Arc<ActRow>>,
}

impl Domain for Narratives {
    const NAME: &'static str = "narrative";

    fn register(meter: &Meter) -> Self {
        let rows = Table::new(meter, &EXECUTIONS, |meter, (narrative,)| {
            Arc::new(Row::bind(meter, narrative))
        });
        let acts = Table::new(meter, &ACT_DURATION, |meter, (narrative, act)| {
            Arc::new(ActRow::bind(meter, narrative, act))
        });
        Self(Arc::new(State { rows, acts }))
    }
}

impl Narratives {
    /// A narrative, found once. Its counters are at zero from now on.
    pub fn narrative(&self, name: &str) -> Narrative {
        let row = Arc::clone(self.0.rows.row((name,)));
        Narrative { state: Arc::clone(&self.0), row }
    }

    /// A run of the narrative of this name starts.
    #[inline]
    pub fn run(&self, name: &str) -> Run {
        self.narrative(name).run()
    }

    /// Counts the run that this future is; see [`Narrative::observe`].
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe<T, E, F>(
        &self,
        name: &str,
        run: F,
    ) -> impl Future<Output = F::Output> + use<T, E, F>
    where
        F: Future<Output = Result<T, E>>,
    {
        self.narrative(name).observe(run)
    }
}

/// One narrative.
#[derive(Clone, Debug)]
pub struct Narrative {
    state: Arc<State>,
    row: Arc<Row>,
}

impl Narrative {
    /// A run starts.
    #[inline]
    pub fn run(&self) -> Run {
        Run::start(self.clone())
    }

    /// An act of the narrative starts.
    ///
    /// For code that has no [`Run`] at hand, such as what a wrapped future
    /// calls.
    #[inline]
    pub fn act(&self, name: &str) -> Act {
        let act = Arc::clone(self.state.acts.row((&self.row.narrative, name)));
        Act::start(Arc::clone(&self.row), act)
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
    pub fn observe<T, E, F>(&self, run: F) -> impl Future<Output = F::Output> + use<T, E, F>
    where
        F: Future<Output = Result<T, E>>,
    {
        let narrative = self.clone();
        observe(move || (narrative.run(), run), |guard: Run, result: &F::Output| guard.end(result))
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

    pub(crate) fn row(&self) -> &Row {
        &self.row
    }
}
