//! A price book from a file.

#[cfg(test)]
mod tests;

use std::ops::Range;

use botmeter_core::Error;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Price, wrong};
use crate::{PriceBook, Provider};

impl PriceBook {
    /// The prices that a TOML text has: per provider and model, US dollars per
    /// million tokens.
    ///
    /// ```
    /// use botmeter_llm::{Price, PriceBook, Provider};
    ///
    /// let ours = PriceBook::from_toml(r#"
    ///     [openai]
    ///     "gpt-4.1" = { prompt = 1.8, completion = 7.2, cache_read = 0.45 }
    ///
    ///     [anthropic."claude-opus-4-5"]
    ///     prompt = 5
    ///     completion = 25
    ///     cache_read = 0.5
    ///     cache_write = 6.25
    ///
    ///     [ollama]
    ///     "" = { prompt = 0, completion = 0 }
    /// "#)?;
    ///
    /// let book = PriceBook::built_in().and(ours);
    /// let price = Price::per_million(1.8, 7.2)?.cache_read(0.45)?;
    /// assert_eq!(book.price(Provider::OpenAi, "gpt-4.1-2025-04-14"), Some(price));
    /// # Ok::<(), botmeter_core::Error>(())
    /// ```
    ///
    /// A provider is spelled as in its label, or as [`Provider::named`] knows
    /// it. A model's name is a prefix, and goes in quotes when it has a dot.
    /// `prompt` and `completion` are needed; without `cache_read` or
    /// `cache_write`, calls that have such tokens are unpriced. The currency
    /// is not a choice: the series that the prices end in is in US dollars.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, a provider or a field is not known, a model
    /// has two prices, or a rate is missing, no number, negative, or must be
    /// in another unit. The error says where, what was found there and what to
    /// do; it does not know the file's name.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let text = Text(text);
        let providers = DeTable::parse(text.0).map_err(|error| text.syntax(&error))?;
        let mut book = Self::new();
        for (key, value) in providers.get_ref() {
            let provider = text.provider(key)?;
            let Some(models) = value.get_ref().as_table() else {
                return Err(Error::new(format!(
                    "read the prices of {provider} ({at}): give a table of models",
                    provider = provider.as_str(),
                    at = text.place(&value.span()),
                )));
            };
            for (key, value) in models {
                let model = Model { text, provider, name: key.get_ref(), span: key.span() };
                if book.names(provider, model.name) {
                    return Err(model.error("it has a price already; keep one of the two"));
                }
                book = book.with(provider, model.name, model.price(value)?);
            }
        }
        Ok(book)
    }
}

#[derive(Clone, Copy)]
struct Text<'a>(&'a str);

impl Text<'_> {
    fn provider(self, key: &Spanned<impl AsRef<str>>) -> Result<Provider, Error> {
        let name = key.get_ref().as_ref();
        match Provider::named(name) {
            Provider::Other if !name.eq_ignore_ascii_case(Provider::Other.as_str()) => {
                let known: Vec<_> = Provider::ALL.iter().map(|known| known.as_str()).collect();
                Err(Error::new(format!(
                    "find provider `{name}` ({at}): use one of {known}",
                    name = name.escape_debug(),
                    at = self.place(&key.span()),
                    known = known.join(", "),
                )))
            }
            provider => Ok(provider),
        }
    }

    /// The parser's own error shows the text on several lines; its message and
    /// place fit on one.
    fn syntax(self, error: &toml::de::Error) -> Error {
        let at = self.place(&error.span().unwrap_or_default());
        Error::new(format!("read the prices as TOML ({at}): {}", error.message()))
    }

    fn place(self, span: &Range<usize>) -> String {
        let before = self.0.get(..span.start).unwrap_or(self.0);
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
        format!("line {line}, column {column}")
    }

    /// What the file says there, on one line.
    fn quote(self, span: &Range<usize>) -> String {
        const LONGEST: usize = 40;
        let written = self.0.get(span.clone()).unwrap_or_default();
        let line = written.lines().next().unwrap_or_default();
        let start: String = line.chars().take(LONGEST).collect();
        if start.len() < written.len() { format!("{start}...") } else { start }
    }
}

/// One model and where its name is.
struct Model<'a> {
    text: Text<'a>,
    provider: Provider,
    name: &'a str,
    span: Range<usize>,
}

const FIELDS: [&str; 4] = ["prompt", "completion", "cache_read", "cache_write"];

impl Model<'_> {
    fn price(&self, value: &Spanned<DeValue<'_>>) -> Result<Price, Error> {
        let Some(fields) = value.get_ref().as_table() else {
            return Err(self.error("give a table with `prompt` and `completion`"));
        };
        let mut rates = [None; FIELDS.len()];
        for (key, value) in fields {
            let field: &str = key.get_ref();
            let Some(known) = FIELDS.iter().position(|known| *known == field) else {
                return Err(self.unknown(field, &key.span(), value.get_ref()));
            };
            rates[known] = Some(self.rate(field, value)?);
        }
        let [prompt, completion, cache_read, cache_write] = rates;
        Ok(Price {
            prompt: prompt.ok_or_else(|| self.missing("prompt"))?,
            completion: completion.ok_or_else(|| self.missing("completion"))?,
            cache_read,
            cache_write,
        })
    }

    fn rate(&self, field: &str, value: &Spanned<DeValue<'_>>) -> Result<f64, Error> {
        let advice = match number(value.get_ref()) {
            Some(dollars) => match wrong(dollars) {
                None => return Ok(dollars),
                Some(advice) => advice,
            },
            None => "it is not a number; write one without quotes, as in `2.5`",
        };
        Err(Error::new(format!(
            "use `{value}` as {field} of {self} ({at}): {advice}",
            value = self.text.quote(&value.span()),
            at = self.text.place(&value.span()),
        )))
    }

    fn unknown(&self, field: &str, span: &Range<usize>, value: &DeValue<'_>) -> Error {
        let advice = if value.is_table() {
            "a price has no tables; if the dot is part of the model's name, put the name in quotes"
                .to_owned()
        } else {
            format!("the fields are {}", FIELDS.join(", "))
        };
        Error::new(format!(
            "use field `{field}` of {self} ({at}): {advice}",
            field = field.escape_debug(),
            at = self.text.place(span),
        ))
    }

    fn missing(&self, field: &str) -> Error {
        self.error(&format!("`{field}` is missing; give it, 0 if it is free"))
    }

    fn error(&self, advice: &str) -> Error {
        let at = self.text.place(&self.span);
        Error::new(format!("read the price of {self} ({at}): {advice}"))
    }
}

impl std::fmt::Display for Model<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} `{}`", self.provider.as_str(), self.name.escape_debug())
    }
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(integer) => {
            let whole = i64::from_str_radix(integer.as_str(), integer.radix()).ok()?;
            Some(whole as f64)
        }
        DeValue::Float(float) => float.as_str().parse().ok(),
        _ => None,
    }
}
