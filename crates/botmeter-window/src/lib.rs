//! A bounded history of samples, and answers to typed queries from it.
#![doc = include_str!("../README.md")]

mod alerts;
mod evaluator;
pub mod exposition;
mod history;
mod kept;
mod labels;
mod lately;
mod milliseconds;
mod over_time;
mod place;
mod play;
mod quantile;
mod rings;
mod rows;
mod rules;
mod scrape;
mod selected;
mod series;
mod sum;
mod track;

pub use alerts::{Alert, AlertState, Heard, Watched};
pub use history::{Appended, Bounds, History, OutOfOrder, Target};
pub use kept::{BadWindow, Kept};
pub use labels::Labels;
pub use place::{Chosen, Place, View, rate_interval};
pub use play::Play;
pub use rows::Row;
pub use rules::Rules;
pub use scrape::Scrape;
pub use track::Track;
