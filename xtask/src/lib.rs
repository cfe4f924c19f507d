//! The tasks of this repository as a library, so that its tests can use them.

pub mod bench;
pub mod catalog;
pub mod dashboards;
pub mod demo;
pub mod features;
pub mod repository;
pub mod servers;
pub mod steps;
mod tidy;
