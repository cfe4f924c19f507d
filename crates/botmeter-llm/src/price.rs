//! What tokens cost.

use botmeter_core::Error;

use crate::{Provider, Usage};

/// US dollars per million tokens of one model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    prompt: f64,
    completion: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
}

const PER_MILLION: f64 = 1e-6;

impl Price {
    /// The rates for prompt and completion tokens, in US dollars per million.
    ///
    /// # Errors
    ///
    /// When a rate is negative or not a number.
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
    /// When the rate is negative or not a number.
    pub fn cache_read(self, dollars: f64) -> Result<Self, Error> {
        Ok(Self { cache_read: Some(rate("cache read", dollars)?), ..self })
    }

    /// The rate for prompt tokens that the provider writes to its cache.
    /// Without one, a call that has such tokens is unpriced.
    ///
    /// # Errors
    ///
    /// When the rate is negative or not a number.
    pub fn cache_write(self, dollars: f64) -> Result<Self, Error> {
        Ok(Self { cache_write: Some(rate("cache write", dollars)?), ..self })
    }

    /// What the usage costs in US dollars; nothing if a rate that it needs is
    /// missing.
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

/// Prices by provider and model.
///
/// A model takes the price of the longest entry that its name starts with, so
/// `gpt-4o` also prices `gpt-4o-2024-11-20`, unless there is a longer one.
#[derive(Clone, Debug, Default)]
pub struct PriceBook(Vec<(Provider, String, Price)>);

impl PriceBook {
    /// A book without prices.
    pub fn new() -> Self {
        Self::default()
    }

    /// The book with one more price, which replaces one for the same prefix.
    #[must_use]
    pub fn with(mut self, provider: Provider, model_prefix: &str, price: Price) -> Self {
        self.0.retain(|(known, prefix, _)| (*known, prefix.as_str()) != (provider, model_prefix));
        self.0.push((provider, model_prefix.to_owned(), price));
        self
    }

    /// The price of a model, if there is one.
    pub fn price(&self, provider: Provider, model: &str) -> Option<Price> {
        self.0
            .iter()
            .filter(|(known, prefix, _)| *known == provider && model.starts_with(prefix.as_str()))
            .max_by_key(|(_, prefix, _)| prefix.len())
            .map(|(_, _, price)| *price)
    }
}

fn rate(of: &str, dollars: f64) -> Result<f64, Error> {
    if dollars.is_finite() && dollars >= 0.0 {
        return Ok(dollars);
    }
    Err(Error::new(format!(
        "use {dollars} as the {of} price: give US dollars per million tokens, zero or more"
    )))
}

fn part(tokens: u64, rate: Option<f64>) -> Option<f64> {
    if tokens == 0 { Some(0.0) } else { Some(tokens as f64 * rate?) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins() {
        let price = |prompt| Price::per_million(prompt, 1.0).unwrap();
        let book = PriceBook::new()
            .with(Provider::OpenAi, "gpt-4o-mini", price(1.0))
            .with(Provider::OpenAi, "gpt-4o", price(2.0))
            .with(Provider::Azure, "gpt", price(3.0))
            .with(Provider::OpenAi, "gpt-4o", price(4.0));
        assert_eq!(book.price(Provider::OpenAi, "gpt-4o-mini-2025"), Some(price(1.0)));
        assert_eq!(book.price(Provider::OpenAi, "gpt-4o-2025"), Some(price(4.0)));
        assert_eq!(book.price(Provider::Azure, "gpt-4o"), Some(price(3.0)));
        assert_eq!(book.price(Provider::OpenAi, "gpt-3"), None);
    }

    #[test]
    fn a_price_that_is_no_number_is_refused() {
        for wrong in [f64::NAN, f64::INFINITY, -0.1] {
            let error = Price::per_million(1.0, wrong).unwrap_err().to_string();
            assert!(error.contains(&format!("{wrong} as the completion price")), "{error}");
        }
    }
}
