//! The live page in a real browser: how it looks, what it asks for and says,
//! and what happens when somebody clicks.

mod clicks;
mod hostile;
mod keyboard;
mod look;
mod opened;
mod pages;
mod sharp;
mod unscripted;
