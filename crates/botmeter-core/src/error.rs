//! The one error of this crate.

use std::{error, fmt, io};

/// Why telemetry could not be set up, flushed or shut down.
///
/// Recording never fails, so no method that records returns this. The text is
/// a fragment that fits after "failed to"; what caused it is in
/// [`source`](error::Error::source). What a program may want to act on, it asks:
///
/// ```
/// # use botmeter_core::Error;
/// # fn start() -> Result<(), Error> {
/// #     Err(Error::bad_setting("use \"yes\" from the environment variable OTEL_SDK_DISABLED"))
/// # }
/// match start() {
///     Err(error) if error.is_bad_setting() => eprintln!("check your settings: {error}"),
///     other => other?,
/// }
/// # Ok::<(), Error>(())
/// ```
pub struct Error {
    what: String,
    about: About,
    source: Option<Box<dyn error::Error + Send + Sync>>,
}

/// What an error is asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Setting,
    Delivery,
    Other,
}

impl Error {
    /// An error of a backend or domain of your own.
    ///
    /// ```
    /// let error = botmeter_core::Error::new("open the log file `bot.log`");
    /// assert_eq!(error.to_string(), "open the log file `bot.log`");
    /// ```
    pub fn new(what: impl Into<String>) -> Self {
        Self::about(About::Other, what.into())
    }

    /// The same for a setting that cannot be used.
    pub fn bad_setting(what: impl Into<String>) -> Self {
        Self::about(About::Setting, what.into())
    }

    /// The same for what a flush or a shutdown could not hand over.
    pub fn not_delivered(what: impl Into<String>) -> Self {
        Self::about(About::Delivery, what.into())
    }

    fn about(about: About, what: String) -> Self {
        Self { what, about, source: None }
    }

    /// Whether a setting cannot be used: a variable of the environment or what
    /// the program chose, or because the build lacks a feature for it.
    pub fn is_bad_setting(&self) -> bool {
        self.is_about(About::Setting)
    }

    /// Whether the port that scrapers are to find is taken by another program.
    pub fn is_port_in_use(&self) -> bool {
        self.causes()
            .filter_map(|cause| cause.downcast_ref::<io::Error>())
            .any(|error| error.kind() == io::ErrorKind::AddrInUse)
    }

    /// Whether a flush or a shutdown could not hand over everything by its
    /// deadline.
    pub fn is_not_delivered(&self) -> bool {
        self.is_about(About::Delivery)
    }

    fn is_about(&self, about: About) -> bool {
        let mut errors = self.causes().filter_map(|cause| cause.downcast_ref::<Self>());
        self.about == about || errors.any(|error| error.about == about)
    }

    /// What caused it, and what caused that.
    fn causes(&self) -> impl Iterator<Item = &(dyn error::Error + 'static)> {
        std::iter::successors(error::Error::source(self), |cause| cause.source())
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
        for cause in self.causes() {
            line.push_str(": ");
            line.push_str(&cause.to_string());
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
