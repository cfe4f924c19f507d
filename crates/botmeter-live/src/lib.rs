//! The live page of bots, from what was heard of them to the answer.
#![doc = include_str!("../README.md")]

mod answers;
mod bots;
mod hosts;
mod moments;
mod order;
mod site;
mod turns;

pub use answers::broken;
pub use bots::{Bots, Elsewhere, News, Told, samples};
pub use hosts::Hosts;
pub use moments::Moments;
pub use site::Site;
