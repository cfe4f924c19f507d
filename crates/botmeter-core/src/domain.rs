//! Domains: what one part of a bot has to tell.

mod configs;

use std::any::{TypeId, type_name};

use crate::{Descriptor, Error, Meter};

pub use configs::Configs;

/// A group of instruments and the events that feed them.
///
/// `register_with` makes every handle of the domain. The generators call it
/// with a meter that nobody reads, so what is drawn and documented is what is
/// registered.
///
/// ```
/// use botmeter_core::{Counter, Domain, Instrument, Meter, Unit};
///
/// static RUNS: Instrument<Counter, ()> =
///     Instrument::counter("bot.runs", Unit::of("{run}"), "Runs of bots.");
///
/// struct Bot {
///     runs: Counter,
/// }
///
/// impl Domain for Bot {
///     const NAME: &'static str = "bot";
///     type Config = ();
///
///     fn register_with(meter: &Meter, (): ()) -> Self {
///         Self { runs: RUNS.bind(meter, ()) }
///     }
/// }
/// ```
pub trait Domain: Sized + Send + Sync + 'static {
    /// One word, which the names of the domain's pages start with.
    const NAME: &'static str;

    /// What a program may choose of it before it starts, such as prices; `()`
    /// if there is nothing to choose.
    type Config: Clone + Default + Send + 'static;

    /// Makes the handles.
    fn register_with(meter: &Meter, config: Self::Config) -> Self;

    /// Makes the handles of a domain that is left as it is by default.
    fn register(meter: &Meter) -> Self {
        Self::register_with(meter, Self::Config::default())
    }
}

/// One domain or a tuple of up to eight, named when telemetry starts.
pub trait Domains: Sized {
    /// Adds what each domain registers when it is configured so.
    fn note(notes: &mut Vec<Registered>, configs: &Configs);
    /// Makes the handles of all.
    fn make(meter: &Meter, configs: &Configs) -> Self;
}

/// What one domain registers.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The domain's name.
    pub domain: &'static str,
    /// Its instruments in the order of their registration.
    pub instruments: Vec<&'static Descriptor>,
    of: TypeId,
    type_name: &'static str,
}

impl Registered {
    /// What this domain registers.
    pub fn of<D: Domain>() -> Self {
        Self::with::<D>(D::Config::default())
    }

    /// What this domain registers when it is configured so.
    pub fn with<D: Domain>(config: D::Config) -> Self {
        let notes = Meter::of(&[]);
        drop(D::register_with(&notes, config));
        Self {
            domain: D::NAME,
            instruments: notes.store().descriptors(),
            of: TypeId::of::<D>(),
            type_name: type_name::<D>(),
        }
    }

    /// Why it cannot be there beside another one of its name.
    fn clash(&self, before: &Self) -> Error {
        let domain = self.domain;
        if self.of == before.of {
            return Error::new(format!(
                "register the domain {domain:?}: it is registered already; name each domain once"
            ));
        }
        let (own, other) = (self.type_name, before.type_name);
        Error::new(format!(
            "register the domain {domain:?}: both {other} and {own} are called so; name one of \
             them, and if they are two versions of one crate, which `cargo tree --duplicates` \
             shows, have all depend on the same version"
        ))
    }
}

impl<D: Domain> Domains for D {
    fn note(notes: &mut Vec<Registered>, configs: &Configs) {
        notes.push(Registered::with::<D>(configs.of::<D>()));
    }

    fn make(meter: &Meter, configs: &Configs) -> Self {
        D::register_with(meter, configs.of::<D>())
    }
}

impl Domains for () {
    fn note(_: &mut Vec<Registered>, _: &Configs) {}

    fn make(_: &Meter, _: &Configs) {}
}

macro_rules! domains {
    ($($domain:ident),*) => {
        impl<$($domain: Domain),*> Domains for ($($domain,)*) {
            fn note(notes: &mut Vec<Registered>, configs: &Configs) {
                $($domain::note(notes, configs);)*
            }

            fn make(meter: &Meter, configs: &Configs) -> Self {
                ($($domain::make(meter, configs),)*)
            }
        }
    };
}

domains!(A);
domains!(A, B);
domains!(A, B, C);
domains!(A, B, C, D);
domains!(A, B, C, D, E);
domains!(A, B, C, D, E, F);
domains!(A, B, C, D, E, F, G);
domains!(A, B, C, D, E, F, G, H);

/// Every instrument of these domains.
///
/// # Errors
///
/// When a domain is there twice, or two instruments would be one series.
pub fn instruments(registered: &[Registered]) -> Result<Vec<&'static Descriptor>, Error> {
    let mut found: Vec<(&'static str, String, &'static Descriptor)> = Vec::new();
    for (at, noted) in registered.iter().enumerate() {
        let Registered { domain, instruments, .. } = noted;
        if let Some(before) = registered[..at].iter().find(|before| before.domain == *domain) {
            return Err(noted.clash(before));
        }
        for descriptor in instruments {
            let name = descriptor.prometheus_name();
            if let Some((other, _, _)) = found.iter().find(|(_, taken, _)| *taken == name) {
                return Err(Error::new(format!(
                    "register the instrument {:?} of the domain {domain:?}: the domain {other:?} \
                     has one that is also called {name:?} in Prometheus; rename one of them",
                    descriptor.name(),
                )));
            }
            found.push((domain, name, descriptor));
        }
    }
    Ok(found.into_iter().map(|(_, _, descriptor)| descriptor).collect())
}
