//! What the models that everybody knows cost, so that the demo has costs to show.

use botmeter_llm::core::Error;
use botmeter_llm::{Price, PriceBook, Provider};

/// `OpenAI`'s list prices of May 2025 in US dollars per million tokens. Any other model is
/// recorded as unpriced, not as free.
pub(super) fn book() -> anyhow::Result<PriceBook> {
    fill().map_err(|error| super::failed_to(&error))
}

fn fill() -> Result<PriceBook, Error> {
    let mut book = PriceBook::new();
    for (model, prompt, completion, cached) in [
        ("gpt-4.1", 2.0, 8.0, 0.5),
        // A price is for every name that begins with it, so the cheaper ones are named, too.
        ("gpt-4.1-mini", 0.4, 1.6, 0.1),
        ("gpt-4.1-nano", 0.1, 0.4, 0.025),
        ("gpt-4o-mini", 0.15, 0.6, 0.075),
        ("o4-mini", 1.1, 4.4, 0.275),
    ] {
        // What is new to the cache costs as much as what is only read.
        let price =
            Price::per_million(prompt, completion)?.cache_read(cached)?.cache_write(prompt)?;
        book = book.with(Provider::OpenAi, model, price);
    }
    Ok(book)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{DEFAULT_MODELS, TRIAL_MODEL};

    #[test]
    fn every_model_of_the_demo_has_a_price_but_the_newest() {
        let book = book().unwrap();
        for model in DEFAULT_MODELS {
            assert!(book.price(Provider::OpenAi, model).is_some(), "{model}");
        }
        assert_eq!(book.price(Provider::OpenAi, TRIAL_MODEL), None);
    }
}
