//! Series that somebody else names.

use crate::{Error, Meter, Recorder, handle::sealed::How, store::Identity};

impl Meter {
    /// A handle for a series of another library, which exists from now on. No
    /// limit is set to its name and the values of its labels: whoever takes them
    /// from anybody asks for one
    /// [within limits](Self::foreign_within_limits).
    ///
    /// ```
    /// use botmeter_core::{Counter, Kind, Memory, Meter, store::Identity};
    ///
    /// let memory = Memory::new();
    /// let meter = Meter::new(memory.clone());
    /// let queries = Identity::foreign("db.queries", Kind::Counter, "", "Queries.", &[]);
    /// meter.foreign::<Counter>(queries, [("table", "users")])?.add(2);
    /// assert_eq!(memory.value("db_queries_total", &[("table", "users")]), Some(2.0));
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the name is that of another kind of instrument, or has other
    /// buckets, or when the handle is not for its kind.
    pub fn foreign<'a, H: Recorder>(
        &self,
        identity: Identity,
        labels: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<H, Error> {
        self.bind_foreign(identity, labels, false)
    }

    /// Each event of it counts as surplus where a limit changed a label.
    pub(crate) fn bind_foreign<'a, H: Recorder>(
        &self,
        identity: Identity,
        labels: impl IntoIterator<Item = (&'a str, &'a str)>,
        is_surplus: bool,
    ) -> Result<H, Error> {
        if !H::fits(identity.kind()) {
            return Err(Error::new(format!(
                "bind {:?}: it is a {}, which another handle is for",
                identity.name(),
                identity.kind().word(),
            )));
        }
        let labels = self.store().labels(labels);
        let family = self.store().admit(identity)?;
        Ok(H::bind(self, family, &labels, How { is_late: false, is_surplus }))
    }
}
