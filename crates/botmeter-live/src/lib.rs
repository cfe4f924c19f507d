//! The live page of bots, from what was heard of them to the answer.
#![doc = include_str!("../README.md")]

mod bots;
mod hosts;
mod moments;
mod site;
mod turns;

pub use bots::{Bots, Elsewhere, News, Told, samples};
pub use hosts::Hosts;
pub use moments::Moments;
pub use site::{Site, broken};
