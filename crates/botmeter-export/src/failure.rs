//! Why something was not handed over.

/// Why something did not arrive, and what to do about it.
#[derive(Debug)]
#[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "what is printed is in no doubt"))]
pub(crate) struct Failure {
    pub(crate) reason: String,
    /// How many points were not taken or not sent; nothing if none of them
    /// arrived.
    pub(crate) lost: Option<u64>,
    /// They were sent, and there was no whole answer.
    pub(crate) may_have_arrived: bool,
    /// The receiver has looked at them, and does not want them.
    pub(crate) is_refused: bool,
    /// The receiver takes less at once.
    pub(crate) is_too_large: bool,
}

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self { reason, lost: None, may_have_arrived: false, is_refused: false, is_too_large: false }
    }
}

/// One attempt; if it failed, how long to wait at least before another one, if
/// that may help.
#[cfg(feature = "otlp")]
pub(crate) type Attempt = Result<(), (Failure, Option<std::time::Duration>)>;
