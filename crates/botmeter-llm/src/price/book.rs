//! Prices by provider and model.

use crate::{Price, Provider};

/// Prices by provider and model.
///
/// A model takes the price of the longest entry that its name starts with, so
/// `gpt-4o` also prices `gpt-4o-2024-11-20`, unless there is a longer one. An
/// entry with an empty name prices every model of its provider.
///
/// Some clients put the vendor or a path before the name. A name is looked up
/// as it is, and without what is before it if that is the provider's own name
/// or ends with `models/`: `openai/gpt-4o` of `OpenAI` takes the price of
/// `gpt-4o`, and `models/gemini-2.5-flash` that of `gemini-2.5-flash`. A
/// vendor that is not the provider stays, because a reseller has prices of
/// its own: for `OpenRouter`, the entry is `openai/gpt-4o`.
///
/// ```
/// use botmeter_llm::{Price, PriceBook, Provider};
///
/// let book = PriceBook::new()
///     .with(Provider::OpenAi, "gpt-4o", Price::per_million(2.5, 10.0)?)
///     .with(Provider::OpenAi, "gpt-4o-mini", Price::per_million(0.15, 0.6)?);
///
/// let price = book.price(Provider::OpenAi, "openai/gpt-4o-2024-11-20");
/// assert_eq!(price, Some(Price::per_million(2.5, 10.0)?));
/// assert_eq!(book.price(Provider::OpenRouter, "openai/gpt-4o"), None);
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct PriceBook(Vec<Entry>);

#[derive(Clone, Debug)]
struct Entry {
    provider: Provider,
    name: String,
    reach: Reach,
    /// Books put together keep their order: the highest layer that has a price
    /// wins.
    layer: usize,
    price: Price,
}

/// Which models an entry prices.
#[derive(Clone, Copy, Debug)]
enum Reach {
    /// All whose name starts with the entry's.
    Prefix,
    /// The one with the entry's name, and its dated versions.
    Versions,
}

impl PriceBook {
    /// A book without prices.
    pub fn new() -> Self {
        Self::default()
    }

    /// The book with one more price, which replaces one for the same prefix.
    #[must_use]
    pub fn with(self, provider: Provider, model_prefix: &str, price: Price) -> Self {
        self.put(provider, model_prefix, Reach::Prefix, price)
    }

    /// Both books together. For a model that both price, the second one's
    /// price counts, however long the entries are that match.
    ///
    /// ```
    /// use botmeter_llm::{Price, PriceBook, Provider};
    ///
    /// let agreed = Price::per_million(1.0, 4.0)?;
    /// let book = PriceBook::built_in().and(PriceBook::new().with(Provider::OpenAi, "gpt-5", agreed));
    /// assert_eq!(book.price(Provider::OpenAi, "gpt-5-mini"), Some(agreed));
    /// assert_ne!(book.price(Provider::OpenAi, "gpt-4.1"), Some(agreed));
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let above = self.top() + 1;
        let others = other.0.into_iter();
        self.0.extend(others.map(|entry| Entry { layer: entry.layer + above, ..entry }));
        self
    }

    /// The price of a model, if there is one.
    pub fn price(&self, provider: Provider, model: &str) -> Option<Price> {
        let bare = bare(provider, model);
        let rank = |entry: &Entry| {
            let whole = entry.prices(model);
            (whole || entry.prices(bare)).then_some((entry.layer, whole, entry.name.len()))
        };
        self.0
            .iter()
            .filter(|entry| entry.provider == provider)
            .filter_map(|entry| Some((rank(entry)?, entry.price)))
            .max_by_key(|(rank, _)| *rank)
            .map(|(_, price)| price)
    }

    /// A price for one model and its versions: the same name with `-latest` or
    /// a date behind it. What else starts with that name, as
    /// `gpt-4o-audio-preview` does with `gpt-4o`, has another price.
    pub(super) fn with_versions(self, provider: Provider, model: &str, price: Price) -> Self {
        self.put(provider, model, Reach::Versions, price)
    }

    /// Whether there is an entry of exactly this name.
    #[cfg(feature = "prices-toml")]
    pub(super) fn names(&self, provider: Provider, name: &str) -> bool {
        self.0.iter().any(|entry| entry.is(provider, name))
    }

    fn put(mut self, provider: Provider, name: &str, reach: Reach, price: Price) -> Self {
        let layer = self.top();
        self.0.retain(|entry| !entry.is(provider, name));
        self.0.push(Entry { provider, name: name.to_owned(), reach, layer, price });
        self
    }

    fn top(&self) -> usize {
        self.0.iter().map(|entry| entry.layer).max().unwrap_or_default()
    }
}

impl Entry {
    fn is(&self, provider: Provider, name: &str) -> bool {
        self.provider == provider && self.name == name
    }

    fn prices(&self, model: &str) -> bool {
        match (model.strip_prefix(&self.name), self.reach) {
            (None, _) => false,
            (Some(_), Reach::Prefix) => true,
            (Some(rest), Reach::Versions) => rest.is_empty() || is_version(rest),
        }
    }
}

/// The model's name without the path or the provider's name before it.
fn bare(provider: Provider, model: &str) -> &str {
    if let Some((path, name)) = model.rsplit_once('/')
        && path.rsplit('/').next() == Some("models")
    {
        return name;
    }
    match model.split_once('/') {
        Some((vendor, name))
            if provider != Provider::Other && Provider::named(vendor) == provider =>
        {
            name
        }
        _ => model,
    }
}

