//! What tokens cost.

mod book;
mod built_in;
#[cfg(feature = "prices-toml")]
mod file;
mod gaps;
#[cfg(test)]
mod tests;

pub use book::PriceBook;
pub use built_in::BUILT_IN_DATE;
pub(crate) use gaps::Gaps;

use botmeter_core::Error;

use crate::Usage;

/// US dollars per million tokens of one model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    prompt: f64,
    completion: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
}

const PER_MILLION: f64 = 1e-6;

/// No model charges so little or so much for a million tokens: a rate outside
/// was written in another unit.
const RATES: std::ops::RangeInclusive<f64> = 1e-5..=1e6;

impl Price {
    /// The rates for prompt and completion tokens, in US dollars per million.
    ///
    /// Most providers cache long prompts by themselves: without
    /// [`cache_read`](Self::cache_read), and where it is billed
    /// [`cache_write`](Self::cache_write), calls that have such tokens are
    /// unpriced, and a warning says so once for each model.
    ///
    /// # Errors
    ///
    /// When a rate is negative or not a number, or so small or large that it
    /// must be in another unit: what a single token costs, for example.
    pub fn per_million(prompt: f64, completion: f64) -> Result<Self, Error> {
        Ok(Self {
            prompt: rate("prompt", prompt)?,
            completion: rate("completion", completion)?,
            cache_read: None,
            cache_write: None,
        })
    }

    /// The rate for prompt tokens that the provider reads from its cache.
    /// Without one, a call that has such tokens is unpriced.
    ///
    /// # Errors
    ///
    /// As for [`per_million`](Self::per_million).
    pub fn cache_read(self, dollars: f64) -> Result<Self, Error> {
        Ok(Self { cache_read: Some(rate("cache read", dollars)?), ..self })
    }

    /// The rate for prompt tokens that the provider writes to its cache.
    /// Without one, a call that has such tokens is unpriced.
    ///
    /// # Errors
    ///
    /// As for [`per_million`](Self::per_million).
    pub fn cache_write(self, dollars: f64) -> Result<Self, Error> {
        Ok(Self { cache_write: Some(rate("cache write", dollars)?), ..self })
    }

    /// What the usage costs in US dollars; nothing if a rate that it needs is
    /// missing, or if its numbers cannot be true.
    ///
    /// Dollars are binary floating-point numbers, because metrics are: one
    /// cost is exact to about fifteen digits, and a counter that has summed a
    /// billion of them is off by less than a millionth of its value. That
    /// is enough to watch a budget and to find what is expensive; for an
    /// invoice, take the provider's.
    ///
    /// ```
    /// use botmeter_llm::{Price, Usage};
    ///
    /// let price = Price::per_million(3.0, 15.0)?.cache_read(0.3)?;
    /// let usage = Usage::excluding_cache(1_000_000, 0).cache_read(1_000_000);
    /// assert_eq!(price.of(&usage), Some(3.3));
    /// assert_eq!(price.of(&usage.cache_write(1)), None);
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    pub fn of(&self, usage: &Usage) -> Option<f64> {
        if !usage.is_plausible() {
            return None;
        }
        let Self { prompt, completion, cache_read, cache_write } = *self;
        let cached = usage.cache_read_tokens() + usage.cache_write_tokens();
        let plain = usage.prompt_tokens().saturating_sub(cached);
        let millionths = plain as f64 * prompt
            + usage.completion_tokens() as f64 * completion
            + part(usage.cache_read_tokens(), cache_read)?
            + part(usage.cache_write_tokens(), cache_write)?;
        Some(millionths * PER_MILLION)
    }
}

fn rate(of: &str, dollars: f64) -> Result<f64, Error> {
    match wrong(dollars) {
        None => Ok(dollars),
        Some(advice) => Err(Error::new(format!("use {dollars} as the {of} price: {advice}"))),
    }
}

/// Why this cannot be a rate, as advice.
fn wrong(dollars: f64) -> Option<&'static str> {
    if !dollars.is_finite() || dollars < 0.0 {
        Some("give US dollars per million tokens, zero or more")
    } else if dollars == 0.0 || RATES.contains(&dollars) {
        None
    } else if dollars < *RATES.start() {
        Some("this looks like the price of one token; give US dollars per million tokens")
    } else {
        Some("this is more than a dollar per token; give US dollars per million tokens")
    }
}

fn part(tokens: u64, rate: Option<f64>) -> Option<f64> {
    if tokens == 0 { Some(0.0) } else { Some(tokens as f64 * rate?) }
}
