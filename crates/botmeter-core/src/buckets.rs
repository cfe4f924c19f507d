//! The histogram bounds that several domains share.
//!
//! No bound is integral: Prometheus stores a scraped `le="1"` as `le="1.0"`
//! and a pushed one as `le="1"`, so an integral bound would make two series of
//! one.

/// Calls to a model, in seconds: the edges of OpenTelemetry's GenAI
/// conventions, extended to five minutes because calls do last that long.
pub const LLM: &[f64] = &[
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92, 163.84,
    327.68,
];

/// The time that one token takes, in seconds.
pub const TOKEN: &[f64] = &[0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56];

/// Work that ends within seconds, such as serving a request.
pub const FAST: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5];

/// Work that may take half an hour, such as a bot's run.
pub const WORK: &[f64] =
    &[0.1, 0.25, 0.5, 1.5, 2.5, 5.5, 10.5, 30.5, 60.5, 120.5, 300.5, 600.5, 1800.5];

/// How many things one piece of work had.
pub const COUNT: &[f64] = &[0.5, 1.5, 2.5, 5.5, 10.5, 20.5, 50.5, 100.5];

/// What these bounds are called above.
pub(crate) fn name(bounds: &[f64]) -> Option<&'static str> {
    let all = [("LLM", LLM), ("TOKEN", TOKEN), ("FAST", FAST), ("WORK", WORK), ("COUNT", COUNT)];
    all.into_iter().find(|(_, known)| *known == bounds).map(|(name, _)| name)
}
