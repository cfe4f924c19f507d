//! What can go wrong with a call, in types: what happened decides the kind, not a text.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::RETRY_AFTER;
use serde::Deserialize;

use super::Key;

/// The longest part of a body that an error quotes, in characters.
const EXCERPT: usize = 300;

/// A call that brought no reply.
#[derive(Debug)]
#[non_exhaustive]
pub enum CallError {
    /// The provider answered, and its answer was that it would not or could not.
    Refused(Refusal),
    /// Nothing was complete after the time that a call may take.
    TimedOut {
        /// That time.
        after: Duration,
    },
    /// There was no connection, or it broke.
    Network {
        /// The kind that the operating system gave, or `UnexpectedEof` for an answer that was cut
        /// off, or `Other` when nothing below said.
        kind: io::ErrorKind,
        /// The whole story.
        source: Box<dyn Error + Send + Sync>,
    },
    /// There was an answer with a good status that is not a reply.
    Malformed {
        /// What was expected.
        reason: String,
        /// The beginning of what came instead.
        excerpt: String,
    },
}

/// What a provider says when it refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status. It is 200 if a streamed answer had begun well.
    pub status: u16,
    /// The provider's word for the cause, such as `context_length_exceeded` or `content_filter`:
    /// `error.code` of the body, or `error.type` where there is no code.
    pub code: Option<String>,
    /// The provider's sentence, or else the beginning of the body.
    pub message: String,
    /// How long to wait before the next try, if the provider said so.
    pub retry_after: Option<Duration>,
}

impl CallError {
    /// Reads the reason from the status, the headers and the body of an answer.
    pub(super) fn refused(
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
        key: Option<&Key>,
    ) -> Self {
        let detail = serde_json::from_slice::<ErrorBody>(body).map(|body| body.error).ok();
        Self::refusal(status, headers, detail, || excerpt(body, key), key)
    }

    /// The same for an error that arrives in the middle of a stream.
    pub(super) fn refused_in_stream(detail: ErrorDetail, key: Option<&Key>) -> Self {
        Self::refusal(200, &HeaderMap::new(), Some(detail), String::new, key)
    }

    fn refusal(
        status: u16,
        headers: &HeaderMap,
        detail: Option<ErrorDetail>,
        body: impl FnOnce() -> String,
        key: Option<&Key>,
    ) -> Self {
        let detail = detail.unwrap_or_default();
        let message = match detail.message {
            Some(message) => excerpt(message.as_bytes(), key),
            None => body(),
        };
        let code = detail.code.and_then(Code::into_text).or(detail.kind);
        Self::Refused(Refusal { status, code, message, retry_after: retry_after(headers) })
    }

    pub(super) fn network(source: Box<dyn Error + Send + Sync>) -> Self {
        Self::Network { kind: io_kind(&*source), source }
    }

    pub(super) fn malformed(reason: impl Into<String>, body: &[u8], key: Option<&Key>) -> Self {
        Self::Malformed { reason: reason.into(), excerpt: excerpt(body, key) }
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(Refusal { status, code, message, retry_after }) => {
                write!(f, "provider refused with status {status}")?;
                if let Some(code) = code {
                    write!(f, " ({code})")?;
                }
                if !message.is_empty() {
                    write!(f, ": {message}")?;
                }
                if let Some(wait) = retry_after {
                    write!(f, "; retry after {} s", wait.as_secs_f64())?;
                }
                Ok(())
            }
            Self::TimedOut { after } => {
                write!(f, "no complete answer within {} s", after.as_secs_f64())
            }
            Self::Network { source, .. } => {
                // The outermost error of an HTTP stack says little; the innermost says why.
                write!(f, "connection to the provider failed: {}", innermost(&**source))
            }
            Self::Malformed { reason, excerpt } if excerpt.is_empty() => f.write_str(reason),
            Self::Malformed { reason, excerpt } => write!(f, "{reason}; it begins {excerpt:?}"),
        }
    }
}

impl Error for CallError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Network { source, .. } => Some(&**source),
            Self::Refused(_) | Self::TimedOut { .. } | Self::Malformed { .. } => None,
        }
    }
}

/// The error object of the API, of which other providers leave out this or that.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ErrorDetail {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    code: Option<Code>,
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

#[derive(Debug, Deserialize)]
struct ErrorBody {
    error: ErrorDetail,
}

/// Some providers write the status here as a number.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Code {
    Text(String),
    Other(serde_json::Value),
}

impl Code {
    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(number @ serde_json::Value::Number(_)) => Some(number.to_string()),
            Self::Other(_) => None,
        }
    }
}

/// Seconds, also with a fraction, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// The innermost kind wins: the layers above wrap it in kinds of their own.
fn io_kind(error: &(dyn Error + 'static)) -> io::ErrorKind {
    let mut kind = None;
    for cause in causes(error) {
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            kind = Some(innermost_kind(error));
        } else if let Some(error) = cause.downcast_ref::<hyper::Error>()
            && error.is_incomplete_message()
        {
            kind = kind.or(Some(io::ErrorKind::UnexpectedEof));
        }
    }
    kind.unwrap_or(io::ErrorKind::Other)
}

/// `source` of an I/O error skips the error that it wraps, so that one is asked for by name.
fn innermost_kind(error: &io::Error) -> io::ErrorKind {
    let wrapped = error.get_ref().and_then(|wrapped| wrapped.downcast_ref::<io::Error>());
    wrapped.map_or_else(|| error.kind(), innermost_kind)
}

fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    causes(error).last().unwrap_or(error)
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    // Without the star, the compiler asks the reference, which lives too short.
    std::iter::successors(Some(error), |cause| (*cause).source())
}

/// The beginning of a body on one line.
fn excerpt(body: &[u8], key: Option<&Key>) -> String {
    // A character has at most 4 bytes, and the key must not survive by being cut in two.
    let text = String::from_utf8_lossy(&body[..body.len().min(16 * EXCERPT)]);
    let text = key.map_or_else(|| text.clone().into_owned(), |key| key.redact(&text));
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests;
