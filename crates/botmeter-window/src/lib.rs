//! A bounded history of samples, and answers to typed queries from it.
#![doc = include_str!("../README.md")]

mod alerts;
mod evaluator;
mod history;
mod labels;
mod over_time;
mod place;
mod quantile;
mod rows;
mod rules;
mod series;
mod sum;

pub use alerts::{Alert, AlertState};
pub use history::{Appended, Bounds, History, OutOfOrder, Target};
pub use labels::Labels;
pub use place::{Chosen, Place, View, rate_interval};
pub use rows::Row;
pub use rules::Rules;
