//! What this service counts of its own, as a domain.

use botmeter::core::{Counter, Domain, Each, Instrument, Meter, Unit, closed_label};

closed_label! {
    /// Whether a word is in the dictionary.
    pub enum Found: "found" {
        /// It is.
        Yes => "yes",
        /// It is not.
        No => "no",
    }
}

static LOOKUPS: Instrument<Counter, (Found,)> =
    Instrument::counter("words.lookups", Unit::of("{word}"), "Words that were looked up.");

/// The dictionary.
pub struct Words(Each<Found, Counter>);

impl Domain for Words {
    const NAME: &'static str = "words";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(Each::new(|found| LOOKUPS.bind(meter, (found,))))
    }
}

impl Words {
    /// Somebody asked for a word.
    pub fn looked_up(&self, found: Found) {
        self.0[found].add(1);
    }
}
