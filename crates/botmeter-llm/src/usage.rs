//! What a call consumed.

/// More tokens than any call can have: a number above it is a mistake, not a
/// measurement.
pub const MAX_TOKENS: u64 = 100_000_000;

/// The tokens that one call consumed.
///
/// Providers disagree on whether the prompt's number includes the tokens that
/// came from their cache, so a usage is made with the convention that its
/// numbers follow, and nothing is counted or paid twice.
///
/// ```
/// use botmeter_llm::Usage;
///
/// // OpenAI: of 1000 prompt tokens, 600 were cached.
/// let openai = Usage::including_cache(1_000, 200).cache_read(600);
/// // Anthropic: 400 prompt tokens, and 600 more from the cache.
/// let anthropic = Usage::excluding_cache(400, 200).cache_read(600);
/// assert_eq!(openai, anthropic);
/// ```
///
/// Numbers that cannot be are not recorded but counted in
/// `telemetry_dropped_total{reason="implausible"}`:
///
/// ```
/// use botmeter_llm::Usage;
///
/// assert!(!Usage::including_cache(-5, 10).is_plausible());
/// assert!(!Usage::including_cache(100, 10).cache_read(101).is_plausible());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq)]
pub struct Usage {
    /// All prompt tokens, cached ones included, whatever the convention was.
    prompt: u64,
    completion: u64,
    cache_read: u64,
    cache_write: u64,
    reasoning: u64,
    excludes_cache: bool,
    impossible: bool,
}

impl Usage {
    /// The prompt's number includes the tokens read from and written to the
    /// provider's cache, as `OpenAI` and Google report it.
    pub fn including_cache(prompt: impl TryInto<u64>, completion: impl TryInto<u64>) -> Self {
        Self::default()
            .set(|usage| &mut usage.prompt, prompt)
            .set(|usage| &mut usage.completion, completion)
    }

    /// The prompt's number does not include the tokens read from and written
    /// to the provider's cache, as Anthropic reports it.
    pub fn excluding_cache(prompt: impl TryInto<u64>, completion: impl TryInto<u64>) -> Self {
        Self { excludes_cache: true, ..Self::including_cache(prompt, completion) }
    }

    /// The provider did not say. Such a call is unpriced, not free.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// How many prompt tokens the provider read from its cache.
    #[must_use]
    pub fn cache_read(self, tokens: impl TryInto<u64>) -> Self {
        self.set(|usage| &mut usage.cache_read, tokens)
    }

    /// How many prompt tokens the provider wrote to its cache.
    #[must_use]
    pub fn cache_write(self, tokens: impl TryInto<u64>) -> Self {
        self.set(|usage| &mut usage.cache_write, tokens)
    }

    /// How many of the completion tokens went into reasoning.
    #[must_use]
    pub fn reasoning(self, tokens: impl TryInto<u64>) -> Self {
        self.set(|usage| &mut usage.reasoning, tokens)
    }

    /// Whether the numbers can be true: none negative or above
    /// [`MAX_TOKENS`], no part larger than its whole.
    pub fn is_plausible(&self) -> bool {
        let (prompt, completion) = (self.prompt_tokens(), self.completion);
        !self.impossible
            && prompt <= MAX_TOKENS
            && completion <= MAX_TOKENS
            && self.cache_read.saturating_add(self.cache_write) <= prompt
            && self.reasoning <= completion
    }

    /// All prompt tokens, cached ones included.
    pub fn prompt_tokens(&self) -> u64 {
        if self.excludes_cache {
            self.prompt.saturating_add(self.cache_read).saturating_add(self.cache_write)
        } else {
            self.prompt
        }
    }

    /// All completion tokens, reasoning included.
    pub fn completion_tokens(&self) -> u64 {
        self.completion
    }

    /// Prompt tokens that the provider read from its cache.
    pub fn cache_read_tokens(&self) -> u64 {
        self.cache_read
    }

    /// Prompt tokens that the provider wrote to its cache.
    pub fn cache_write_tokens(&self) -> u64 {
        self.cache_write
    }

    /// Completion tokens spent on reasoning.
    pub fn reasoning_tokens(&self) -> u64 {
        self.reasoning
    }

    /// The larger number of each kind, for what a provider adds up. What cannot
    /// be true counts only if nothing else is known.
    pub(crate) fn largest(self, other: Self) -> Self {
        match (self.is_plausible(), other.is_plausible()) {
            (true, false) => self,
            (false, true) => other,
            _ => Self {
                prompt: self.prompt_tokens().max(other.prompt_tokens()),
                completion: self.completion.max(other.completion),
                cache_read: self.cache_read.max(other.cache_read),
                cache_write: self.cache_write.max(other.cache_write),
                reasoning: self.reasoning.max(other.reasoning),
                excludes_cache: false,
                impossible: self.impossible || other.impossible,
            },
        }
    }

    fn set<N: TryInto<u64>>(mut self, field: impl Fn(&mut Self) -> &mut u64, tokens: N) -> Self {
        match tokens.try_into() {
            Ok(tokens) => *field(&mut self) = tokens,
            Err(_) => self.impossible = true,
        }
        self
    }
}

/// [`Usage::unknown`] if there is none: many clients have usage as an option.
impl From<Option<Self>> for Usage {
    fn from(usage: Option<Self>) -> Self {
        usage.unwrap_or_else(Self::unknown)
    }
}

impl PartialEq for Usage {
    fn eq(&self, other: &Self) -> bool {
        let key = |usage: &Self| {
            let Self {
                prompt: _,
                completion,
                cache_read,
                cache_write,
                reasoning,
                excludes_cache: _,
                impossible,
            } = *usage;
            (usage.prompt_tokens(), completion, cache_read, cache_write, reasoning, impossible)
        };
        key(self) == key(other)
    }
}
