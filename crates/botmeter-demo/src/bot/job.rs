//! What a bot has to ask.

use std::time::Duration;

use fastrand::Rng;

use super::Habits;
use crate::client::Chat;

/// One question, drawn at random.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) model: String,
    prompt: &'static str,
    pub(super) is_streamed: bool,
    /// How long the user waits, if it is one that goes away.
    pub(super) patience: Option<Duration>,
}

/// One user in this many goes away before the answer is complete.
const IMPATIENT: u32 = 40;

/// More than an answer to any of the questions needs. A real provider is paid for each.
const MOST_TOKENS: u32 = 400;

const PROMPTS: [&str; 4] = [
    "You write release notes. In one sentence, say that the login page loads faster now.",
    "You greet the members of a chat room about gardening. Write one friendly sentence.",
    "You sort support tickets. Is 'I cannot find my invoice' about billing? Answer with one word.",
    "You name things. Suggest three names for a small robot that waters plants, without comment.",
];

impl Job {
    /// Takes the same random numbers for every job, so that the n-th is the same in each run.
    pub(super) fn draw(habits: &Habits, rng: &mut Rng) -> Self {
        let model = rng.choice(&habits.models).cloned().unwrap_or_default();
        let prompt = PROMPTS[rng.usize(..PROMPTS.len())];
        let is_streamed = rng.f64() < habits.streaming.get();
        let is_impatient = rng.u32(..IMPATIENT) == 0;
        let patience = Duration::from_millis(rng.u64(100..800));
        Self {
            model,
            prompt,
            is_streamed,
            patience: (is_streamed && is_impatient).then_some(patience),
        }
    }

    pub(super) fn chat(&self) -> Chat<'_> {
        Chat { model: &self.model, prompt: self.prompt, most_tokens: Some(MOST_TOKENS) }
    }
}
