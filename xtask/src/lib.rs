//! The tasks of this repository as a library, so that its tests can use them.

pub mod servers;
