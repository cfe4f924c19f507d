//! Telling why a run failed.

use std::{
    env::VarError, error::Error, fmt, io, iter::successors, net::AddrParseError,
    sync::mpsc::RecvTimeoutError,
};

use botmeter_core::Reason;

use crate::ErrorKind;

impl ErrorKind {
    /// The kind of any error: by the types in its chain of causes, and by
    /// their texts only if no type tells; [`Internal`] if nothing does.
    ///
    /// A kind can stand in the chain itself, and then nothing else counts:
    ///
    /// ```
    /// use botmeter_bot::ErrorKind;
    /// use std::{error::Error, fmt, io};
    ///
    /// #[derive(Debug)]
    /// struct SendFailed;
    ///
    /// impl fmt::Display for SendFailed {
    ///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    ///         f.write_str("send the newsletter")
    ///     }
    /// }
    ///
    /// impl Error for SendFailed {
    ///     fn source(&self) -> Option<&(dyn Error + 'static)> {
    ///         Some(&ErrorKind::Platform)
    ///     }
    /// }
    ///
    /// assert_eq!(ErrorKind::of(&SendFailed), ErrorKind::Platform);
    /// assert_eq!(ErrorKind::of(&io::Error::from(io::ErrorKind::TimedOut)), ErrorKind::Timeout);
    /// assert_eq!(ErrorKind::of(&std::env::VarError::NotPresent), ErrorKind::Config);
    /// ```
    ///
    /// [`Internal`]: ErrorKind::Internal
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let causes = || successors(Some(error), |cause: &&(dyn Error + 'static)| (*cause).source());
        causes()
            .find_map(as_itself)
            .or_else(|| causes().find_map(by_type))
            .or_else(|| causes().find_map(|cause| by_words(&cause.to_string())))
            .unwrap_or(Self::Internal)
    }

    /// The kind of an I/O error, if it tells one: a broken connection does
    /// not, because it may be one to a model, a tool or a platform.
    ///
    /// ```
    /// use botmeter_bot::ErrorKind;
    /// use std::io;
    ///
    /// let full = io::Error::from(io::ErrorKind::StorageFull);
    /// assert_eq!(ErrorKind::of_io(&full), Some(ErrorKind::Storage));
    /// let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    /// assert_eq!(ErrorKind::of_io(&refused), None);
    /// ```
    pub fn of_io(error: &io::Error) -> Option<Self> {
        use io::ErrorKind as Io;
        match error.kind() {
            Io::TimedOut => Some(Self::Timeout),
            Io::NotFound
            | Io::AlreadyExists
            | Io::PermissionDenied
            | Io::StorageFull
            | Io::QuotaExceeded
            | Io::FileTooLarge
            | Io::ReadOnlyFilesystem
            | Io::NotADirectory
            | Io::IsADirectory
            | Io::DirectoryNotEmpty
            | Io::StaleNetworkFileHandle
            | Io::WriteZero => Some(Self::Storage),
            _ => {
                error.get_ref().map(|inner| Self::of(inner)).filter(|kind| *kind != Self::Internal)
            }
        }
    }
}

impl Reason for ErrorKind {
    const PANIC: Self = Self::Internal;

    fn of(error: &(dyn Error + 'static)) -> Self {
        Self::of(error)
    }
}

/// A kind among the causes. Libraries that wrap their context hide its type
/// but not its text, so a text that is just the name of a kind counts as well.
fn as_itself(cause: &(dyn Error + 'static)) -> Option<ErrorKind> {
    cause.downcast_ref::<ErrorKind>().copied().or_else(|| {
        let text = cause.to_string();
        ErrorKind::ALL.iter().copied().find(|kind| kind.as_str() == text)
    })
}

fn by_type(cause: &(dyn Error + 'static)) -> Option<ErrorKind> {
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return ErrorKind::of_io(error);
    }
    match cause.downcast_ref::<RecvTimeoutError>() {
        Some(RecvTimeoutError::Timeout) => return Some(ErrorKind::Timeout),
        Some(RecvTimeoutError::Disconnected) => return Some(ErrorKind::Internal),
        None => {}
    }
    (cause.is::<VarError>() || cause.is::<AddrParseError>()).then_some(ErrorKind::Config)
}

fn by_words(message: &str) -> Option<ErrorKind> {
    let message = message.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    HINTS.iter().find(|(words, _)| says(words)).map(|(_, kind)| *kind)
}

/// In this order: a database that timed out is a timeout, and a missing key of
/// a provider is about the configuration.
const HINTS: &[(&[&str], ErrorKind)] = &[
    (&["timed out", "timeout", "deadline has elapsed", "deadline exceeded"], ErrorKind::Timeout),
    (&["config", "environment variable", "command line"], ErrorKind::Config),
    (&["database", "sqlite", "postgres", "redis", "disk", "storage"], ErrorKind::Storage),
    (&["tool call", "tool_call", "mcp server", "the tool "], ErrorKind::Tool),
    (
        &["llm", "language model", "openai", "anthropic", "gemini", "context length", "completion"],
        ErrorKind::Llm,
    ),
    (
        &["discord", "slack", "telegram", "mastodon", "bluesky", "github", "smtp", "webhook"],
        ErrorKind::Platform,
    ),
];

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    struct Caused<E>(&'static str, E);

    impl<E> fmt::Display for Caused<E> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl<E: Error + 'static> Error for Caused<E> {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.1)
        }
    }

    fn io(kind: io::ErrorKind) -> io::Error {
        io::Error::from(kind)
    }

    #[test]
    fn a_kind_in_the_chain_beats_everything() {
        let deep = Caused("ask the database", Caused("mail", ErrorKind::Platform));
        assert_eq!(ErrorKind::of(&deep), ErrorKind::Platform);
        let below = Caused("tool", io(io::ErrorKind::TimedOut));
        assert_eq!(ErrorKind::of(&below), ErrorKind::Tool, "context that hides its type");
    }

    #[test]
    fn types_beat_words() {
        let error = Caused("the database timed out", io(io::ErrorKind::NotFound));
        assert_eq!(ErrorKind::of(&error), ErrorKind::Storage);
        let error = Caused("read the config", io::Error::other(io(io::ErrorKind::TimedOut)));
        assert_eq!(ErrorKind::of(&error), ErrorKind::Timeout);
        assert_eq!(ErrorKind::of(&RecvTimeoutError::Timeout), ErrorKind::Timeout);
        assert_eq!(ErrorKind::of(&"no address".parse::<std::net::IpAddr>().unwrap_err()), {
            ErrorKind::Config
        });
    }

    #[test]
    fn words_count_where_no_type_tells() {
        for (text, kind) in [
            ("connect to the database: connection timed out", ErrorKind::Timeout),
            ("read the Configuration of the disk", ErrorKind::Config),
            ("insert into SQLite", ErrorKind::Storage),
            ("run the tool call of the LLM", ErrorKind::Tool),
            ("ask OpenAI", ErrorKind::Llm),
            ("post to Discord", ErrorKind::Platform),
            ("the sky is blue", ErrorKind::Internal),
        ] {
            let refused = io(io::ErrorKind::ConnectionRefused);
            assert_eq!(ErrorKind::of(&Caused(text, refused)), kind, "{text}");
        }
    }

    #[test]
    fn every_kind_is_known_by_its_own_name() {
        for kind in ErrorKind::ALL {
            let hidden = io::Error::other(kind.as_str());
            assert_eq!(ErrorKind::of(&hidden), *kind);
        }
    }
}
