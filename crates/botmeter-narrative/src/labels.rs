//! The labels of narratives.

use botmeter_core::{closed_label, open_label};

open_label! {
    /// The narrative, as the program names it.
    pub struct NarrativeName: "narrative", limit 64;
}

open_label! {
    /// The act, as its narrative names it.
    pub struct ActName: "act", limit 256;
}

closed_label! {
    /// How a narrative or an act ended.
    pub enum Status: "status" {
        /// It reached its end.
        Success => "success",
        /// It failed.
        Error => "error",
        /// It was called off before its end.
        Cancelled => "cancelled",
    }
}
