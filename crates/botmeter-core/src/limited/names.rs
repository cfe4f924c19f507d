//! What a name that comes from anybody must not be.

use std::sync::Arc;

use crate::{
    Error, Kind, Store,
    store::{Family, Identity},
};

/// The most names that others may record under. One who puts ids into names
/// would otherwise take all memory.
pub const MAX_FOREIGN_NAMES: usize = 2000;

/// What the page appends to the name of a histogram.
const PARTS: [&str; 3] = ["_bucket", "_sum", "_count"];

impl Store {
    /// The family of an identity whose name comes from anybody, made if it is
    /// new.
    ///
    /// # Errors
    ///
    /// As of [`admit`](Self::admit); also when it would have a series in common
    /// with a histogram, or when there are [`MAX_FOREIGN_NAMES`].
    pub fn admit_within_limits(&self, identity: Identity) -> Result<Arc<Family>, Error> {
        let name = identity.prometheus_name();
        if self.family(name).is_some() {
            return self.admit(identity);
        }
        let what = format!("keep the {} {:?}", identity.kind().word(), identity.name());
        if let Some(clash) = self.clash(name, identity.kind()) {
            let (name, kind) = (clash.identity().prometheus_name(), clash.identity().kind());
            return Err(Error::new(format!(
                "{what}: it would have a series in common with the {} {name:?}; rename one of them",
                kind.word()
            )));
        }
        let is_foreign = |family: &Arc<Family>| family.identity().descriptor().is_none();
        if self.families().iter().filter(|family| is_foreign(family)).count() >= MAX_FOREIGN_NAMES {
            return Err(Error::new(format!(
                "{what}: there are {MAX_FOREIGN_NAMES} names already; put what varies into a label"
            )));
        }
        self.admit(identity)
    }

    /// A family whose name is a part of this one, or has it as a part.
    fn clash(&self, name: &str, kind: Kind) -> Option<Arc<Family>> {
        if kind == Kind::Histogram {
            return PARTS.iter().find_map(|part| self.family(&format!("{name}{part}")));
        }
        let mut stems = PARTS.iter().filter_map(|part| self.family(name.strip_suffix(part)?));
        stems.find(|family| family.identity().kind() == Kind::Histogram)
    }
}
