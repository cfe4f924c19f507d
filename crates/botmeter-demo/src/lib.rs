//! The parts of the demo: a bot server that calls a model provider over HTTP.
//!
//! [`provider`] is a provider that needs neither a key nor the internet, [`client`] talks to it or
//! to a real one, [`bot`] makes the calls and records them, and [`options`] are the command line.
//! [`run()`] puts them together.

pub mod bot;
pub mod client;
pub mod options;
pub mod provider;
mod run;

pub use self::run::run;
