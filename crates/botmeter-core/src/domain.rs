//! Domains: what one part of a bot has to tell.

use crate::{Descriptor, Error, Meter};

/// A group of instruments and the events that feed them.
///
/// `register` makes every handle of the domain. The generators call it with a
/// backend that takes notes, so what is drawn and documented is what is
/// registered.
pub trait Domain: Sized + Send + Sync + 'static {
    /// One word, which the names of the domain's pages start with.
    const NAME: &'static str;

    /// Makes the handles.
    fn register(meter: &Meter) -> Self;
}

/// One domain or a tuple of up to eight, named when telemetry starts.
pub trait Domains: Sized {
    /// Adds what each domain registers.
    fn note(notes: &mut Vec<Registered>);
    /// Makes the handles of all.
    fn register(meter: &Meter) -> Self;
}

/// What one domain registers.
#[derive(Debug)]
pub struct Registered {
    /// The domain's name.
    pub domain: &'static str,
    /// Its instruments in the order of their registration.
    pub instruments: Vec<&'static Descriptor>,
}

impl Registered {
    /// What this domain registers.
    pub fn of<D: Domain>() -> Self {
        let notes = Meter::of(&[]);
        drop(D::register(&notes));
        Self { domain: D::NAME, instruments: notes.store().descriptors() }
    }
}

impl<D: Domain> Domains for D {
    fn note(notes: &mut Vec<Registered>) {
        notes.push(Registered::of::<D>());
    }

    fn register(meter: &Meter) -> Self {
        D::register(meter)
    }
}

impl Domains for () {
    fn note(_: &mut Vec<Registered>) {}

    fn register(_: &Meter) {}
}

macro_rules! domains {
    ($($domain:ident),*) => {
        impl<$($domain: Domain),*> Domains for ($($domain,)*) {
            fn note(notes: &mut Vec<Registered>) {
                $($domain::note(notes);)*
            }

            fn register(meter: &Meter) -> Self {
                ($(<$domain as Domain>::register(meter),)*)
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
    for (at, Registered { domain, instruments }) in registered.iter().enumerate() {
        if registered[..at].iter().any(|before| before.domain == *domain) {
            return Err(Error::new(format!(
                "register the domain {domain:?}: it is registered already; name each domain once"
            )));
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
