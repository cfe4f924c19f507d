//! What the message of an error tells.

use std::fmt::Display;

use super::{codes, start::Start};
use crate::ErrorKind;

/// The part of a message that the program or its client wrote. What is quoted
/// may be from a reply, and is not there.
pub(super) struct Message(String);

impl Message {
    pub(super) fn of(error: &impl Display) -> Self {
        let start = Start::of(format_args!("{error}"));
        Self(unquoted(&start.text).to_owned())
    }

    /// A status, or a provider's code.
    pub(super) fn fact(&self) -> Option<ErrorKind> {
        let status = self.status().map(ErrorKind::of_status);
        let status = status.or_else(|| self.codes().find_map(codes::general));
        let specific = || self.codes().filter_map(codes::specific);
        // The type may be one of rate limits where the code is about money.
        let told = specific().find(|kind| *kind == ErrorKind::Quota).or_else(|| specific().next());
        match status {
            Some(status) => {
                let told = told.or_else(|| self.refinement(status));
                Some(ErrorKind::of_both(status, told))
            }
            None => told,
        }
    }

    /// The kind that the words hint at.
    pub(super) fn hint(&self) -> Option<ErrorKind> {
        self.hints().next()
    }

    /// What the words say about a status that has several causes.
    pub(super) fn refinement(&self, status: ErrorKind) -> Option<ErrorKind> {
        use ErrorKind as Kind;
        self.hints().find(|hint| match status {
            Kind::InvalidRequest | Kind::Auth => {
                matches!(hint, Kind::Quota | Kind::ContextLength | Kind::ContentFilter | Kind::Auth)
            }
            Kind::RateLimit => matches!(hint, Kind::Quota | Kind::Overloaded),
            Kind::Server => *hint == Kind::Overloaded,
            _ => false,
        })
    }

    fn hints(&self) -> impl Iterator<Item = ErrorKind> {
        let text = self.0.to_ascii_lowercase();
        let is_said = move |words: &[&str]| words.iter().any(|word| text.contains(word));
        HINTS.iter().filter(move |(words, _)| is_said(words)).map(|(_, kind)| *kind)
    }

    fn status(&self) -> Option<u16> {
        let words: Vec<String> = self.0.split_whitespace().map(str::to_ascii_lowercase).collect();
        (0..words.len()).find_map(|at| status_at(&words, at))
    }

    /// What no person would write: `insufficient_quota`, `ThrottlingException`.
    fn codes(&self) -> impl Iterator<Item = &str> {
        self.0.split_whitespace().map(trimmed).filter(|word| {
            let has_hump = || {
                let mut pairs = word.as_bytes().windows(2);
                pairs.any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
            };
            word.contains('_') || has_hump()
        })
    }
}

/// The text before what may be the words of others.
fn unquoted(text: &str) -> &str {
    let quote = text.char_indices().find(|(at, c)| match c {
        '{' | '<' | '"' | '`' | '“' | '„' | '«' | '‹' | '\n' | '\r' => true,
        '\'' | '‘' | '’' | '‚' => !is_apostrophe(&text[..*at], &text[at + c.len_utf8()..]),
        _ => false,
    });
    let text = quote.map_or(text, |(at, _)| &text[..at]);
    let lower = text.to_ascii_lowercase();
    let body = ["content:", "body:"].iter().filter_map(|name| lower.find(name)).min();
    body.map_or(text, |at| &text[..at])
}

/// As in `OpenAI's` and `didn't`.
fn is_apostrophe(before: &str, after: &str) -> bool {
    let end = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
    before.ends_with(char::is_alphabetic)
        && ["s", "t", "d", "m", "re", "ve", "ll"].contains(&&after[..end])
}

