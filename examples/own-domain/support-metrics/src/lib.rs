//! Metrics of a support desk that a bot runs: how its tickets end, and when.

#[cfg(feature = "board")]
pub mod board;
mod desk;
pub mod instruments;
mod labels;
#[cfg(feature = "board")]
pub mod promises;
mod ticket;

pub use desk::Desk;
pub use labels::{Outcome, Queue, Reason};
pub use ticket::Ticket;

#[cfg(test)]
mod tests;
