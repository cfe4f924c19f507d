//! What the calls of the demo cost.

use anyhow::Context;
use botmeter_llm::{PriceBook, Provider, Usage};

/// The list prices that come with botmeter-llm. A model that is not among them is recorded as
/// unpriced, not as free.
pub(super) fn listed() -> PriceBook {
    PriceBook::built_in()
}

/// The same for the demo's own provider. Unlike `OpenAI`, it tells what it writes to its cache,
/// and it charges as much for that as for any other token of a prompt.
pub(super) fn with_cache_writes(models: &[String]) -> anyhow::Result<PriceBook> {
    let listed = listed();
    let mut own = PriceBook::new();
    for model in models {
        let Some(price) = listed.price(Provider::OpenAi, model) else { continue };
        let million = Usage::including_cache(1_000_000, 0);
        let prompt = price.of(&million).with_context(|| format!("{model} has no prompt price"))?;
        let price = price.cache_write(prompt).map_err(|error| super::failed_to(&error))?;
        own = own.with(Provider::OpenAi, model, price);
    }
    Ok(listed.and(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{DEFAULT_MODELS, TRIAL_MODEL};

    /// Half of the prompt is new to the cache.
    const CALL: (u64, u64, u64) = (1_000, 100, 500);

    fn cost(book: &PriceBook, model: &str) -> Option<f64> {
        let (prompt, completion, written) = CALL;
        let usage = Usage::including_cache(prompt, completion).cache_write(written);
        book.price(Provider::OpenAi, model)?.of(&usage)
    }

    #[test]
    fn every_model_of_the_demo_has_a_price_but_the_trial() {
        let models = DEFAULT_MODELS.map(str::to_owned);
        let (listed, own) = (listed(), with_cache_writes(&models).unwrap());
        for model in DEFAULT_MODELS {
            assert_eq!(cost(&listed, model), None, "{model}: nobody lists what a write costs");
            assert!(cost(&own, model) > Some(0.0), "{model}");
        }
        assert_eq!(own.price(Provider::OpenAi, TRIAL_MODEL), None);
    }

    #[test]
    fn a_model_keeps_its_own_price_beside_one_whose_name_it_starts_with() {
        let models = ["gpt-4.1".to_owned(), "gpt-4.1-mini".to_owned(), "unheard-of".to_owned()];
        let book = with_cache_writes(&models).unwrap();
        assert!(cost(&book, "gpt-4.1-mini") < cost(&book, "gpt-4.1"));
        assert_eq!(cost(&book, "unheard-of"), None);
    }
}
