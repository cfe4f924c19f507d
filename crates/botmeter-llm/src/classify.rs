//! Telling why a call failed.

use std::{error::Error, io, iter::successors};

use crate::ErrorKind;

impl ErrorKind {
    /// The kind of an HTTP status that is not a success.
    ///
    /// ```
    /// use botmeter_llm::ErrorKind;
    ///
    /// assert_eq!(ErrorKind::of_status(429), ErrorKind::RateLimit);
    /// assert_eq!(ErrorKind::of_status(529), ErrorKind::Server);
    /// ```
    pub fn of_status(status: u16) -> Self {
        match status {
            401 | 403 | 407 => Self::Auth,
            408 | 504 => Self::Timeout,
            413 => Self::ContextLength,
            429 => Self::RateLimit,
            400..=499 => Self::InvalidRequest,
            500..=599 => Self::Server,
            _ => Self::Unknown,
        }
    }

    /// The kind of an I/O error.
    pub fn of_io(error: &io::Error) -> Self {
        use io::ErrorKind as Io;
        match error.kind() {
            Io::TimedOut => Self::Timeout,
            Io::PermissionDenied => Self::Auth,
            Io::InvalidData => Self::Server,
            Io::InvalidInput => Self::InvalidRequest,
            Io::ConnectionRefused
            | Io::ConnectionReset
            | Io::ConnectionAborted
            | Io::NotConnected
            | Io::AddrNotAvailable
            | Io::BrokenPipe
            | Io::UnexpectedEof
            | Io::HostUnreachable
            | Io::NetworkUnreachable
            | Io::NetworkDown => Self::Network,
            // An `Other` may carry the error that tells more.
            _ => error
                .get_ref()
                .map_or_else(|| Self::of_text(&error.to_string()), |inner| Self::of(inner)),
        }
    }

    /// The kind of any error: by the types in its chain of causes, and by
    /// their texts only if no type tells.
    ///
    /// ```
    /// use botmeter_llm::ErrorKind;
    ///
    /// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    /// assert_eq!(ErrorKind::of(&refused), ErrorKind::Network);
    /// ```
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let causes = || successors(Some(error), |cause: &&(dyn Error + 'static)| (*cause).source());
        let by_type = causes().find_map(|cause| {
            let kind = cause
                .downcast_ref::<Self>()
                .copied()
                .or_else(|| cause.downcast_ref::<io::Error>().map(Self::of_io))?;
            (kind != Self::Unknown).then_some(kind)
        });
        by_type
            .or_else(|| {
                causes()
                    .map(|cause| Self::of_text(&cause.to_string()))
                    .find(|kind| *kind != Self::Unknown)
            })
            .unwrap_or(Self::Unknown)
    }

    /// The kind that the words of a message hint at: the last resort.
    ///
    /// ```
    /// use botmeter_llm::ErrorKind;
    ///
    /// assert_eq!(ErrorKind::of_text("connection timed out"), ErrorKind::Timeout);
    /// assert_eq!(ErrorKind::of_text("the sky is blue"), ErrorKind::Unknown);
    /// ```
    pub fn of_text(message: &str) -> Self {
        let message = message.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
        HINTS.iter().find(|(words, _)| says(words)).map_or(Self::Unknown, |(_, kind)| *kind)
    }
}

/// In this order: "connection timed out" is a timeout, and "context length
/// exceeded" in an invalid request is about the context.
const HINTS: &[(&[&str], ErrorKind)] = &[
    (&["timed out", "timeout", "deadline has elapsed", "deadline exceeded"], ErrorKind::Timeout),
    (
        &["context length", "context_length", "maximum context", "context window"],
        ErrorKind::ContextLength,
    ),
    (
        &["content filter", "content_filter", "content policy", "content_policy"],
        ErrorKind::ContentFilter,
    ),
    (&["rate limit", "rate_limit", "too many requests", "quota", "429"], ErrorKind::RateLimit),
    (
        &["unauthorized", "unauthenticated", "forbidden", "api key", "api_key", "401", "403"],
        ErrorKind::Auth,
    ),
    (
        &["connection", "connect error", "dns", "network", "broken pipe", "unreachable"],
        ErrorKind::Network,
    ),
    (
        &["internal server error", "bad gateway", "service unavailable", "overloaded"],
        ErrorKind::Server,
    ),
    (
        &["invalid request", "invalid_request", "bad request", "unprocessable"],
        ErrorKind::InvalidRequest,
    ),
];

impl std::fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error kind can stand in a chain of causes, so that a program's own error
/// tells its kind by type.
impl Error for ErrorKind {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Wrapped<E>(E);

    impl<E> std::fmt::Display for Wrapped<E> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("ask the model: connection rate limit 429")
        }
    }

    impl<E: Error + 'static> Error for Wrapped<E> {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn types_in_the_chain_beat_words() {
        let timed_out = Wrapped(Wrapped(io::Error::from(io::ErrorKind::TimedOut)));
        assert_eq!(ErrorKind::of(&timed_out), ErrorKind::Timeout);
        assert_eq!(ErrorKind::of(&Wrapped(ErrorKind::ContentFilter)), ErrorKind::ContentFilter);
        let hidden = io::Error::other(Wrapped(io::Error::from(io::ErrorKind::ConnectionReset)));
        assert_eq!(ErrorKind::of(&hidden), ErrorKind::Network);
    }

    #[test]
    fn words_count_where_no_type_tells() {
        assert_eq!(ErrorKind::of(&Wrapped(std::fmt::Error)), ErrorKind::RateLimit);
        assert_eq!(ErrorKind::of(&std::fmt::Error), ErrorKind::Unknown);
    }

    #[test]
    fn every_status_has_a_kind() {
        let expected = [
            (200, ErrorKind::Unknown),
            (400, ErrorKind::InvalidRequest),
            (401, ErrorKind::Auth),
            (403, ErrorKind::Auth),
            (404, ErrorKind::InvalidRequest),
            (408, ErrorKind::Timeout),
            (413, ErrorKind::ContextLength),
            (422, ErrorKind::InvalidRequest),
            (429, ErrorKind::RateLimit),
            (500, ErrorKind::Server),
            (504, ErrorKind::Timeout),
            (529, ErrorKind::Server),
            (999, ErrorKind::Unknown),
        ];
        for (status, kind) in expected {
            assert_eq!(ErrorKind::of_status(status), kind, "{status}");
        }
    }
}
