//! What there is to generate from.

use botmeter_board::{Board, Dashboard};
use botmeter_core::{Descriptor, Domain, Registered};

/// The domains and their boards.
///
/// ```
/// use botmeter_telemetry::SelfObservation;
/// use botmeter_generate::{Catalogue, Options, generate};
///
/// let catalogue = Catalogue::new().domain::<SelfObservation>(botmeter_telemetry::board());
/// let files = generate(&catalogue, &Options::new("cargo xtask dashboards"))?;
/// assert!(files.paths().any(|path| path == "grafana/telemetry.json"));
/// # Ok::<(), botmeter_generate::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    pub(crate) entries: Vec<Entry>,
}

/// One domain, or dashboards of several.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// None for dashboards that no domain owns.
    registered: Option<Registered>,
    pub(crate) board: Board,
}

impl Entry {
    /// The domain's name, if there is one.
    pub(crate) fn domain(&self) -> Option<&'static str> {
        self.registered.as_ref().map(|registered| registered.domain)
    }

    /// What it registers.
    pub(crate) fn instruments(&self) -> &[&'static Descriptor] {
        self.registered.as_ref().map_or(&[], |registered| &registered.instruments)
    }
}

impl Catalogue {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A domain, the instruments that it registers, and its board.
    #[must_use]
    pub fn domain<D: Domain>(mut self, board: Board) -> Self {
        let registered = Some(Registered::of::<D>());
        self.entries.push(Entry { registered, board });
        self
    }

    /// A dashboard that draws the instruments of several domains.
    #[must_use]
    pub fn dashboard(mut self, dashboard: Dashboard) -> Self {
        let board = Board::new().dashboard(dashboard);
        self.entries.push(Entry { registered: None, board });
        self
    }

    /// These domains alone; what crosses domains stays if all of them do.
    #[must_use]
    pub fn only(&self, domains: &[impl AsRef<str>]) -> Self {
        let is_wanted = |domain: &str| domains.iter().any(|wanted| wanted.as_ref() == domain);
        let has_all = self.domains().all(is_wanted);
        let entries = self.entries.iter().filter(|entry| entry.domain().map_or(has_all, is_wanted));
        Self { entries: entries.cloned().collect() }
    }

    /// The names of the domains.
    pub fn domains(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().filter_map(Entry::domain)
    }

    /// All boards with the domain of each, if it has one.
    pub fn boards(&self) -> impl Iterator<Item = (Option<&'static str>, &Board)> {
        self.entries.iter().map(|entry| (entry.domain(), &entry.board))
    }

    /// Every instrument.
    pub fn instruments(&self) -> impl Iterator<Item = &'static Descriptor> {
        self.entries.iter().flat_map(|entry| entry.instruments().iter().copied())
    }

    /// What each domain registers, as core compares it.
    pub fn registered(&self) -> Vec<Registered> {
        self.entries.iter().filter_map(|entry| entry.registered.clone()).collect()
    }
}
