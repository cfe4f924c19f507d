//! Credentials in a URL: what of it may be shown, and what of it is a user and
//! a password.

use std::fmt;

use crate::percent;

/// In the place of what is not shown.
pub const HIDDEN: &str = "***";

/// A URL as messages may show it: with nothing that stands before an `@`, and
/// without query and fragment.
///
/// It need not be a good URL. A password that should have been encoded may have
/// any character, so the last `@` of all counts.
///
/// ```text
/// http://joe:pass/word@prom:9090/v1/metrics?key=1  →  http://***@prom:9090/v1/metrics?***
/// ```
pub fn shown(url: &str) -> String {
    let Some((before, after)) = url.rsplit_once('@') else { return without_query(url) };
    let scheme = match before.split_once("://") {
        Some((scheme, _)) if scheme.chars().all(|c| c.is_ascii_alphabetic()) => scheme,
        _ => "",
    };
    let separator = if scheme.is_empty() { "" } else { "://" };
    // What follows such an `@` may still be a query.
    if before.contains(['?', '#']) {
        return format!("{scheme}{separator}{HIDDEN}");
    }
    format!("{scheme}{separator}{HIDDEN}@{}", without_query(after))
}

fn without_query(url: &str) -> String {
    match url.find(['?', '#']) {
        Some(mark) => format!("{}{HIDDEN}", &url[..=mark]),
        None => url.to_owned(),
    }
}

/// A URL that a program gave, before anybody looked at it.
#[derive(Clone)]
pub struct Given(pub String);

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(&self.0).fmt(f)
    }
}

/// User and password of a URL, percent-decoded.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "nothing of it is to be shown")]
pub struct Login {
    pub user: String,
    pub password: String,
}

/// The URL without user and password, and these; or what is wrong with them.
pub fn split(url: &str) -> Result<(String, Option<Login>), String> {
    let Some((scheme, rest)) = url.split_once("://") else { return Ok((url.to_owned(), None)) };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // Whether this belongs to a password is guesswork, and one that is guessed
    // wrong is sent to the wrong host.
    if path.contains('@') || authority.matches('@').count() > 1 {
        return Err(
            "an @ stands where none may; percent-encode user and password: / as %2F, ? as \
                    %3F, # as %23 and @ as %40, which goes for an @ in a path, too"
                .to_owned(),
        );
    }
    let Some((login, host)) = authority.split_once('@') else { return Ok((url.to_owned(), None)) };
    let (user, password) = login.split_once(':').unwrap_or((login, ""));
    let decoded = |what: &str, text: &str| {
        percent::decoded(text).map_err(|fault| format!("the {what} {fault}"))
    };
    let login = Login { user: decoded("user", user)?, password: decoded("password", password)? };
    Ok((format!("{scheme}://{host}{path}"), Some(login)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_before_the_last_at_is_shown_and_no_query() {
        for (url, expected) in [
            ("http://prom:9090/v1/metrics", "http://prom:9090/v1/metrics"),
            ("http://prom/v1/metrics?key=sesame&more", "http://prom/v1/metrics?***"),
            ("http://prom/#key", "http://prom/#***"),
            ("http://joe:sesame@prom:9090/v1?key=1#2", "http://***@prom:9090/v1?***"),
            ("http://joe:se/sa@me@prom/v1", "http://***@prom/v1"),
            ("http://joe:se?sa#me@prom/v1", "http://***"),
            ("http://prom/v1?mail=a@b&key=sesame", "http://***"),
            ("joe:sesame@prom:9090", "***@prom:9090"),
            ("http:/joe:sesame@prom", "***@prom"),
            ("joe:sesame@http://prom", "***@http://prom"),
            ("joe:sesame://x@prom", "***@prom"),
        ] {
            assert_eq!(shown(url), expected, "{url}");
        }
    }
}
