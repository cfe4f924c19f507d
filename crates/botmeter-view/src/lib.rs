//! Pictures of boards: data first, then HTML with SVG, and text.
#![doc = include_str!("../README.md")]

mod address;
mod alerts;
mod anchor;
mod choices;
mod clock;
mod csv;
mod draw;
mod events;
mod frame;
pub mod html;
mod life;
pub mod markdown;
mod page;
pub mod picture;
mod readout;
mod scale;
mod stage;
#[cfg(test)]
mod tests;
pub mod text;
mod traces;
pub mod unit;

pub use address::{Address, BadAddress};
pub use alerts::{Alert, Alerts, Unsure};
pub use anchor::{anchor, panel_at};
pub use choices::{Choice, Choices, Range};
pub use clock::Clock;
pub use csv::csv;
pub use draw::draw;
pub use events::{Event, EventKind};
pub use frame::{Answers, Frame, Reading};
pub use life::Life;
pub use page::{Dashboard, Page, Row, Source, Which};
pub use picture::Picture;
pub use readout::Readout;
pub use scale::{Mark, Scale};
pub use stage::Stage;
