//! The environment variables, read once.

mod near_miss;
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use botmeter_core::{Error, problem};
use botmeter_export::percent;

use crate::on_bad::OnBadSetting;

pub use table::{About, KNOWN_VARIABLES, KnownVariable};

/// What variables hold: the process's own, or what a test gives.
///
/// A variable that is set to nothing counts as not set, as OpenTelemetry has
/// it.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    /// Names of those that hold no text.
    unreadable: BTreeSet<String>,
}

/// A path, which need not be text.
const PATH: &str = "SSL_CERT_FILE";

impl Environment {
    /// The variables of this process. One that is read here and is not UTF-8
    /// makes the start fail, or warn if it belongs to the system.
    pub fn of_process() -> Self {
        let mut all = Self::default();
        for (name, value) in std::env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => {
                    all.variables.insert(name, value);
                }
                Err(_) => {
                    all.unreadable.insert(name);
                }
            }
        }
        all
    }

    /// What a variable holds; nothing if that is not UTF-8.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Refuses a variable of telemetry that is no text, instead of doing as if
    /// nobody had set it, and warns of one of the system's, and of names that
    /// are one letter off.
    pub(crate) fn check(&self, on_bad: OnBadSetting) -> Result<(), Error> {
        let known = |name: &&String| {
            KNOWN_VARIABLES.iter().any(|known| known.name.eq_ignore_ascii_case(name))
                && name.as_str() != PATH
        };
        for name in self.unreadable.iter().filter(known) {
            if matches!(name.split('_').next(), Some("BOTMETER" | "OTEL" | "PROMETHEUS")) {
                // What can be shown of the value may be a part of a password.
                let what = format!("use the environment variable {name}: it is not UTF-8");
                on_bad
                    .or(Err(Error::bad_setting(what)), (), || "as if it were not set".to_owned())?;
                continue;
            }
            problem!(warn, "the environment variable {name} is not UTF-8 and counts as not set");
        }
        for (name, meant) in near_miss::all(self.variables.keys().chain(&self.unreadable)) {
            // Its value may be a secret.
            problem!(
                warn,
                "the environment variable {name} is set, and nobody reads it: if {meant} is \
                 meant, correct its name"
            );
        }
        Ok(())
    }

    /// The first of these variables that is set, and what it holds.
    pub(crate) fn first<'a>(&'a self, names: &[&'static str]) -> Option<Variable<'a>> {
        names.iter().find_map(|name| Some(Variable { name, value: self.get(name)? }))
    }

    /// The meaning of the first of these variables that is set.
    pub(crate) fn one_of<T: Copy>(
        &self,
        names: &[&'static str],
        words: &[(&str, T)],
    ) -> Result<Option<T>, Error> {
        self.first(names).map(|variable| variable.one_of(words)).transpose()
    }

    /// The milliseconds of the first of these variables that is set.
    pub(crate) fn millis(
        &self,
        names: &[&'static str],
        default: Duration,
        on_bad: OnBadSetting,
    ) -> Result<Duration, Error> {
        let Some(variable) = self.first(names) else { return Ok(default) };
        on_bad.or(variable.millis(), default, || format!("with {default:?}"))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let variables =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables, unreadable: BTreeSet::new() }
    }
}

/// Shows the names alone: some variables hold credentials.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).entries(&self.unreadable).finish()
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
    fn millis(self) -> Result<Duration, Error> {
        match self.value.parse() {
            Ok(millis) if millis > 0 => Ok(Duration::from_millis(millis)),
            _ => Err(self.wrong("give milliseconds, a whole number above zero")),
        }
    }

    /// Pairs as in `key=value,key=value`, percent-decoded. The error does not
    /// show the value: it may be a credential.
    pub(crate) fn pairs(self) -> Result<Vec<(String, String)>, Error> {
        let wrong = |part: usize, why: &str| {
            Error::bad_setting(format!(
                "use the environment variable {}: part {part} {why}; write key=value,key=value, \
                 and a percent sign as %25",
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
                let value = percent::decoded(value.trim()).map_err(|fault| wrong(at + 1, fault))?;
                Ok((key.to_owned(), value))
            })
            .collect()
    }

    /// Pairs of which each key can be a header. Another key is not shown: it
    /// has the value in it where somebody wrote a colon for the equals sign.
    pub(crate) fn headers(self) -> Result<Vec<(String, String)>, Error> {
        let pairs = self.pairs()?;
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        match pairs.iter().position(|(name, _)| !name.chars().all(is_token)) {
            None => Ok(pairs),
            Some(at) => Err(Error::bad_setting(format!(
                "use the environment variable {}: the name of header {} has characters that HTTP \
                 does not allow; write name=value,name=value",
                self.name,
                at + 1
            ))),
        }
    }

    /// The variable holds something that cannot be used.
    pub(crate) fn wrong(self, remedy: &str) -> Error {
        self.wrong_as(self.value, remedy)
    }

    /// The same of a value that may be shown like this alone.
    pub(crate) fn wrong_as(self, shown: &str, remedy: &str) -> Error {
        let name = self.name;
        Error::bad_setting(format!("use {shown:?} from the environment variable {name}: {remedy}"))
    }
}
