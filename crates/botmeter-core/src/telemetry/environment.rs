//! The environment variables, read once.

mod table;

use std::{collections::BTreeMap, fmt, time::Duration};

use crate::Error;
pub use table::{About, KNOWN_VARIABLES, KnownVariable};

/// What variables hold: the process's own, or what a test gives.
///
/// A variable that is set to nothing counts as not set, as OpenTelemetry has
/// it.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// The variables of this process. Those that are not Unicode are left out:
    /// none that is read here may be.
    pub fn of_process() -> Self {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    /// What a variable holds.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first of these variables that is set, and what it holds.
    pub(crate) fn first<'a>(&'a self, names: &[&'static str]) -> Option<Variable<'a>> {
        names.iter().find_map(|name| Some(Variable { name, value: self.get(name)? }))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Shows the names alone: some variables hold credentials.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// A variable that is set.
#[derive(Clone, Copy)]
pub(crate) struct Variable<'a> {
    pub(crate) name: &'static str,
    pub(crate) value: &'a str,
}

impl Variable<'_> {
    /// One of the words that the variable may hold, in any case.
    pub(crate) fn one_of<T: Copy>(self, words: &[(&str, T)]) -> Result<T, Error> {
        let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(self.value));
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong(&format!("use one of {}", known.join(", ")))
        })
    }

    /// Milliseconds, at least one.
    pub(crate) fn millis(self) -> Result<Duration, Error> {
        match self.value.parse() {
            Ok(millis) if millis > 0 => Ok(Duration::from_millis(millis)),
            _ => Err(self.wrong("give milliseconds, a whole number above zero")),
        }
    }

    /// Pairs as in `key=value,key=value`, percent-decoded. The error does not
    /// show the value: it may be a credential.
    pub(crate) fn pairs(self) -> Result<Vec<(String, String)>, Error> {
        let wrong = |part: usize, why: &str| {
            Error::new(format!(
                "use the environment variable {}: part {part} {why}; write key=value,key=value",
                self.name
            ))
        };
        let parts = self.value.split(',').map(str::trim).enumerate();
        parts
            .filter(|(_, part)| !part.is_empty())
            .map(|(at, part)| {
                let (key, value) =
                    part.split_once('=').ok_or_else(|| wrong(at + 1, "has no equals sign"))?;
                let key = key.trim();
                if key.is_empty() {
                    return Err(wrong(at + 1, "has no key"));
                }
                let value = percent_decoded(value.trim())
                    .ok_or_else(|| wrong(at + 1, "has a percent sign that escapes nothing"))?;
                Ok((key.to_owned(), value))
            })
            .collect()
    }

    /// The variable holds something that cannot be used.
    pub(crate) fn wrong(self, remedy: &str) -> Error {
        let Self { name, value } = self;
        Error::new(format!("use {value:?} from the environment variable {name}: {remedy}"))
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}
