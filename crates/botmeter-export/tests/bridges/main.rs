//! The same events on our page and through each bridge.

#![cfg(test)]

mod played;
mod provider;
mod recorder;
