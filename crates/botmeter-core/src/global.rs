//! A domain for code that nobody can hand one.

use std::{fmt, ops::Deref, sync::OnceLock};

use crate::{Discard, Domain, Error, Meter, problem};

/// A domain for code that cannot be handed one: set once, when telemetry has
/// started, and found from everywhere.
///
/// To hand a domain down is better, because nothing can be forgotten then. For
/// the code that cannot be reached so, there is one static for each domain:
///
/// ```
/// use botmeter_core::{Counter, Domain, Global, Instrument, Memory, Meter, Unit};
///
/// static PINGS: Instrument<Counter, ()> =
///     Instrument::counter("ping.sent", Unit::of("{ping}"), "Pings.");
///
/// struct Ping(Counter);
///
/// impl Domain for Ping {
///     const NAME: &'static str = "ping";
///     type Config = ();
///
///     fn register_with(meter: &Meter, (): ()) -> Self {
///         Self(PINGS.bind(meter, ()))
///     }
/// }
///
/// impl Ping {
///     fn sent(&self) {
///         self.0.add(1);
///     }
/// }
///
/// static PING: Global<Ping> = Global::new();
///
/// let memory = Memory::new();
/// // Where telemetry starts, with the domain that it returned.
/// PING.set(Ping::register(&Meter::new(memory.clone())))?;
/// // Anywhere.
/// PING.sent();
/// assert_eq!(memory.value("ping_sent_total", &[]), Some(1.0));
/// # Ok::<(), botmeter_core::Error>(())
/// ```
///
/// Until it is set, events can be told to it as to any other; they count
/// nowhere, and a warning says so once. So ask the static at each event, and
/// keep no reference from before the start.
pub struct Global<D> {
    set: OnceLock<D>,
    /// What takes events that come before.
    early: OnceLock<D>,
}

impl<D: Domain> Global<D> {
    /// One that is not set yet.
    #[expect(clippy::new_without_default, reason = "it is for statics")]
    pub const fn new() -> Self {
        Self { set: OnceLock::new(), early: OnceLock::new() }
    }

    /// From now on, it is this one.
    ///
    /// # Errors
    ///
    /// When it is set already: whoever found the other one would go on with
    /// that.
    pub fn set(&self, domain: D) -> Result<(), Error> {
        self.set.set(domain).map_err(|_| {
            Error::new(format!(
                "set the global of the domain {:?}: it is set already; set it once, where the \
                 program starts",
                D::NAME
            ))
        })
    }
}

impl<D: Domain> Deref for Global<D> {
    type Target = D;

    fn deref(&self) -> &D {
        if let Some(domain) = self.set.get() {
            return domain;
        }
        let mut is_first = false;
        let early = self.early.get_or_init(|| {
            is_first = true;
            D::register(&Meter::new(Discard))
        });
        // Not within: who hears of it may ask for the very same domain.
        if is_first {
            problem!(
                warn,
                "the global of the domain {:?} is asked for before it is set: its events count \
                 nowhere until then; set it right after the start of telemetry",
                D::NAME
            );
        }
        early
    }
}

/// Shows whether it is set: a domain need not be showable.
impl<D: Domain> fmt::Debug for Global<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_set = self.set.get().is_some();
        write!(f, "Global({:?}, {})", D::NAME, if is_set { "set" } else { "not set" })
    }
}
