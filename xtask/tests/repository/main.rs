//! What holds for the whole repository: its sources, manifests and documents.

#![cfg(test)]

/// Modules that need each other.
mod circles;
/// What README says of versions, and of tests.
mod front_page;
/// Guides that quote their examples.
mod guide;
/// The table that counts lines of programs.
mod lines;
/// Names, sizes, dependencies, links.
mod tidy;
