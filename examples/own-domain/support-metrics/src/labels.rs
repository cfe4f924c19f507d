//! The labels of tickets.

use botmeter_core::{closed_label, open_label};

open_label! {
    /// Where customers ask, such as `billing`.
    pub struct Queue: "queue", limit 20;
}

closed_label! {
    /// How a ticket ended.
    pub enum Outcome: "outcome" {
        /// The bot's answer was enough.
        Solved => "solved",
        /// A person took over.
        HandedOver => "handed_over",
        /// The bot broke down.
        Failed => "failed",
        /// The customer went away.
        Abandoned => "abandoned",
    }
}

closed_label! {
    /// Why a person took over.
    pub enum Reason: "reason" {
        /// The customer asked for a person.
        Asked => "asked",
        /// The bot was not sure of its answer.
        Unsure => "unsure",
    }
}