/// A status that stands as one: in front, beside a word that says so, or
/// before the words that go with it.
fn status_at(words: &[String], at: usize) -> Option<u16> {
    let word = trimmed(&words[at]);
    let (name, number) = word
        .rsplit_once(['=', ':'])
        .map_or((None, word), |(name, number)| (Some(trimmed(name)), number));
    let is_number = number.len() == 3 && number.bytes().all(|byte| byte.is_ascii_digit());
    let status = number.parse().ok().filter(|status| is_number && (400..600).contains(status))?;
    let is_one = match name {
        Some(name) => is_status(name) || is_code(name),
        None => at == 0 || is_announced(&words[..at]) || has_its_words(status, &words[at + 1..]),
    };
    is_one.then_some(status)
}

/// Whether what stands before a number, in the same sentence, is about one.
fn is_announced(before: &[String]) -> bool {
    let near = before.iter().rev().take_while(|word| !word.ends_with(['.', ';'])).take(3);
    near.enumerate().any(|(away, word)| {
        let word = trimmed(word);
        is_status(word) || away == 0 && is_code(word)
    })
}

fn is_status(word: &str) -> bool {
    word.starts_with("http/")
        || ["status", "http", "status_code", "status-code", "statuscode", "http_status"]
            .contains(&word)
}

fn is_code(word: &str) -> bool {
    ["code", "error", "error_code", "http_code"].contains(&word)
}

fn has_its_words(status: u16, after: &[String]) -> bool {
    REASONS.iter().filter(|(known, _)| *known == status).any(|(_, reason)| {
        let mut words = after.iter().map(|word| trimmed(word));
        reason.split(' ').all(|expected| words.next() == Some(expected))
    })
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| c.is_ascii_punctuation())
}

const REASONS: &[(u16, &str)] = &[
    (400, "bad request"),
    (401, "unauthorized"),
    (402, "payment required"),
    (403, "forbidden"),
    (404, "not found"),
    (408, "request timeout"),
    (413, "payload too large"),
    (413, "content too large"),
    (413, "request entity too large"),
    (422, "unprocessable entity"),
    (422, "unprocessable content"),
    (429, "too many requests"),
    (500, "internal server error"),
    (502, "bad gateway"),
    (503, "service unavailable"),
    (504, "gateway timeout"),
];

/// In this order: "connection timed out" is a timeout, and "context length
/// exceeded" in an invalid request is about the context.
const HINTS: &[(&[&str], ErrorKind)] = &[
    // The reply broke off; one that makes no sense has a cause that says so.
    (&["error decoding response body"], ErrorKind::Network),
    (&["deserializ", "invalid json"], ErrorKind::Server),
    (&["timed out", "timeout", "deadline has elapsed", "deadline exceeded"], ErrorKind::Timeout),
    (
        &[
            "credit balance is too low",
            "insufficient credits",
            "insufficient balance",
            "insufficient funds",
            "requires more credits",
            "out of credits",
            "used all available credits",
            "billing hard limit",
        ],
        ErrorKind::Quota,
    ),
    (
        &[
            "context length",
            "context_length",
            "maximum context",
            "context window",
            "context size",
            "prompt is too long",
            "input is too long",
            "input token count",
        ],
        ErrorKind::ContextLength,
    ),
    (
        &[
            "content filter",
            "content_filter",
            "content policy",
            "content_policy",
            "content management policy",
            "requires moderation",
        ],
        ErrorKind::ContentFilter,
    ),
    // Of a quota it is not known whether it is one of money.
    (&["rate limit", "rate_limit", "too many requests", "quota"], ErrorKind::RateLimit),
    (&["overloaded", "over capacity", "at capacity", "too busy"], ErrorKind::Overloaded),
    (&["request too large", "payload too large", "entity too large"], ErrorKind::TooLarge),
    (&["unauthorized", "unauthenticated", "forbidden", "api key", "api_key"], ErrorKind::Auth),
    (
        &[
            "connection",
            "connect error",
            "dns",
            "network",
            "broken pipe",
            "unreachable",
            "error sending request",
        ],
        ErrorKind::Network,
    ),
    (&["internal server error", "bad gateway", "service unavailable"], ErrorKind::Server),
    (
        &["invalid request", "invalid_request", "bad request", "unprocessable"],
        ErrorKind::InvalidRequest,
    ),
];
