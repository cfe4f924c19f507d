//! The prices that come with the crate.

use super::Price;
use crate::{PriceBook, Provider};

/// The day whose prices [`PriceBook::built_in`] has.
pub const BUILT_IN_DATE: &str = "2026-07-11";

impl PriceBook {
    /// The list prices of common models on [`BUILT_IN_DATE`]: of Anthropic,
    /// `DeepSeek`, Google Gemini, Mistral, `OpenAI` and xAI, when they are
    /// called directly.
    ///
    /// Prices change, and nobody is told. Each release of this crate brings a
    /// table of its own day, and what you know better goes on top of it with
    /// [`and`](Self::and).
    ///
    /// An entry prices its model and the dated versions of it, and nothing
    /// else that starts with the same name. What a single rate per token
    /// cannot tell truly is left out, and such a model is unpriced:
    ///
    /// - models whose rate depends on the length of the prompt (`gpt-5.4`,
    ///   `gpt-5.5`, `gpt-5.6` and most of their variants, Gemini Pro, Claude
    ///   Sonnet 4 and 4.5, Grok 4) or on the hour (`deepseek-chat`,
    ///   `deepseek-reasoner`);
    /// - names that move to another model and its price (`mistral-large-latest`
    ///   and its like);
    /// - figures on which the public sources disagree;
    /// - resellers and clouds (Azure, Bedrock, `OpenRouter`, Vertex AI), where
    ///   the price depends on region and contract.
    ///
    /// The rates are those of text at the standard service level. Discounts
    /// for batches, surcharges for priority or region, audio, and fees for
    /// searches are not in them. A write to Anthropic's cache costs what it
    /// does for five minutes; one for an hour costs more.
    ///
    /// ```
    /// use botmeter_llm::{PriceBook, Provider, Usage};
    ///
    /// let book = PriceBook::built_in();
    /// let price = book.price(Provider::OpenAi, "gpt-4.1-2025-04-14").unwrap();
    /// assert_eq!(price.of(&Usage::including_cache(1_000, 500)), Some(0.006));
    /// ```
    pub fn built_in() -> Self {
        TABLE
            .iter()
            .flat_map(|(provider, rows)| rows.iter().map(move |row| (*provider, row)))
            .fold(Self::new(), |book, (provider, (model, price))| {
                book.with_versions(provider, model, *price)
            })
    }
}

