//! What a program has chosen of its domains before it starts.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
};

use super::{Domain, Registered};
use crate::Error;

/// The configurations of domains, each by its domain.
#[derive(Default)]
pub struct Configs(HashMap<TypeId, (&'static str, Box<dyn Any + Send>)>);

impl Configs {
    /// Configures this domain so; the last one counts.
    pub fn set<D: Domain>(&mut self, config: D::Config) {
        self.0.insert(TypeId::of::<D>(), (D::NAME, Box::new(config)));
    }

    /// The configuration of this domain, or its default.
    pub fn of<D: Domain>(&self) -> D::Config {
        let set = self.0.get(&TypeId::of::<D>()).and_then(|(_, config)| config.downcast_ref());
        set.cloned().unwrap_or_default()
    }

    /// Checks that each domain that is configured is there.
    ///
    /// # Errors
    ///
    /// When one is not: its configuration would be lost.
    pub fn check(&self, registered: &[Registered]) -> Result<(), Error> {
        let is_missing = |of: &TypeId| !registered.iter().any(|noted| noted.of == *of);
        let missing = self.0.iter().filter(|(of, _)| is_missing(of)).map(|(_, (name, _))| *name);
        match missing.min() {
            None => Ok(()),
            Some(name) => Err(Error::new(format!(
                "configure the domain {name:?}: it is not started; name it where telemetry is \
                 started, as in `.start::<Llm>()`, or leave out its configuration"
            ))),
        }
    }
}

/// Shows which domains are configured: what was chosen need not be showable.
impl fmt::Debug for Configs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names: Vec<&str> = self.0.values().map(|(name, _)| *name).collect();
        names.sort_unstable();
        f.debug_set().entries(names).finish()
    }
}