/// `-latest`, `-2024-11-20`, `-20250929` or `@20250929`.
fn is_version(rest: &str) -> bool {
    let Some(version) = rest.strip_prefix(['-', '@']) else { return false };
    let shape: String =
        version.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    matches!(shape.as_str(), "latest" | "0000-00-00" | "00000000")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(prompt: f64) -> Price {
        Price::per_million(prompt, 1.0).unwrap()
    }

    #[test]
    fn the_longest_prefix_wins() {
        let book = PriceBook::new()
            .with(Provider::OpenAi, "gpt-4o-mini", price(1.0))
            .with(Provider::OpenAi, "gpt-4o", price(2.0))
            .with(Provider::Azure, "gpt", price(3.0))
            .with(Provider::OpenAi, "gpt-4o", price(4.0))
            .with(Provider::Ollama, "", price(5.0));
        assert_eq!(book.price(Provider::OpenAi, "gpt-4o-mini-2025"), Some(price(1.0)));
        assert_eq!(book.price(Provider::OpenAi, "gpt-4o-2025"), Some(price(4.0)));
        assert_eq!(book.price(Provider::Azure, "gpt-4o"), Some(price(3.0)));
        assert_eq!(book.price(Provider::Ollama, "llama3"), Some(price(5.0)));
        assert_eq!(book.price(Provider::OpenAi, "gpt-3"), None);
    }

    #[test]
    fn the_second_of_two_books_wins_even_with_a_shorter_entry() {
        let first = PriceBook::new().with(Provider::OpenAi, "gpt-4o-mini", price(1.0)).with(
            Provider::OpenAi,
            "o3",
            price(2.0),
        );
        let second = PriceBook::new().with(Provider::OpenAi, "gpt", price(3.0));
        let third = PriceBook::new().with(Provider::OpenAi, "gpt-4o-mini-x", price(4.0));
        let both = first.and(second.clone());
        assert_eq!(both.price(Provider::OpenAi, "gpt-4o-mini"), Some(price(3.0)));
        assert_eq!(both.price(Provider::OpenAi, "o3"), Some(price(2.0)));
        // The order in which books are put together does not matter, only
        // which comes later.
        let left = both.clone().and(third.clone());
        let right = PriceBook::new().and(both).and(third);
        for book in [left, right] {
            assert_eq!(book.price(Provider::OpenAi, "gpt-4o-mini-x"), Some(price(4.0)));
            assert_eq!(book.price(Provider::OpenAi, "gpt-4o-mini"), Some(price(3.0)));
        }
        assert_eq!(second.and(PriceBook::new()).price(Provider::OpenAi, "gpt"), Some(price(3.0)));
    }

    #[test]
    fn a_price_is_found_behind_the_providers_own_name_and_behind_a_path() {
        let book = PriceBook::new()
            .with(Provider::OpenAi, "gpt-4o", price(1.0))
            .with(Provider::Gemini, "gemini-2.5-flash", price(2.0))
            .with(Provider::OpenRouter, "openai/gpt-4o", price(3.0))
            .with(Provider::Other, "llama", price(4.0));
        for (provider, model, found) in [
            (Provider::OpenAi, "openai/gpt-4o", Some(1.0)),
            (Provider::OpenAi, "OpenAI/gpt-4o", Some(1.0)),
            (Provider::OpenAi, "azure/gpt-4o", None),
            (Provider::OpenAi, "acme/gpt-4o", None),
            (Provider::OpenAi, "ft:gpt-4o", None),
            (Provider::Gemini, "models/gemini-2.5-flash", Some(2.0)),
            (Provider::Gemini, "google/gemini-2.5-flash", Some(2.0)),
            (Provider::Gemini, "projects/p/publishers/google/models/gemini-2.5-flash", Some(2.0)),
            (Provider::Gemini, "supermodels/gemini-2.5-flash", None),
            (Provider::OpenRouter, "openai/gpt-4o", Some(3.0)),
            (Provider::OpenRouter, "openrouter/openai/gpt-4o", Some(3.0)),
            (Provider::OpenRouter, "gpt-4o", None),
            (Provider::Other, "acme/llama", None),
            (Provider::Other, "models/llama", Some(4.0)),
        ] {
            assert_eq!(book.price(provider, model), found.map(price), "{provider:?} {model}");
        }
    }

    #[test]
    fn an_entry_for_the_whole_name_comes_before_one_for_the_bare_name() {
        let book = PriceBook::new().with(Provider::OpenAi, "gpt-4o", price(1.0)).with(
            Provider::OpenAi,
            "openai",
            price(2.0),
        );
        assert_eq!(book.price(Provider::OpenAi, "openai/gpt-4o"), Some(price(2.0)));
        let user = PriceBook::new().with(Provider::OpenAi, "gpt", price(3.0));
        assert_eq!(book.and(user).price(Provider::OpenAi, "openai/gpt-4o"), Some(price(3.0)));
    }

    #[test]
    fn versions_are_dates_and_the_latest() {
        let book = PriceBook::new().with_versions(Provider::OpenAi, "gpt-4o", price(1.0));
        for version in ["", "-latest", "-2024-11-20", "-20241120", "@20241120"] {
            let model = format!("gpt-4o{version}");
            assert_eq!(book.price(Provider::OpenAi, &model), Some(price(1.0)), "{model}");
        }
        for other in ["-mini", "-audio-preview", ".1", "-", "-1106", "-2024-11-20-ft", "20241120"] {
            let model = format!("gpt-4o{other}");
            assert_eq!(book.price(Provider::OpenAi, &model), None, "{model}");
        }
        let book = book.with(Provider::OpenAi, "gpt-4o", price(2.0));
        assert_eq!(book.price(Provider::OpenAi, "gpt-4o-mini"), Some(price(2.0)));
    }
}
