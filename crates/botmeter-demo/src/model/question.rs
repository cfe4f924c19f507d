//! How a question is put.

use fastrand::Rng;

use super::Habits;
use crate::client::Chat;

/// One question: to whom, and whether somebody reads along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) model: String,
    pub(super) is_streamed: bool,
}

/// One call in this many tries the new model.
const TRIAL: u32 = 25;

/// More than an answer to any of the questions needs. A real provider is paid for each.
const MOST_TOKENS: u32 = 400;

impl Question {
    /// Takes the same random numbers for every question, so that the n-th is the same in each run.
    pub(super) fn draw(habits: &Habits, rng: &mut Rng) -> Self {
        let usual = rng.choice(&habits.models);
        let is_trial = rng.u32(..TRIAL) == 0;
        let is_streamed = rng.f64() < habits.streaming.get();
        let model = habits.trial.as_ref().filter(|_| is_trial).or(usual);
        Self { model: model.cloned().unwrap_or_default(), is_streamed }
    }

    pub(super) fn chat<'a>(&'a self, prompt: &'a str) -> Chat<'a> {
        Chat { model: &self.model, prompt, most_tokens: Some(MOST_TOKENS) }
    }
}
