//! The domain itself.

use std::{future::Future, sync::Arc};

use botmeter_core::{Cause, Domain, Meter, Table};

use crate::{
    Narrative, Run,
    instruments::{ACT_DURATION, EXECUTIONS},
    narrative::State,
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

impl Domain for Narratives {
    const NAME: &'static str = "narrative";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
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
        Narrative::new(Arc::clone(&self.0), name)
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
    pub fn observe<T, E, M, F>(
        &self,
        name: &str,
        run: F,
    ) -> impl Future<Output = F::Output> + use<T, E, M, F>
    where
        F: Future<Output = Result<T, E>>,
        E: Cause<M>,
    {
        self.narrative(name).observe(run)
    }
}
