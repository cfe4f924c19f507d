//! One bot, and its runs.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, SystemTime},
};

use botmeter_core::{Cause, Event, Guard, Outcome};

use crate::{ErrorKind, row::Row};

/// One bot.
#[derive(Clone, Debug)]
pub struct Bot(Arc<Row>);

/// One run of a bot, counted once, at its end.
///
/// Ends with `finish`, `fail` or `end`. Dropped without a word, as a future is
/// when its caller goes away, it ends as `cancelled`; dropped by a panic, it
/// failed with [`ErrorKind::Internal`].
///
/// A failure has a kind, which the program's own errors may tell:
///
/// ```
/// # use botmeter_bot::{Bots, core::{Domain, Memory, Meter}};
/// use botmeter_bot::ErrorKind;
///
/// enum Trouble {
///     MailRefused,
///     NoSuchList,
/// }
///
/// impl From<&Trouble> for ErrorKind {
///     fn from(trouble: &Trouble) -> Self {
///         match trouble {
///             Trouble::MailRefused => Self::Platform,
///             Trouble::NoSuchList => Self::Config,
///         }
///     }
/// }
///
/// # let memory = Memory::new();
/// # let bots = Bots::register(&Meter::new(memory.clone()));
/// bots.run("newsletter").fail(&Trouble::MailRefused);
/// bots.run("newsletter").fail(ErrorKind::Timeout);
/// # bots.run("newsletter").fail(&Trouble::NoSuchList);
/// # for kind in ["platform", "timeout", "config"] {
/// #     let labels = [("bot", "newsletter"), ("error_type", kind)];
/// #     assert_eq!(memory.value("bot_failures_total", &labels), Some(1.0));
/// # }
/// ```
///
/// Errors of others tell it by [`ErrorKind::of`]:
///
/// ```
/// # use botmeter_bot::{Bots, core::{Domain, Memory, Meter}};
/// # let memory = Memory::new();
/// # let bots = Bots::register(&Meter::new(memory.clone()));
/// fn read_topics() -> Result<Vec<String>, std::io::Error> {
///     Ok(std::fs::read_to_string("/no/such/file")?.lines().map(str::to_owned).collect())
/// }
///
/// let run = bots.run("newsletter");
/// let topics = read_topics();
/// run.end(&topics);
/// # let labels = [("bot", "newsletter"), ("error_type", "storage")];
/// # assert_eq!(memory.value("bot_failures_total", &labels), Some(1.0));
/// ```
pub type Run = Guard<Bot, ErrorKind>;

impl Bot {
    pub(crate) fn new(row: Arc<Row>) -> Self {
        Self(row)
    }

    /// A run starts.
    #[inline]
    pub fn run(&self) -> Run {
        Run::start(self.clone())
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
    pub fn observe<T, E, M, F>(&self, run: F) -> impl Future<Output = F::Output> + use<T, E, M, F>
    where
        F: Future<Output = Result<T, E>>,
        E: Cause<M>,
    {
        let bot = self.clone();
        Run::of_future(move || bot.run(), run)
    }

    /// The same for errors of any type, about which the function tells.
    ///
    /// ```
    /// # use botmeter_bot::{Bots, core::{Domain, Memory, Meter}};
    /// use botmeter_bot::ErrorKind;
    ///
    /// async fn send() -> Result<(), String> {
    ///     Err("450 mailbox busy".to_owned())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let memory = Memory::new();
    /// # let bots = Bots::register(&Meter::new(memory.clone()));
    /// let newsletter = bots.bot("newsletter");
    /// let sent = newsletter.observe_with(send(), |_| ErrorKind::Platform).await;
    /// assert!(sent.is_err());
    /// # let labels = [("bot", "newsletter"), ("error_type", "platform")];
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
        Run::of_future_with(move || bot.run(), run, classify)
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

/// A run of the bot.
impl Event<ErrorKind> for Bot {
    fn started(&self) {
        self.0.started();
    }

    fn ended(&mut self, outcome: Outcome<ErrorKind>, took: Duration) {
        self.0.ended(outcome, took);
    }
}
