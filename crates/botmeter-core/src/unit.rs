//! The units that an instrument may have.

use std::fmt;

/// What one step of a value means, in the notation of UCUM that
/// OpenTelemetry uses.
///
/// Only units that both routes spell alike are allowed: seconds, bytes, ratios
/// and annotations such as `{request}`. Money is an annotation with the
/// currency in the instrument's name: `llm.cost.dollars` in `{USD}`.
///
/// ```
/// use botmeter_core::Unit;
///
/// const CALLS: Unit = Unit::of("{call}");
/// assert_eq!(CALLS.as_str(), "{call}");
/// assert_eq!(Unit::SECONDS.as_str(), "s");
/// ```
///
/// ```compile_fail
/// // Prometheus' receiver would append `_milliseconds`, the scrape would not.
/// const WRONG: botmeter_core::Unit = botmeter_core::Unit::of("ms");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unit(&'static str);

impl Unit {
    /// No unit: a flag or a number without dimension that is not a ratio.
    pub const NONE: Self = Self("");
    /// Seconds; the Prometheus name ends in `_seconds`.
    pub const SECONDS: Self = Self("s");
    /// Bytes; the Prometheus name ends in `_bytes`.
    pub const BYTES: Self = Self("By");
    /// A share between 0 and 1; gauges only, the Prometheus name ends in
    /// `_ratio`.
    pub const RATIO: Self = Self("1");

    /// An annotation: a noun in braces, which names what is counted and adds
    /// nothing to the Prometheus name.
    ///
    /// # Panics
    ///
    /// While compiling, if the text is not letters or underscores in one pair
    /// of braces.
    pub const fn of(annotation: &'static str) -> Self {
        let text = annotation.as_bytes();
        assert!(
            text.len() > 2 && text[0] == b'{' && text[text.len() - 1] == b'}',
            "a unit is one of Unit's constants or a noun in braces, like {{request}}"
        );
        let mut at = 1;
        while at < text.len() - 1 {
            assert!(
                text[at].is_ascii_alphabetic() || text[at] == b'_',
                "the noun of a unit is made of letters and underscores"
            );
            at += 1;
        }
        Self(annotation)
    }

    /// The unit as OpenTelemetry writes it.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    pub(crate) const fn is_ratio(self) -> bool {
        matches!(self.0.as_bytes(), b"1")
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
