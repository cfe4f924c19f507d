//! Label texts that change from call to call.

/// 64 combinations of four providers, four models and four statuses, each with
/// texts of its own on the heap, so that no comparison is saved by a pointer.
pub(crate) struct Texts {
    combinations: Box<[[String; 3]; 64]>,
    at: usize,
}

impl Texts {
    pub(crate) fn new() -> Self {
        let providers = ["openai", "anthropic", "vertex_ai", "mistral"];
        let models = ["gpt-4o-2024-11-20", "claude-sonnet-4-5", "gemini-2.5-pro", "mistral-large"];
        let statuses = ["success", "error", "cancelled", "timeout"];
        let mut combinations = Vec::new();
        for provider in providers {
            for model in models {
                for status in statuses {
                    combinations.push([provider, model, status].map(str::to_owned));
                }
            }
        }
        // A fixed step that visits all, so that neighbors differ.
        let shuffled = std::array::from_fn(|at| combinations[at * 27 % 64].clone());
        Self { combinations: Box::new(shuffled), at: 0 }
    }

    /// One thing for each combination, in the order of [`next`](Self::next).
    pub(crate) fn map<T>(&self, mut make: impl FnMut((&str, &str, &str)) -> T) -> [T; 64] {
        std::array::from_fn(|at| {
            let [provider, model, status] = &self.combinations[at];
            make((provider, model, status))
        })
    }

    pub(crate) fn next(&mut self) -> (&str, &str, &str) {
        self.at = (self.at + 1) % 64;
        let [provider, model, status] = &self.combinations[self.at];
        (provider, model, status)
    }

    pub(crate) fn model(&mut self) -> &str {
        self.next().1
    }
}
