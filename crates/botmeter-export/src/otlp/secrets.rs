//! Secrets that somebody else may quote.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::{credentials::HIDDEN, percent};

/// Everything that is not shown where it stands in a text from elsewhere.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<String>);

/// Shorter texts are no credentials, and hiding them would garble messages.
const SHORTEST_SECRET: usize = 4;

/// The header for a user and a password.
pub(super) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}")))
}

impl Secrets {
    /// The value of a header, and the token behind `Bearer`, or what stands in
    /// the one behind `Basic`.
    pub(super) fn of_header(&mut self, value: &str) {
        self.add(value.trim());
        for word in value.split_whitespace().skip(1) {
            self.add(word);
            let decoded =
                BASE64_STANDARD.decode(word).ok().and_then(|it| String::from_utf8(it).ok());
            if let Some((user, password)) = decoded.as_deref().and_then(|it| it.split_once(':')) {
                self.of_login(user, password);
            }
        }
    }

    /// A user and a password, as they are and as they are sent.
    pub(super) fn of_login(&mut self, user: &str, password: &str) {
        let sent = basic(user, password);
        self.add(&sent);
        // Who quotes it may leave the padding out.
        self.add(sent.trim_start_matches("Basic ").trim_end_matches('='));
        for part in [&format!("{user}:{password}"), user, password] {
            self.add(part);
        }
    }

    /// The query of a URL: each value, and each name without one.
    pub(super) fn of_query(&mut self, query: &str) {
        self.add(query);
        for pair in query.split('&') {
            let value = pair.split_once('=').map_or(pair, |(_, value)| value);
            self.add(value);
            self.add(&percent::decoded(value).unwrap_or_default());
        }
    }

    fn add(&mut self, secret: &str) {
        if secret.len() >= SHORTEST_SECRET {
            self.0.push(secret.to_owned());
            // Longest first, so that hiding a part does not uncover the rest.
            self.0.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        }
    }

    /// The text without them, however their bytes are percent-encoded.
    pub(super) fn hidden_in(&self, text: &str) -> String {
        let mut hidden = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let quoted = self.0.iter().find_map(|secret| length_of(secret, rest));
            hidden.push_str(if quoted.is_some() { HIDDEN } else { &rest[..first.len_utf8()] });
            rest = &rest[quoted.unwrap_or(first.len_utf8())..];
        }
        hidden
    }
}

/// How many bytes the secret takes at the beginning of this text, if it is there.
fn length_of(secret: &str, text: &str) -> Option<usize> {
    let mut rest = text.as_bytes();
    for byte in secret.bytes() {
        rest = match rest.split_first()? {
            (b'%', after) if percent::escaped(after) == Some(byte) => &after[2..],
            (first, after) if *first == byte => after,
            _ => return None,
        };
    }
    Some(text.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_form_it_is_hidden() {
        let mut secrets = Secrets::default();
        secrets.of_login("robot", "h\u{fc}nter/2%");
        secrets.of_header("Bearer t0ken+/=");
        secrets.of_header("Basic am9lOnNlc2FtZTE=");
        secrets.of_query("key=open%20sesame&lonely");
        for (text, expected) in [
            ("no h\u{fc}nter/2% here", "no *** here"),
            ("h%c3%BCnter%2f2%25, h\u{fc}nter%2F2%25", "***, ***"),
            ("robot:h\u{fc}nter/2%@prom", "***@prom"),
            ("Basic cm9ib3Q6aMO8bnRlci8yJQ== or cm9ib3Q6aMO8bnRlci8yJQ", "*** or ***"),
            ("t0ken+/= t0ken%2B%2F%3D", "*** ***"),
            ("joe's sesame1 by Basic am9lOnNlc2FtZTE=", "joe's *** by ***"),
            ("key=open%20sesame&lonely or key=open%20sesame", "*** or key=***"),
            ("open sesame, lonely", "***, ***"),
            ("100%, h\u{fc}nter/2, robo", "100%, h\u{fc}nter/2, robo"),
        ] {
            assert_eq!(secrets.hidden_in(text), expected, "{text}");
        }
    }
}
