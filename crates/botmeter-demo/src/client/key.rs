//! The secret that a provider asks for.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use anyhow::{Context, bail};
use http::HeaderValue;

/// A provider's key. It is sent and never shown: its `Debug` says only that there is one, and
/// what the provider writes about it is blanked before anybody sees it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// Takes the key as it is. What a header cannot carry is refused where the header is made, so
    /// that no parser of arguments quotes a key that it did not like.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The value of the header `Authorization`, marked as sensitive.
    pub(super) fn authorization(&self) -> anyhow::Result<HeaderValue> {
        if self.0.is_empty() {
            bail!(
                "the provider's key is empty; give a key, or leave out --provider-key and unset \
                 BOTMETER_PROVIDER_KEY"
            );
        }
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0))
            .ok()
            .filter(|_| self.0.bytes().all(|byte| byte.is_ascii_graphic()))
            .context(
                "the provider's key contains a space, a line break or another character that a \
                 header cannot carry; copy it again",
            )?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Blanks the key where the provider repeats it.
    pub(super) fn redact(&self, text: &str) -> String {
        if self.0.is_empty() { text.to_owned() } else { text.replace(&self.0, "***") }
    }
}

impl FromStr for Key {
    type Err = Infallible;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(key))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sent_but_never_shown() {
        let key = Key::new("sk-secret");
        let header = key.authorization().unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer sk-secret");
        assert_eq!(format!("{header:?} {key:?}"), "Sensitive Key(***)");
        assert_eq!(key.redact("no such key: sk-secret."), "no such key: ***.");
    }

    #[test]
    fn what_a_header_cannot_carry_is_refused_without_being_quoted() {
        for key in ["sk secret", "sk-secret\n", "sk-\u{e9}"] {
            let error = Key::new(key).authorization().unwrap_err().to_string();
            assert!(error.starts_with("the provider's key contains"), "{error}");
            assert!(!error.contains("sk"), "{error}");
        }
        let error = Key::new("").authorization().unwrap_err().to_string();
        assert!(error.starts_with("the provider's key is empty"), "{error}");
    }
}
