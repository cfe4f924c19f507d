//! What a program chooses for its domains and their labels.

use botmeter_core::{Domain, Label};

use super::Builder;

impl Builder {
    /// Configures a domain before it is started; the last configuration counts.
    /// A domain that is not configured has its default.
    ///
    /// ```
    /// use botmeter_core::{Counter, Domain, Instrument, Memory, Meter, Unit};
    /// use botmeter_telemetry::Telemetry;
    /// # use botmeter_telemetry::Environment;
    ///
    /// static LETTERS: Instrument<Counter, ()> =
    ///     Instrument::counter("mail.letters", Unit::of("{letter}"), "Letters sent.");
    ///
    /// struct Mail {
    ///     letters: Counter,
    ///     copies: u64,
    /// }
    ///
    /// impl Domain for Mail {
    ///     const NAME: &'static str = "mail";
    ///     /// How many copies go out with each letter.
    ///     type Config = u64;
    ///
    ///     fn register_with(meter: &Meter, copies: u64) -> Self {
    ///         Self { letters: LETTERS.bind(meter, ()), copies }
    ///     }
    /// }
    ///
    /// let memory = Memory::new();
    /// let builder = Telemetry::builder("my-bot").backend(memory.clone());
    /// # let builder = builder.environment(Environment::default());
    /// let (telemetry, mail) = builder.configure::<Mail>(2).start::<Mail>()?;
    /// mail.letters.add(1 + mail.copies);
    /// assert_eq!(memory.value("mail_letters_total", &[]), Some(3.0));
    /// # telemetry.end();
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    ///
    /// The start fails if the domain is not among those that are started.
    pub fn configure<D: Domain>(mut self, config: D::Config) -> Self {
        self.configs.set::<D>(config);
        self
    }

    /// Admits so many texts for a label, instead of as many as it was declared
    /// with: `.limit::<Model>(500)` for a program that calls more models than
    /// most.
    ///
    /// Each text is a series of each instrument that has the label, or several.
    /// The start fails if the number is not from 1 to 1000, or the label takes
    /// no text.
    pub fn limit<L: Label>(mut self, limit: usize) -> Self {
        if let Ok(limits) = &mut self.limits
            && let Err(error) = limits.set::<L>(limit)
        {
            self.limits = Err(error);
        }
        self
    }
}
