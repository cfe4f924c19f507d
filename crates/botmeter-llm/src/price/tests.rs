//! What holds of any price and any usage.

use proptest::{option, prelude::*};

use super::*;
use crate::Usage;

fn rates() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 8 => 1e-4..1e3, 1 => RATES]
}

fn any_price() -> impl Strategy<Value = Price> {
    (rates(), rates(), option::of(rates()), option::of(rates())).prop_map(
        |(prompt, completion, cache_read, cache_write)| Price {
            prompt,
            completion,
            cache_read,
            cache_write,
        },
    )
}

fn full_price() -> impl Strategy<Value = Price> {
    [rates(), rates(), rates(), rates()].prop_map(|[prompt, completion, read, write]| Price {
        prompt,
        completion,
        cache_read: Some(read),
        cache_write: Some(write),
    })
}

fn excluding([prompt, completion, read, write]: [u32; 4]) -> Usage {
    Usage::excluding_cache(prompt, completion).cache_read(read).cache_write(write)
}

/// So few that no sum is above what a usage can have.
fn tokens() -> impl Strategy<Value = [u32; 4]> {
    prop::array::uniform4(0_u32..10_000_000)
}

proptest! {
    #[test]
    fn a_cost_is_never_negative_and_never_infinite(price in any_price(), parts: [i64; 4]) {
        let [prompt, completion, read, write] = parts;
        for usage in [
            Usage::excluding_cache(prompt, completion),
            Usage::including_cache(prompt, completion),
        ] {
            let cost = price.of(&usage.cache_read(read).cache_write(write));
            prop_assert!(cost.is_none_or(|dollars| dollars >= 0.0 && dollars.is_finite()));
        }
    }

    #[test]
    fn more_tokens_never_cost_less(
        price in full_price(),
        few in tokens(),
        more in 0_u32..1_000_000,
        part in 0_usize..4,
    ) {
        let mut many = few;
        many[part] += more;
        prop_assert!(price.of(&excluding(many)).unwrap() >= price.of(&excluding(few)).unwrap());
    }

    #[test]
    fn a_cache_that_is_cheaper_never_makes_a_call_dearer(
        prompt in 1e-4..1e3,
        completion in rates(),
        discounts in prop::array::uniform2(0.0..=1.0),
        parts in tokens(),
    ) {
        let [read, write] = discounts.map(|discount| discount * prompt);
        let price =
            Price { prompt, completion, cache_read: Some(read), cache_write: Some(write) };
        let split = excluding(parts);
        let whole = Usage::including_cache(split.prompt_tokens(), split.completion_tokens());
        let (split, whole) = (price.of(&split).unwrap(), price.of(&whole).unwrap());
        prop_assert!(split <= whole * (1.0 + 1e-12), "{split} > {whole}");
    }

    #[test]
    fn both_conventions_cost_the_same(price in full_price(), parts in tokens()) {
        let excluding = excluding(parts);
        let including = Usage::including_cache(excluding.prompt_tokens(), parts[1])
            .cache_read(parts[2])
            .cache_write(parts[3]);
        prop_assert_eq!(price.of(&excluding), price.of(&including));
    }

    #[test]
    fn without_a_rate_only_calls_that_need_it_are_unpriced(price in any_price(), parts in tokens()) {
        let [_, _, read, write] = parts;
        let missing = (read > 0 && price.cache_read.is_none())
            || (write > 0 && price.cache_write.is_none());
        prop_assert_eq!(price.of(&excluding(parts)).is_none(), missing);
    }

    #[test]
    fn any_name_is_looked_up(model in ".{0,40}", name in "[a-z/.-]{0,8}") {
        let price = Price::per_million(1.0, 2.0).unwrap();
        for provider in crate::Provider::ALL {
            let book = PriceBook::built_in().and(PriceBook::new().with(*provider, &name, price));
            let expected = model.starts_with(&name).then_some(price);
            prop_assert!(expected.is_none() || book.price(*provider, &model) == expected);
        }
    }
}

#[test]
fn a_rate_that_is_no_rate_is_refused() {
    for (rate, advice) in [
        (f64::NAN, "give US dollars per million tokens, zero or more"),
        (f64::INFINITY, "give US dollars per million tokens, zero or more"),
        (-0.1, "give US dollars per million tokens, zero or more"),
        (2.5e-6, "this looks like the price of one token; give US dollars per million tokens"),
        (2.5e6, "this is more than a dollar per token; give US dollars per million tokens"),
    ] {
        let error = Price::per_million(1.0, rate).unwrap_err().to_string();
        assert_eq!(error, format!("use {rate} as the completion price: {advice}"));
    }
}

#[test]
fn a_usage_that_cannot_be_true_has_no_cost() {
    let price = Price::per_million(1.0, 2.0).unwrap().cache_read(1.0).unwrap();
    let price = price.cache_write(1.0).unwrap();
    assert_eq!(price.of(&Usage::including_cache(1, 1).cache_read(2)), None);
    assert_eq!(
        price.of(&Usage::including_cache(1, 1).cache_read(u64::MAX).cache_write(u64::MAX)),
        None
    );
}

#[cfg(feature = "prices-toml")]
mod file {
    use std::fmt::Write as _;

    use super::*;

    fn written(name: &str, price: &Price) -> String {
        let Price { prompt, completion, cache_read, cache_write } = price;
        let mut text =
            format!("[openai.\"{name}\"]\nprompt = {prompt:?}\ncompletion = {completion:?}\n");
        for (field, rate) in [("cache_read", cache_read), ("cache_write", cache_write)] {
            if let Some(rate) = rate {
                writeln!(text, "{field} = {rate:?}").unwrap();
            }
        }
        text
    }

    /// Shorter than any chance would find: what a price book is made of.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "[",
            "]",
            "{",
            "}",
            "=",
            ".",
            "\"",
            "'",
            "\n",
            ",",
            " ",
            "#",
            "-",
            "é",
            "\u{0}",
            "openai",
            "google",
            "gemini",
            "o3",
            "\"gpt-4.1\"",
            "prompt",
            "completion",
            "cache_read",
            "2",
            "2.5",
            "-1",
            "nan",
            "1e999",
            "99999999999999999999",
            "0x",
            "true",
            "'''",
            "[[",
        ]);
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    fn is_read_or_refused(text: &str) -> Result<(), TestCaseError> {
        if let Err(error) = PriceBook::from_toml(text) {
            let error = error.to_string();
            prop_assert!(error.contains("(line "), "{}", error);
            prop_assert!(!error.contains('\n'), "{}", error);
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(price in any_price(), name in "[a-z0-9.-]{0,12}") {
            let book = PriceBook::from_toml(&written(&name, &price)).unwrap();
            prop_assert_eq!(book.price(crate::Provider::OpenAi, &name), Some(price));
        }

        #[test]
        fn bytes_are_read_or_refused(bytes: Vec<u8>) {
            is_read_or_refused(&String::from_utf8_lossy(&bytes))?;
        }

        #[test]
        fn pieces_are_read_or_refused(text in pieces()) {
            is_read_or_refused(&text)?;
        }
    }
}
