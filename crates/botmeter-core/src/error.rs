//! The one error of this crate.

use std::{error, fmt};

/// Why telemetry could not be set up, flushed or shut down.
///
/// Recording never fails, so no method that records returns this. The text is
/// a fragment that fits after "failed to"; what caused it is in
/// [`source`](error::Error::source).
pub struct Error {
    what: String,
    source: Option<Box<dyn error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a backend or domain of your own.
    ///
    /// ```
    /// let error = botmeter_core::Error::new("open the log file `bot.log`");
    /// assert_eq!(error.to_string(), "open the log file `bot.log`");
    /// ```
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), source: None }
    }

    /// The same error with what caused it.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same error with what else can be done about it.
    #[must_use]
    pub fn with_advice(mut self, advice: &str) -> Self {
        self.what = format!("{}; {advice}", self.what);
        self
    }

    /// The whole chain of causes in one line, as a log message shows it.
    pub fn chain(&self) -> String {
        let mut line = self.what.clone();
        let mut next = error::Error::source(self);
        while let Some(cause) = next {
            line.push_str(": ");
            line.push_str(&cause.to_string());
            next = cause.source();
        }
        line
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Shows the whole chain, because `main` prints an error with `Debug`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.chain())
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}
