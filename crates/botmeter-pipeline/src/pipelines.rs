//! The domain itself.

use std::{future::Future, sync::Arc, time::SystemTime};

use botmeter_core::{Cause, Domain, Meter, Table};

use crate::{Pass, Passing, PipelineName, Stage, instruments::GENERATED, row::Row};

/// The content pipelines of a program.
///
/// Made by `Telemetry` or by [`Domain::register`]. Cloning is cheap, and clones
/// count together.
///
/// A pipeline may have any name. Of more than 32 names, the surplus is counted
/// together as `other`.
#[derive(Clone, Debug)]
pub struct Pipelines(Arc<Table<(PipelineName,), Arc<Row>>>);

impl Domain for Pipelines {
    const NAME: &'static str = "pipeline";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let bind = |meter: &Meter, (pipeline,): (&str,)| Arc::new(Row::bind(meter, pipeline));
        Self(Arc::new(Table::new(meter, &GENERATED, bind)))
    }
}

impl Pipelines {
    /// A pipeline, found once. Its counters are at zero from now on, so that
    /// its first failure is a change from 0 to 1 that an alert can see.
    pub fn pipeline(&self, name: &str) -> Pipeline {
        Pipeline(Arc::clone(self.0.row((name,))))
    }
}

/// One pipeline.
///
/// A number of pieces below zero or above [`MAX_PIECES`](crate::MAX_PIECES) is
/// not recorded but counted in
/// `telemetry_dropped_total{reason="implausible"}`.
#[derive(Clone, Debug)]
pub struct Pipeline(Arc<Row>);

impl Pipeline {
    /// So many pieces were generated.
    pub fn generated(&self, pieces: impl TryInto<u64>) {
        if let Some(pieces) = self.0.pieces(pieces) {
            self.0.generated.add(pieces);
        }
    }

    /// Curation chose so many pieces to be published.
    pub fn curated(&self, pieces: impl TryInto<u64>) {
        if let Some(pieces) = self.0.pieces(pieces) {
            self.0.curated.add(pieces);
        }
    }

    /// Curation rejected so many pieces.
    pub fn rejected(&self, pieces: impl TryInto<u64>) {
        if let Some(pieces) = self.0.pieces(pieces) {
            self.0.rejected.add(pieces);
        }
    }

    /// So many pieces were published just now.
    pub fn published(&self, pieces: impl TryInto<u64>) {
        if let Some(pieces) = self.0.pieces(pieces)
            && pieces > 0
        {
            self.0.published.add(pieces);
            self.0.published_now();
        }
    }

    /// Something was last published at this time, before this process started.
    ///
    /// Without it, nothing is known about a pipeline that publishes once a day
    /// until it does so for the first time after a restart. A time before the
    /// last one that is known changes nothing; one in the future or before the
    /// year 2000 is not recorded but counted in
    /// `telemetry_dropped_total{reason="implausible"}`.
    pub fn restore_last_published(&self, at: SystemTime) {
        self.0.had_published(at);
    }

    /// So many pieces wait for the stage now.
    ///
    /// Dashboards add up what the processes of one job tell. Where several of
    /// them share a queue, let one of them tell.
    pub fn set_queue_depth(&self, stage: Stage, pieces: impl TryInto<u64>) {
        if let Some(pieces) = self.0.pieces(pieces) {
            self.0.queued(stage, pieces);
        }
    }

    /// A pass through the stage starts.
    #[inline]
    pub fn start(&self, stage: Stage) -> Pass {
        Pass::start(Passing::new(Arc::clone(&self.0), stage))
    }

    /// Times the pass that this future is, and counts its failure. The pass
    /// starts when the future is first polled.
    ///
    /// ```
    /// # use botmeter_pipeline::{Pipelines, core::{Domain, Memory, Meter}};
    /// # use std::io;
    /// # async fn curate() -> Result<u64, io::Error> { Ok(7) }
    /// use botmeter_pipeline::Stage;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let memory = Memory::new();
    /// # let pipelines = Pipelines::register(&Meter::new(memory.clone()));
    /// let blog = pipelines.pipeline("blog");
    /// // It borrows nothing, so it can be spawned.
    /// let chosen = tokio::spawn(blog.observe(Stage::Curation, curate())).await??;
    /// blog.curated(chosen);
    /// # let labels = [("pipeline", "blog"), ("stage", "curation")];
    /// # assert_eq!(memory.value("pipeline_stage_latency_seconds_count", &labels), Some(1.0));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe<T, E, M, F>(
        &self,
        stage: Stage,
        work: F,
    ) -> impl Future<Output = F::Output> + use<T, E, M, F>
    where
        F: Future<Output = Result<T, E>>,
        E: Cause<M>,
    {
        let pipeline = self.clone();
        Pass::of_future(move || pipeline.start(stage), work)
    }
}
