//! Texts in, books and errors out.

use super::*;

fn refused(text: &str) -> String {
    PriceBook::from_toml(text).unwrap_err().to_string()
}

#[test]
fn every_way_to_write_a_table_is_read() {
    let price = Price::per_million(2.0, 8.0).unwrap();
    for text in [
        "[openai]\n\"gpt-4.1\" = { prompt = 2, completion = 8.0 }",
        "[openai.\"gpt-4.1\"]\r\nprompt = 2\r\ncompletion = 8\r\n",
        "openai.'gpt-4.1'.prompt = 0x2\nopenai.'gpt-4.1'.completion = 0.8e1",
        "openai = { \"gpt-4.1\" = { prompt = 2.0, completion = 8 } }",
        "[OpenAI]\n\"gpt-4.1\" = { prompt = 2_0e-1, completion = 8 }",
    ] {
        let book = PriceBook::from_toml(text).unwrap();
        assert_eq!(book.price(Provider::OpenAi, "gpt-4.1-mini"), Some(price), "{text}");
    }
    let none = PriceBook::from_toml("# nothing yet\n[openai]\n").unwrap();
    assert_eq!(none.price(Provider::OpenAi, "gpt-4.1"), None);
}

#[test]
fn the_file_of_the_readme_is_read() {
    let readme = include_str!("../../../README.md");
    let (_, from_there) = readme.split_once("```toml\n").unwrap();
    let (file, _) = from_there.split_once("```").unwrap();
    let book = PriceBook::from_toml(file).unwrap();
    let price = Price::per_million(1.8, 7.2).unwrap().cache_read(0.45).unwrap();
    assert_eq!(book.price(Provider::OpenAi, "gpt-4.1-mini"), Some(price));
    assert_eq!(book.price(Provider::OpenRouter, "openai/gpt-4.1"), None);
    assert!(book.price(Provider::Ollama, "llama3").is_some());
}

#[test]
fn a_wrong_rate_is_quoted_with_its_place() {
    let with =
        |rate: &str| refused(&format!("[openai]\no3 = {{ prompt = 2, completion = {rate} }}"));
    let at = "(line 2, column 33)";
    for (rate, advice) in [
        ("-8", "give US dollars per million tokens, zero or more"),
        ("nan", "give US dollars per million tokens, zero or more"),
        ("-inf", "give US dollars per million tokens, zero or more"),
        ("0.000008", "this looks like the price of one token; give US dollars per million tokens"),
        ("8e7", "this is more than a dollar per token; give US dollars per million tokens"),
        ("\"8\"", "it is not a number; write one without quotes, as in `2.5`"),
        ("true", "it is not a number; write one without quotes, as in `2.5`"),
    ] {
        let expected = format!("use `{rate}` as completion of openai `o3` {at}: {advice}");
        assert_eq!(with(rate), expected);
    }
    let long = with("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]");
    assert!(long.starts_with("use `[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ...` as"), "{long}");
}

#[test]
fn an_error_says_where_what_and_what_to_do() {
    for (text, expected) in [
        (
            "[openai]\n\n[opnai]\no3 = { prompt = 2, completion = 8 }",
            "find provider `opnai` (line 3, column 2): use one of anthropic, azure, bedrock, \
             cohere, deepseek, gemini, groq, huggingface, mistral, moonshot, ollama, openai, \
             openrouter, perplexity, vertex_ai, watsonx, xai, other",
        ),
        ("openai = 2.5", "read the prices of openai (line 1, column 10): give a table of models"),
        (
            "[openai]\no3 = 2.5",
            "read the price of openai `o3` (line 2, column 1): give a table with `prompt` and \
             `completion`",
        ),
        (
            "[openai.o3]\nprompt = 2\noutput = 8",
            "use field `output` of openai `o3` (line 3, column 1): the fields are prompt, \
             completion, cache_read, cache_write",
        ),
        (
            "[openai]\ngpt-4.1 = { prompt = 2, completion = 8 }",
            "use field `1` of openai `gpt-4` (line 2, column 7): a price has no tables; if the \
             dot is part of the model's name, put the name in quotes",
        ),
        (
            "[openai]\no3 = { prompt = 2 }",
            "read the price of openai `o3` (line 2, column 1): `completion` is missing; give \
             it, 0 if it is free",
        ),
        (
            "[gemini]\n\"ä\" = { prompt = 2, completion = 8 }\n[google]\n\
             \"ä\" = { prompt = 1, completion = 8 }",
            "read the price of gemini `ä` (line 4, column 1): it has a price already; keep one \
             of the two",
        ),
    ] {
        assert_eq!(refused(text), expected);
    }
}

#[test]
fn what_is_not_toml_is_refused_with_its_place() {
    let twice =
        "[openai]\no3 = { prompt = 2, completion = 8 }\no3 = { prompt = 1, completion = 8 }";
    assert_eq!(refused(twice), "read the prices as TOML (line 3, column 1): duplicate key");
    let open = refused("[openai]\no3 = { prompt = ");
    assert!(open.starts_with("read the prices as TOML (line 2, column 1"), "{open}");
}
