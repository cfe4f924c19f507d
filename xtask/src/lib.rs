//! The tasks of this repository as a library, so that its tests can use them.

pub mod api;
pub mod bench;
mod browser;
pub mod cost;
pub mod dashboards;
pub mod demo;
pub mod environment;
pub mod features;
pub mod fleet;
pub mod look;
pub mod needs;
pub mod open_metrics;
pub mod outside;
pub mod packages;
pub mod pictures;
pub mod questions;
pub mod repository;
pub mod running;
pub mod servers;
pub mod soak;
pub mod stack;
pub mod steps;
pub mod terminal;

/// The pages with programs, so that these are compiled as they are printed.
#[cfg(doctest)]
mod printed {
    #[doc = include_str!("../../README.md")]
    mod readme {}
    #[doc = include_str!("../../docs/live.md")]
    mod live {}
    #[doc = include_str!("../../docs/routes.md")]
    mod routes {}
}
