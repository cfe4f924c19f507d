//! `botmeter stack` as a command, with an engine that only plays one: which
//! commands it gets, and what is said and left when something goes wrong.

#![cfg(test)]
#![cfg(unix)]

/// Backup and restore of volumes.
mod data;
/// The engine that only plays one, and a place around it.
mod fake;
/// A fleet of stores.
mod fleet;
/// A person without a clone, or with a folder that will not do.
mod fresh;
/// What is said when no engine can be used.
mod none;
/// The commands that Compose gets.
mod orders;
