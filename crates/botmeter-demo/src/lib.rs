//! The parts of the demo: a bot server that calls a model provider over HTTP.
//!
//! [`provider`] is a provider that needs neither a key nor the internet, [`client`] talks to it or
//! to a real one, [`model`] records the calls, [`story`] is what bots and people do with them, and
//! [`options`] are the command line. [`run()`] puts them together.

pub mod client;
pub mod model;
pub mod options;
pub mod provider;
mod run;
pub mod story;

pub use self::run::run;
