//! The searches of this library, as a domain of metrics.

use std::time::Instant;

use botmeter_core::{
    Counter, Discard, Domain, Each, Histogram, Instrument, Meter, Unit, buckets, closed_label,
};

closed_label! {
    /// What a search found.
    pub enum Found: "found" {
        /// At least one paper.
        Something => "something",
        /// None.
        Nothing => "nothing",
    }
}

static SEARCHES: Instrument<Counter, (Found,)> = Instrument::counter(
    "paper_search.searches",
    Unit::of("{search}"),
    "Searches for papers, by what they found.",
);
static DURATION: Instrument<Histogram, ()> = Instrument::histogram(
    "paper_search.duration",
    Unit::SECONDS,
    "Time that a search for papers takes.",
    buckets::WORK,
);

/// Searches for papers. Cloning is cheap, and clones count together.
#[derive(Clone, Debug)]
pub struct Searches {
    searches: Each<Found, Counter>,
    duration: Histogram,
}

impl Domain for Searches {
    const NAME: &'static str = "paper_search";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self {
            searches: Each::new(|found| SEARCHES.bind(meter, (found,))),
            duration: DURATION.bind(meter, ()),
        }
    }
}

/// Recorded nowhere, for programs that do not want to know.
impl Default for Searches {
    fn default() -> Self {
        Self::register(&Meter::new(Discard))
    }
}

impl Searches {
    pub(crate) fn start(&self) -> Search<'_> {
        Search { searches: self, started: Instant::now() }
    }
}

/// One search.
pub(crate) struct Search<'a> {
    searches: &'a Searches,
    started: Instant,
}

impl Search<'_> {
    pub(crate) fn end(self, found: Found) {
        self.searches.searches[found].add(1);
        self.searches.duration.took(self.started.elapsed());
    }
}
