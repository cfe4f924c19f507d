//! The domain itself.

use std::{future::Future, sync::Arc};

use botmeter_core::{Cause, Domain, Meter, Table};

use crate::{Bot, BotName, Run, instruments::EXECUTIONS, row::Row};

/// The bots of a program.
///
/// Made by `Telemetry` or by [`Domain::register`]. Cloning is cheap, and clones
/// count together.
///
/// A bot may have any name. Of more than 64 names, the surplus is counted
/// together as `other`, so a name is that of a kind of bot, never that of a
/// user or of a run.
#[derive(Clone, Debug)]
pub struct Bots(Arc<Table<(BotName,), Arc<Row>>>);

impl Domain for Bots {
    const NAME: &'static str = "bot";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        let bind = |meter: &Meter, (bot,): (&str,)| Arc::new(Row::bind(meter, bot));
        Self(Arc::new(Table::new(meter, &EXECUTIONS, bind)))
    }
}

impl Bots {
    /// A bot, found once. Its counters are at zero from now on, so that its
    /// first failure is a change from 0 to 1 that an alert can see.
    pub fn bot(&self, name: &str) -> Bot {
        Bot::new(Arc::clone(self.0.row((name,))))
    }

    /// A run of the bot of this name starts.
    #[inline]
    pub fn run(&self, name: &str) -> Run {
        self.bot(name).run()
    }

    /// Counts the run that this future is; see [`Bot::observe`].
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
        self.bot(name).observe(run)
    }
}
