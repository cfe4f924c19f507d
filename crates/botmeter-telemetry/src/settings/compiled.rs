//! What this build can do.

/// Which backends this build has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compiled {
    pub(crate) otlp: bool,
    pub(crate) scrape: bool,
    /// Whether spans have a way from the program's subscriber to us.
    pub(crate) traces: bool,
}
