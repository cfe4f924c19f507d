//! Domains that come after the start.

use botmeter_core::{Domain, Error, Registered};

use crate::telemetry::Telemetry;

impl Telemetry {
    /// Adds a domain to telemetry that runs: one that the start could not know,
    /// such as that of a plugin or of a library that is set up later.
    ///
    /// Its series leave by every route from then on, and reach a receiver as if
    /// they had always been there.
    ///
    /// ```
    /// # use botmeter_core::{Counter, Domain, Instrument, Memory, Meter, Unit};
    /// # use botmeter_telemetry::{Environment, Telemetry};
    /// # static PINGS: Instrument<Counter, ()> =
    /// #     Instrument::counter("ping.sent", Unit::of("{ping}"), "Pings.");
    /// # struct Ping(Counter);
    /// # impl Domain for Ping {
    /// #     const NAME: &'static str = "ping";
    /// #     type Config = ();
    /// #     fn register_with(meter: &Meter, (): ()) -> Self {
    /// #         Self(PINGS.bind(meter, ()))
    /// #     }
    /// # }
    /// # impl Ping { fn sent(&self) { self.0.add(1); } }
    /// let memory = Memory::new();
    /// let builder = Telemetry::builder("my-bot").backend(memory.clone());
    /// # let builder = builder.environment(Environment::default());
    /// let (telemetry, ()) = builder.start::<()>()?;
    ///
    /// let ping = telemetry.register::<Ping>()?;
    /// ping.sent();
    /// assert_eq!(memory.value("ping_sent_total", &[]), Some(1.0));
    /// # telemetry.end();
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When a domain of its name is there already, this one or that of another
    /// version of its crate; when one of its instruments would be one series
    /// with another; and after the shutdown, because nothing of it would be
    /// exported.
    pub fn register<D: Domain>(&self) -> Result<D, Error> {
        self.register_with(D::Config::default())
    }

    /// The same for a domain that is configured.
    ///
    /// # Errors
    ///
    /// As [`register`](Self::register).
    pub fn register_with<D: Domain>(&self, config: D::Config) -> Result<D, Error> {
        if self.ended.get().is_some() {
            return Err(Error::new(format!(
                "register the domain {:?}: its telemetry was shut down, so nothing of it would be \
                 exported; register it before the end",
                D::NAME
            )));
        }
        self.recorded.add(Registered::with::<D>(config.clone()))?;
        Ok(D::register_with(&self.meter, config))
    }
}
