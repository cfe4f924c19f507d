//! How the built-in provider behaves: how fast it is and how often it fails.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What a [`Provider`](super::Provider) is told before it starts.
///
/// The default is a provider on an ordinary day: three models of different speed that answer
/// within a second or two, and no faults at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// The models it serves, the fastest first: each one is half as slow again as the first than
    /// the one before it, so that a comparison of models has something to show.
    pub models: Vec<String>,
    /// Time until the first token of an answer.
    pub first_token: Latency,
    /// Time for each token after the first. It is drawn once for an answer, because an answer
    /// from a busy machine is slow from beginning to end.
    pub per_token: Latency,
    /// Share of the calls that go wrong, and how.
    pub faults: Faults,
    /// How long a caller that was turned away by a rate limit is asked to wait. The header
    /// carries whole seconds, so a part of a second is rounded up.
    pub retry_after: Duration,
    /// The most tokens that a prompt may have before it is refused as too long.
    pub context_tokens: u64,
    /// Where the random numbers start: the same seed gives the n-th call the same fate.
    pub seed: u64,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            models: DEFAULT_MODELS.map(str::to_owned).into(),
            first_token: Latency { median: Duration::from_millis(280), spread: 3.0 },
            per_token: Latency { median: Duration::from_millis(11), spread: 2.0 },
            faults: Faults::none(),
            retry_after: Duration::from_secs(1),
            context_tokens: 128_000,
            seed: 1,
        }
    }
}

impl Profile {
    /// Refuses what a provider cannot be: without models, with a latency that has no
    /// distribution, with more faults than calls.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] quotes the value and says what is possible.
    pub fn check(&self) -> Result<(), ProfileError> {
        if self.models.is_empty() {
            return Err(ProfileError("the provider has no model; name at least one".into()));
        }
        if let Some(blank) = self.models.iter().find(|name| name.trim().is_empty()) {
            return Err(ProfileError(format!("model name {blank:?} is blank; give it a name")));
        }
        self.first_token.check("time to the first token")?;
        self.per_token.check("time per token")?;
        self.faults.check()
    }
}

/// Models whose names everybody knows, so that panels read like those of a real bot.
pub const DEFAULT_MODELS: [&str; 3] = ["gpt-4o-mini", "gpt-4.1", "o4-mini"];

/// A model that only few calls try. It has no list price that is one rate for all prompts, so its
/// calls are unpriced.
pub const TRIAL_MODEL: &str = "gpt-5.4";

/// A log-normal distribution of durations: never negative, with the long tail that calls over a
/// network to a busy machine have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Latency {
    /// Half of the durations are below it.
    pub median: Duration,
    /// The 95th percentile divided by the median: 1 is always the median, 3 is a long tail.
    pub spread: f64,
}

impl Latency {
    /// Always the same duration.
    ///
    /// ```
    /// use botmeter_demo::provider::Latency;
    /// use std::time::Duration;
    ///
    /// assert_eq!(Latency::always(Duration::from_millis(5)).spread, 1.0);
    /// ```
    pub fn always(duration: Duration) -> Self {
        Self { median: duration, spread: 1.0 }
    }

    fn check(self, of: &str) -> Result<(), ProfileError> {
        if self.spread.is_finite() && self.spread >= 1.0 {
            return Ok(());
        }
        Err(ProfileError(format!(
            "spread {} of the {of} is not a finite number of at least 1; it is the 95th percentile \
             divided by the median",
            self.spread
        )))
    }
}

/// Shares of all calls that go wrong, one for each way. A call goes wrong in one way only, so
/// together they cannot exceed 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Faults {
    /// Turned away with status 429 and `Retry-After`.
    pub rate_limited: Share,
    /// Answered with status 500.
    pub server_errors: Share,
    /// Answered with status 401, as if the key had been revoked.
    pub unauthorized: Share,
    /// Refused by a content filter: status 400, code `content_filter`.
    pub filtered: Share,
    /// Answered with status 200 and a body that is not an answer.
    pub malformed: Share,
    /// Never answered; the caller has to give up.
    pub hangs: Share,
    /// Cut off when half of the answer has been sent.
    pub dropped: Share,
}

impl Faults {
    /// A provider that never fails.
    pub fn none() -> Self {
        Self::default()
    }

    /// Refuses more faults than calls.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] names each share when their sum is more than 1.
    pub fn check(&self) -> Result<(), ProfileError> {
        let named = self.named();
        let sum: f64 = named.iter().map(|(_, share)| share.get()).sum();
        // Ten shares of 0.1 add up to a little more than 1 in binary.
        if sum <= 1.0 + 1e-9 {
            return Ok(());
        }
        let parts: Vec<String> = named
            .iter()
            .filter(|(_, share)| share.get() > 0.0)
            .map(|(name, share)| format!("{name} {share}"))
            .collect();
        Err(ProfileError(format!(
            "the shares of faults add up to {}, which is more than 1 ({}); lower some of them",
            (sum * 1e6).round() / 1e6,
            parts.join(", ")
        )))
    }

    fn named(&self) -> [(&'static str, Share); 7] {
        [
            ("rate-limited", self.rate_limited),
            ("server-errors", self.server_errors),
            ("unauthorized", self.unauthorized),
            ("filtered", self.filtered),
            ("malformed", self.malformed),
            ("hangs", self.hangs),
            ("dropped", self.dropped),
        ]
    }
}

/// A part of all calls, from 0 (none) to 1 (all).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Share(f64);

impl Share {
    /// No call.
    pub const NONE: Self = Self(0.0);
    /// Every call.
    pub const ALL: Self = Self(1.0);

    /// Takes a number from 0 to 1.
    ///
    /// # Errors
    ///
    /// [`ProfileError`] quotes a number outside of that range, or one that is not a number.
    ///
    /// ```
    /// use botmeter_demo::provider::Share;
    ///
    /// assert_eq!(Share::new(0.25).unwrap().to_string(), "0.25");
    /// assert_eq!(
    ///     Share::new(25.0).unwrap_err().to_string(),
    ///     "share 25 is not between 0 and 1; 25 percent is 0.25"
    /// );
    /// ```
    pub fn new(share: f64) -> Result<Self, ProfileError> {
        if (0.0..=1.0).contains(&share) {
            return Ok(Self(share));
        }
        let hint = if share > 1.0 && share <= 100.0 {
            format!("; {share} percent is {}", share / 100.0)
        } else {
            String::new()
        };
        Err(ProfileError(format!("share {share} is not between 0 and 1{hint}")))
    }

    /// The number from 0 to 1.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl FromStr for Share {
    type Err = ProfileError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.trim().parse().map_err(|_| {
            ProfileError(format!(
                "share {text:?} is not a number; write a number from 0 to 1, such as 0.05 for 5 percent"
            ))
        })?;
        Self::new(number)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A profile that no provider can follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError(String);

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for ProfileError {}

#[cfg(test)]
mod tests;
