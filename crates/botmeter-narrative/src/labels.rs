//! The labels of narratives.

use botmeter_core::open_label;

open_label! {
    /// The narrative, as the program names it.
    pub struct NarrativeName: "narrative", limit 64;
}

open_label! {
    /// The act, as its narrative names it.
    pub struct ActName: "act", limit 256;
}