type Row = (&'static str, Price);

/// At least two public collections of prices agreed on each figure, but for
/// the first version of gpt-4o; the providers' own pages are named with their
/// tables.
const TABLE: [(Provider, &[Row]); 6] = [
    (Provider::Anthropic, ANTHROPIC),
    (Provider::DeepSeek, DEEPSEEK),
    (Provider::Gemini, GEMINI),
    (Provider::Mistral, MISTRAL),
    (Provider::OpenAi, OPENAI),
    (Provider::XAi, XAI),
];

/// Published at <https://docs.claude.com/en/docs/about-claude/pricing>.
const ANTHROPIC: &[Row] = &[
    ("claude-3-5-haiku", rates(0.8, 4.0).read(0.08).write(1.0)),
    ("claude-3-5-sonnet", rates(3.0, 15.0).read(0.3).write(3.75)),
    ("claude-3-7-sonnet", rates(3.0, 15.0).read(0.3).write(3.75)),
    ("claude-3-haiku", rates(0.25, 1.25).read(0.03).write(0.3)),
    ("claude-3-opus", rates(15.0, 75.0).read(1.5).write(18.75)),
    ("claude-fable-5", rates(10.0, 50.0).read(1.0).write(12.5)),
    ("claude-haiku-4-5", rates(1.0, 5.0).read(0.1).write(1.25)),
    ("claude-opus-4", rates(15.0, 75.0).read(1.5).write(18.75)),
    ("claude-opus-4-1", rates(15.0, 75.0).read(1.5).write(18.75)),
    ("claude-opus-4-5", rates(5.0, 25.0).read(0.5).write(6.25)),
    ("claude-opus-4-6", rates(5.0, 25.0).read(0.5).write(6.25)),
    ("claude-opus-4-7", rates(5.0, 25.0).read(0.5).write(6.25)),
    ("claude-opus-4-8", rates(5.0, 25.0).read(0.5).write(6.25)),
    ("claude-sonnet-4-6", rates(3.0, 15.0).read(0.3).write(3.75)),
];

/// Published at <https://api-docs.deepseek.com/quick_start/pricing>.
const DEEPSEEK: &[Row] = &[
    ("deepseek-v4-flash", rates(0.14, 0.28).read(0.0028)),
    ("deepseek-v4-pro", rates(0.435, 0.87).read(0.003_625)),
];

/// Published at <https://ai.google.dev/gemini-api/docs/pricing>.
const GEMINI: &[Row] = &[
    ("gemini-2.0-flash", rates(0.1, 0.4)),
    ("gemini-2.0-flash-lite", rates(0.075, 0.3)),
    ("gemini-2.5-flash", rates(0.3, 2.5).read(0.03)),
    ("gemini-2.5-flash-lite", rates(0.1, 0.4).read(0.01)),
    ("gemini-3-flash-preview", rates(0.5, 3.0).read(0.05)),
    ("gemini-3.1-flash-lite", rates(0.25, 1.5).read(0.025)),
    ("gemini-3.1-flash-lite-preview", rates(0.25, 1.5).read(0.025)),
    ("gemini-3.5-flash", rates(1.5, 9.0).read(0.15)),
];

/// Published at <https://mistral.ai/pricing>. Only names that do not move.
const MISTRAL: &[Row] = &[
    ("mistral-large-2411", rates(2.0, 6.0)),
    ("mistral-medium-2505", rates(0.4, 2.0)),
    ("open-mistral-7b", rates(0.25, 0.25)),
    ("open-mixtral-8x7b", rates(0.7, 0.7)),
    ("pixtral-12b-2409", rates(0.15, 0.15)),
    ("pixtral-large-2411", rates(2.0, 6.0)),
];

/// Published at <https://platform.openai.com/docs/pricing>.
const OPENAI: &[Row] = &[
    ("gpt-3.5-turbo", rates(0.5, 1.5)),
    ("gpt-4", rates(30.0, 60.0)),
    ("gpt-4.1", rates(2.0, 8.0).read(0.5)),
    ("gpt-4.1-mini", rates(0.4, 1.6).read(0.1)),
    ("gpt-4.1-nano", rates(0.1, 0.4).read(0.025)),
    ("gpt-4o", rates(2.5, 10.0).read(1.25)),
    // The first version cost twice as much and did not read from a cache.
    ("gpt-4o-2024-05-13", rates(5.0, 15.0)),
    ("gpt-4o-mini", rates(0.15, 0.6).read(0.075)),
    ("gpt-5", rates(1.25, 10.0).read(0.125)),
    ("gpt-5-chat", rates(1.25, 10.0).read(0.125)),
    ("gpt-5-mini", rates(0.25, 2.0).read(0.025)),
    ("gpt-5-nano", rates(0.05, 0.4).read(0.005)),
    ("gpt-5-pro", rates(15.0, 120.0)),
    ("gpt-5.1", rates(1.25, 10.0).read(0.125)),
    ("gpt-5.2", rates(1.75, 14.0).read(0.175)),
    ("gpt-5.2-pro", rates(21.0, 168.0)),
    ("gpt-5.4-mini", rates(0.75, 4.5).read(0.075)),
    ("o1", rates(15.0, 60.0).read(7.5)),
    ("o1-pro", rates(150.0, 600.0)),
    ("o3", rates(2.0, 8.0).read(0.5)),
    ("o3-mini", rates(1.1, 4.4).read(0.55)),
    ("o3-pro", rates(20.0, 80.0)),
    ("o4-mini", rates(1.1, 4.4).read(0.275)),
    ("text-embedding-3-large", rates(0.13, 0.0)),
    ("text-embedding-3-small", rates(0.02, 0.0)),
    ("text-embedding-ada-002", rates(0.1, 0.0)),
];

/// Published at <https://docs.x.ai/docs/models>.
const XAI: &[Row] = &[
    ("grok-3-mini", rates(0.3, 0.5).read(0.075)),
    ("grok-3-mini-fast", rates(0.6, 4.0).read(0.15)),
];

const fn rates(prompt: f64, completion: f64) -> Price {
    Price { prompt, completion, cache_read: None, cache_write: None }
}

impl Price {
    const fn read(self, dollars: f64) -> Self {
        Self { cache_read: Some(dollars), ..self }
    }

    const fn write(self, dollars: f64) -> Self {
        Self { cache_write: Some(dollars), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::wrong;

    #[test]
    fn every_rate_is_sound_and_every_name_is_there_once() {
        for (provider, rows) in TABLE {
            assert!(rows.is_sorted_by(|(a, _), (b, _)| a < b), "sort {provider:?}");
            for (model, price) in rows {
                let Price { prompt, completion, cache_read, cache_write } = *price;
                for rate in [Some(prompt), Some(completion), cache_read, cache_write] {
                    assert_eq!(rate.and_then(wrong), None, "{model}");
                }
                assert!(cache_read.is_none_or(|rate| rate < prompt), "{model}");
                assert!(cache_write.is_none_or(|rate| rate > prompt), "{model}");
                assert!(completion == 0.0 || completion >= prompt, "{model}");
                assert_eq!(PriceBook::built_in().price(provider, model), Some(*price), "{model}");
            }
        }
    }

    #[test]
    fn what_only_starts_like_a_known_model_has_no_price() {
        let book = PriceBook::built_in();
        for (provider, model) in [
            (Provider::OpenAi, "gpt-4o-audio-preview"),
            (Provider::OpenAi, "gpt-5.6"),
            (Provider::OpenAi, "gpt-3.5-turbo-1106"),
            (Provider::OpenAi, "gpt-5-codex-next"),
            (Provider::Anthropic, "claude-opus-4-9"),
            (Provider::Anthropic, "claude-sonnet-4-5"),
            (Provider::Gemini, "gemini-2.5-pro"),
            (Provider::Gemini, "gemini-2.5-flash-image"),
            (Provider::Mistral, "mistral-large-latest"),
            (Provider::Azure, "gpt-4o"),
            (Provider::Other, "gpt-4o"),
        ] {
            assert_eq!(book.price(provider, model), None, "{model}");
        }
        for (provider, model) in [
            (Provider::OpenAi, "openai/gpt-4o-mini-2024-07-18"),
            (Provider::Anthropic, "claude-opus-4-20250514"),
            (Provider::Anthropic, "claude-haiku-4-5@20251001"),
            (Provider::Gemini, "models/gemini-2.5-flash"),
        ] {
            assert!(book.price(provider, model).is_some(), "{model}");
        }
        let first = book.price(Provider::OpenAi, "gpt-4o-2024-05-13");
        assert_eq!(first, Some(Price::per_million(5.0, 15.0).unwrap()));
    }

    #[test]
    fn the_date_is_a_date() {
        let shape = BUILT_IN_DATE.replace(|letter: char| letter.is_ascii_digit(), "0");
        assert_eq!(shape, "0000-00-00");
    }
}
