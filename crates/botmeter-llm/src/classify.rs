//! Telling why a call failed.

mod classifiers;
mod codes;
mod message;
mod shapes;
mod start;

pub(crate) use classifiers::Classifiers;
pub use classifiers::Classify;

use std::{
    error::Error,
    fmt, io,
    iter::successors,
    panic::{AssertUnwindSafe, catch_unwind},
};

use botmeter_core::Reason;

use crate::ErrorKind;
use message::Message;

impl Reason for ErrorKind {
    const PANIC: Self = Self::Unknown;

    fn of(error: &(dyn Error + 'static)) -> Self {
        Self::of(error)
    }
}

impl ErrorKind {
    /// The kind of an HTTP status that is not a success.
    ///
    /// ```
    /// use botmeter_llm::ErrorKind;
    ///
    /// assert_eq!(ErrorKind::of_status(429), ErrorKind::RateLimit);
    /// assert_eq!(ErrorKind::of_status(529), ErrorKind::Overloaded);
    /// ```
    pub fn of_status(status: u16) -> Self {
        match status {
            401 | 403 | 407 => Self::Auth,
            402 => Self::Quota,
            408 | 504 => Self::Timeout,
            413 => Self::TooLarge,
            429 => Self::RateLimit,
            529 => Self::Overloaded,
            400..=499 => Self::InvalidRequest,
            500..=599 => Self::Server,
            _ => Self::Unknown,
        }
    }

    /// The kind of a refusal, by its HTTP status and by what the provider
    /// calls it: the `code` of the body's error, or else its `type` or
    /// `status`.
    ///
    /// A code that names one cause says more than the status, which is 400 or
    /// 429 for half of all causes; one such as `invalid_request_error` says
    /// less. An error in the middle of a stream has the status of its reply,
    /// 200, and then the code alone counts.
    ///
    /// Where a provider has no code for a cause, its message can stand in the
    /// place of one: the start of it, up to the first quote, is looked at for
    /// a few well-known sentences.
    ///
    /// ```
    /// use botmeter_llm::ErrorKind;
    ///
    /// assert_eq!(ErrorKind::of_http(429, Some("rate_limit_exceeded")), ErrorKind::RateLimit);
    /// assert_eq!(ErrorKind::of_http(429, Some("insufficient_quota")), ErrorKind::Quota);
    /// assert_eq!(ErrorKind::of_http(401, Some("invalid_request_error")), ErrorKind::Auth);
    /// assert_eq!(ErrorKind::of_http(200, Some("overloaded_error")), ErrorKind::Overloaded);
    ///
    /// let empty = Some("Your credit balance is too low to access the Anthropic API.");
    /// assert_eq!(ErrorKind::of_http(400, empty), ErrorKind::Quota);
    /// ```
    pub fn of_http(status: u16, code: Option<&str>) -> Self {
        let status = Some(Self::of_status(status)).filter(|kind| *kind != Self::Unknown);
        let status = status.or_else(|| code.and_then(codes::general)).unwrap_or(Self::Unknown);
        let told = code.and_then(|code| {
            codes::specific(code).or_else(|| Message::of(&code).refinement(status))
        });
        Self::of_both(status, told)
    }

    /// The kind of an I/O error.
    pub fn of_io(error: &io::Error) -> Self {
        Self::of(error)
    }

    /// The kind of any error. What tells it first, counts:
    ///
    /// 1. An `ErrorKind` in the chain of causes: a program's own error can
    ///    have one as its source.
    /// 2. A well-known type in the chain, the innermost first: the kinds of
    ///    [`io::Error`], and what `tokio`, `tower`, `hyper`, `hyper-util`,
    ///    `h2`, `reqwest`, `rustls`, `serde_json` and `tonic` have for
    ///    timeouts, broken connections and replies without sense. They are
    ///    known by how they print themselves, so that none is a dependency.
    /// 3. An HTTP status in a message: at its front, beside `status`, `http`
    ///    or `code`, or before its usual words, as in `429 Too Many Requests`;
    ///    together with a provider's code if there is one, such as
    ///    `insufficient_quota`, as in [`of_http`](Self::of_http).
    /// 4. Words of a message, such as `timed out`.
    ///
    /// Of a message, only what stands before the first quote, `{`, `<`, line
    /// break, `content:` or `body:` is read. What follows may be from the
    /// reply itself, whose words mean nothing here.
    ///
    /// [`Llm::kind_of`](crate::Llm::kind_of) asks the classifiers of its
    /// configuration before.
    ///
    /// ```
    /// use botmeter_llm::ErrorKind;
    ///
    /// let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
    /// assert_eq!(ErrorKind::of(&refused), ErrorKind::Network);
    /// ```
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        unharmed(|| Self::of_chain(error)).unwrap_or(Self::Unknown)
    }

    /// The kind that a message tells: its status, a provider's code in it, or
    /// its words, none of them from quotes; see [`of`](Self::of).
    ///
    /// ```
    /// use botmeter_llm::ErrorKind;
    ///
    /// assert_eq!(ErrorKind::of_text("connection timed out"), ErrorKind::Timeout);
    /// assert_eq!(ErrorKind::of_text("http status: 404"), ErrorKind::InvalidRequest);
    /// assert_eq!(ErrorKind::of_text("unknown parameter `timeout`"), ErrorKind::Unknown);
    /// ```
    pub fn of_text(message: &str) -> Self {
        let message = Message::of(&message);
        message.fact().or_else(|| message.hint()).unwrap_or(Self::Unknown)
    }

    fn of_chain(error: &(dyn Error + 'static)) -> Self {
        let chain: Vec<&(dyn Error + 'static)> = causes(error).collect();
        let messages = || chain.iter().map(Message::of);
        chain
            .iter()
            .find_map(|cause| cause.downcast_ref::<Self>().copied())
            .or_else(|| chain.iter().rev().find_map(|cause| shapes::kind_of(*cause)))
            .or_else(|| messages().find_map(|message| message.fact()))
            .or_else(|| messages().find_map(|message| message.hint()))
            .unwrap_or(Self::Unknown)
    }

    /// The kind of a status, and of what else was told.
    fn of_both(status: Self, told: Option<Self>) -> Self {
        match (status, told) {
            // More than a whole minute allows: waiting does not help.
            (Self::TooLarge, Some(Self::RateLimit)) => Self::TooLarge,
            (_, Some(told)) => told,
            (status, None) => status,
        }
    }
}

/// The error, and what caused it.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(Some(error), |cause| below(*cause)).take(MAX_CAUSES)
}

/// What caused this. An [`io::Error`] may carry an error, which its `source`
/// leaves out.
fn below<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(carried) => Some(carried),
        None => error.source(),
    }
}

/// Nobody wraps an error so often, unless it is its own source.
const MAX_CAUSES: usize = 64;

/// Runs what others wrote: a classifier, or how an error prints itself. If it
/// panics, it has told nothing.
fn unharmed<T>(theirs: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(theirs)).ok()
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An error kind can stand in a chain of causes, so that a program's own error
/// tells its kind by type.
impl Error for ErrorKind {}
