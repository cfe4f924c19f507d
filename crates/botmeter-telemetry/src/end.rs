//! The end of a telemetry: one, whoever asks for it and however often.

use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

use botmeter_core::{Backend, Error, problem};

use crate::{
    answer::Answer,
    deadline::{Outcome, known, told},
    running::Running,
    telemetry::Telemetry,
    wait::{wait, wait_until},
};

/// How long [`Telemetry::end`] may take.
const END_DEADLINE: Duration = Duration::from_secs(5);

impl Telemetry {
    /// Hands over what was recorded and ends every backend, within five
    /// seconds: the last line of a program.
    ///
    /// It returns nothing, because a receiver that is down is no failure of the
    /// program's own work; how it went is logged, and said on standard error
    /// where nobody listens to the log. [`shutdown`](Self::shutdown) is for
    /// those who want to know, or have another deadline.
    ///
    /// It blocks, in an asynchronous program as in any other, so there is no
    /// future that somebody could forget to await or drop halfway, and it is
    /// called the same way from everywhere: inside of a runtime, outside, in a
    /// destructor. It needs none of the runtime's threads. Where other tasks
    /// have to go on meanwhile, await a `shutdown` instead.
    ///
    /// ```
    /// # use botmeter_telemetry::{Environment, Telemetry};
    /// # let none = [("OTEL_METRICS_EXPORTER", "none")];
    /// let builder = Telemetry::builder("my-bot");
    /// # let builder = builder.environment(none.into_iter().collect());
    /// let (telemetry, ()) = builder.start::<()>()?;
    /// // ... the program's work ...
    /// telemetry.end();
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    pub fn end(&self) {
        // How it went is logged.
        let _outcome = known(wait(self.ending(END_DEADLINE)));
    }

    /// Hands over what was recorded and ends every backend, by the deadline
    /// whatever the network does.
    ///
    /// There is one end: who calls again, from another thread or later, is told
    /// how that one went, or an error if their own deadline comes first. A
    /// future that is dropped halfway, as `select!` does, does not stop it, and
    /// dropping the telemetry then waits for what is left of its deadline.
    ///
    /// How it went is logged as well, so that a program that drops the result
    /// does not lose its last metrics in silence.
    ///
    /// What domains and guards record after this call is not exported. It is
    /// counted in `telemetry_dropped_total` for the reason `after_shutdown`,
    /// which [`diagnose`](Self::diagnose) and backends that go on tell, and the
    /// first time there is a warning in the log. What is recorded while the
    /// call goes on is counted as dropped, too, although the last export may
    /// still have it: a measurement is exported, or counted as dropped, or
    /// both. That it is neither takes a processor that lets a thread read
    /// before others see what it wrote, and the very nanoseconds in which the
    /// call begins: to rule that out, each measurement would have to wait for
    /// its own.
    ///
    /// # Errors
    ///
    /// When something could not be delivered or ended by then; the text says
    /// how many data points and spans were not delivered, and why.
    pub async fn shutdown(&self, deadline: Duration) -> Result<(), Error> {
        told(self.ending(deadline).await)
    }

    /// The same for a thread that may block.
    ///
    /// # Errors
    ///
    /// As [`shutdown`](Self::shutdown).
    pub fn shutdown_blocking(&self, deadline: Duration) -> Result<(), Error> {
        told(wait(self.ending(deadline)))
    }

    /// Ends every backend, unless that was begun before.
    fn ending(&self, deadline: Duration) -> Answer<Outcome> {
        let mut is_first = false;
        let answer = self.ended.get_or_init(|| {
            is_first = true;
            self.begin_end(deadline, || {})
        });
        if is_first { answer.clone() } else { within(answer, deadline) }
    }

    /// Begins to end every backend. What is logged about it, `first_words` and
    /// how it went, is logged by the thread that knows, as its starter would:
    /// nobody may be there to hear the answer, and in the destructor of a
    /// thread-local no line can be written.
    fn begin_end(
        &self,
        deadline: Duration,
        first_words: impl FnOnce() + Send + 'static,
    ) -> Answer<Outcome> {
        // One last sign of life, so that what is handed over is fresh.
        if let Some(pulse) = &self.pulse {
            pulse.beat();
        }
        // Before the last export, so that nothing falls between the two.
        // Without a backend nothing was ever heard, which was said at the start.
        if !self.running.is_empty() {
            self.meter.store().end();
        }
        let work = self.each(deadline, "shutdown", Backend::shutdown);
        let running = self.running.clone();
        let identity = self.identity.lock().unwrap_or_else(PoisonError::into_inner).take();
        let log = tracing::dispatcher::get_default(Clone::clone);
        Answer::of("botmeter-wait", move || {
            tracing::dispatcher::with_default(&log, || {
                first_words();
                let outcome = work.outcome();
                last_words(&outcome, &running);
                // The next telemetry may push under the same name.
                drop(identity);
                outcome
            })
        })
    }
}

/// How long a drop may take that comes without a shutdown.
const DROP_DEADLINE: Duration = Duration::from_secs(2);

impl Drop for Telemetry {
    /// Waits for the end, which has a deadline, whoever began it.
    fn drop(&mut self) {
        if self.running.is_empty() {
            return;
        }
        let ended = self.ended.get_or_init(|| {
            self.begin_end(DROP_DEADLINE, || {
                problem!(
                    warn,
                    "telemetry was dropped without shutdown; the last metrics get 2 s to leave"
                );
            })
        });
        // How it went is logged.
        let _outcome = known(wait(ended.clone()));
    }
}

/// How a shutdown goes that began before, for one who has a deadline of their
/// own.
fn within(shutdown: &Answer<Outcome>, deadline: Duration) -> Answer<Outcome> {
    let (shutdown, end) = (shutdown.clone(), Instant::now().checked_add(deadline));
    Answer::of("botmeter-wait", move || match wait_until(shutdown, end) {
        Some(outcome) => known(outcome),
        None => Err(format!(
            "shutdown telemetry: the shutdown that began before goes on, and is not done within \
             {:.1} s",
            deadline.as_secs_f64()
        )),
    })
}

/// Logs how the end went.
fn last_words(outcome: &Outcome, running: &[Running]) {
    match outcome {
        // What never ran has nothing to say at the end.
        Ok(()) if running.is_empty() => {}
        Ok(()) => tracing::info!("telemetry ended"),
        Err(error) => {
            let undelivered: u64 = running.iter().map(|it| it.backend.undelivered()).sum();
            let error = error.as_str();
            problem!(
                error,
                undelivered = undelivered,
                error = error,
                "telemetry ended, and not all was delivered"
            );
        }
    }
}
