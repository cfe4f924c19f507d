//! What this build can do.

/// Which backends this build has.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is there or not by itself")]
pub(crate) struct Compiled {
    pub(crate) otlp: bool,
    pub(crate) scrape: bool,
    pub(crate) live: bool,
    /// Whether spans have a way from the program's subscriber to us.
    pub(crate) traces: bool,
}
