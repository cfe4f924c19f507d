//! One run, from its start to its end.

use std::{
    error::Error,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crate::{ErrorKind, row::Row};

/// One run of a bot, counted once, at its end.
///
/// Ends with [`finish`](Self::finish), [`fail`](Self::fail) or
/// [`end`](Self::end). Dropped without a word, as a future is when its caller
/// goes away, it ends as `cancelled`; dropped by a panic, it failed with
/// [`ErrorKind::Internal`].
///
/// It can be sent to another thread. One that ends after the shutdown of its
/// telemetry is not exported but counted as dropped, with a warning in the log.
///
/// A run ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_bot::{Bots, core::{Domain, Meter, backend::Discard}};
/// # let bots = Bots::register(&Meter::new(Discard));
/// let run = bots.run("newsletter");
/// run.finish();
/// run.finish();
/// ```
#[derive(Debug)]
#[must_use = "a run that is dropped at once counts as cancelled"]
pub struct Run {
    row: Arc<Row>,
    started: Instant,
    outcome: Outcome,
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Open,
    Finished,
    Failed(ErrorKind),
}

impl Run {
    pub(crate) fn start(row: Arc<Row>) -> Self {
        row.started();
        Self { row, started: Instant::now(), outcome: Outcome::Open }
    }

    /// The bot did what it is for.
    pub fn finish(mut self) {
        self.outcome = Outcome::Finished;
    }

    /// The run failed for this reason.
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
    pub fn fail(mut self, because: impl Into<ErrorKind>) {
        self.outcome = Outcome::Failed(because.into());
    }

    /// The run ended with this result; an error tells its kind by
    /// [`ErrorKind::of`].
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
    pub fn end<T, E: Error + 'static>(self, result: &Result<T, E>) {
        match result {
            Ok(_) => self.finish(),
            Err(error) => self.fail(ErrorKind::of(error)),
        }
    }

    /// How long the run has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where a run ends.
impl Drop for Run {
    fn drop(&mut self) {
        let took = self.started.elapsed();
        match self.outcome {
            Outcome::Finished => self.row.succeeded(took),
            Outcome::Failed(kind) => self.row.failed(kind, took),
            Outcome::Open if thread::panicking() => self.row.failed(ErrorKind::Internal, took),
            Outcome::Open => self.row.cancelled(took),
        }
    }
}
