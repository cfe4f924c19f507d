//! The domain itself.

use std::{error::Error, future::Future, sync::Arc, time::SystemTime};

use botmeter_core::{Domain, Meter, Table, observe};

use crate::{BotName, ErrorKind, Run, instruments::EXECUTIONS, row::Row};

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

    fn register(meter: &Meter) -> Self {
        let bind = |meter: &Meter, (bot,): (&str,)| Arc::new(Row::bind(meter, bot));
        Self(Arc::new(Table::new(meter, &EXECUTIONS, bind)))
    }
}

impl Bots {
    /// A bot, found once. Its counters are at zero from now on, so that its
    /// first failure is a change from 0 to 1 that an alert can see.
    pub fn bot(&self, name: &str) -> Bot {
        Bot(Arc::clone(self.0.row((name,))))
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
    pub fn observe<T, E, F>(
        &self,
        name: &str,
        run: F,
    ) -> impl Future<Output = F::Output> + use<T, E, F>
    where
        F: Future<Output = Result<T, E>>,
        E: Error + 'static,
    {
        self.bot(name).observe(run)
    }
}

/// One bot.
#[derive(Clone, Debug)]
pub struct Bot(Arc<Row>);

impl Bot {
    /// A run starts.
    #[inline]
    pub fn run(&self) -> Run {
        Run::start(Arc::clone(&self.0))
    }

    /// Counts the run that this future is: its success, its error, which tells
    /// its kind by [`ErrorKind::of`], or its cancellation. The run starts when
    /// the future is first polled.
    ///
    /// ```
    /// # use botmeter_bot::{Bots, core::{Domain, Memory, Meter}};
    /// # use std::{io, time::Duration};
    /// # async fn send() -> Result<u32, io::Error> { Ok(250) }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let memory = Memory::new();
    /// # let bots = Bots::register(&Meter::new(memory.clone()));
    /// let newsletter = bots.bot("newsletter");
    /// // It borrows nothing, so it can be spawned.
    /// let sent = tokio::spawn(newsletter.observe(send())).await??;
    /// assert_eq!(sent, 250);
    /// # let labels = [("bot", "newsletter"), ("status", "success")];
    /// # assert_eq!(memory.value("bot_executions_total", &labels), Some(1.0));
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
        E: Error + 'static,
    {
        self.observe_with(run, |error| ErrorKind::of(error))
    }

    /// The same for errors that are no [`Error`] themselves, such as a boxed
    /// one.
    ///
    /// ```
    /// # use botmeter_bot::{Bots, core::{Domain, Memory, Meter}};
    /// # use std::io;
    /// use botmeter_bot::ErrorKind;
    ///
    /// async fn send() -> Result<(), Box<dyn std::error::Error>> {
    ///     Err(io::Error::from(io::ErrorKind::StorageFull))?
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let memory = Memory::new();
    /// # let bots = Bots::register(&Meter::new(memory.clone()));
    /// let newsletter = bots.bot("newsletter");
    /// let sent = newsletter.observe_with(send(), |error| ErrorKind::of(error.as_ref())).await;
    /// assert!(sent.is_err());
    /// # let labels = [("bot", "newsletter"), ("error_type", "storage")];
    /// # assert_eq!(memory.value("bot_failures_total", &labels), Some(1.0));
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe_with<T, E, F, C>(
        &self,
        run: F,
        classify: C,
    ) -> impl Future<Output = F::Output> + use<T, E, F, C>
    where
        F: Future<Output = Result<T, E>>,
        C: FnOnce(&E) -> ErrorKind,
    {
        let bot = self.clone();
        observe(
            move || (bot.run(), run),
            |guard: Run, result: &Result<T, E>| match result {
                Ok(_) => guard.finish(),
                Err(error) => guard.fail(classify(error)),
            },
        )
    }

    /// So many items wait for the bot now.
    ///
    /// Dashboards add up what the processes of one job tell. Where several of
    /// them share a queue, let one of them tell.
    ///
    /// A number below zero or above [`MAX_QUEUE_DEPTH`](crate::MAX_QUEUE_DEPTH)
    /// is not recorded but counted in
    /// `telemetry_dropped_total{reason="implausible"}`.
    pub fn set_queue_depth(&self, items: impl TryInto<u64>) {
        self.0.queued(items.try_into().ok());
    }

    /// The bot last did its job at this time, before this process started.
    ///
    /// Without it, nothing is known about a bot that runs once a day until its
    /// first run after a restart. A time before the last success that is known
    /// changes nothing; one in the future or before the year 2000 is not
    /// recorded but counted in `telemetry_dropped_total{reason="implausible"}`.
    pub fn restore_last_success(&self, at: SystemTime) {
        self.0.had_succeeded(at);
    }
}
