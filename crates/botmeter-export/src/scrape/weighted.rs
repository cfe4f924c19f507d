//! What a header offers, and how much each is liked.

/// An offer without its parameters, and how much it is liked. A weight that
/// cannot be read is taken as a refusal, because plain text is always right.
pub(super) fn weighted(offer: &str) -> (&str, f32) {
    let mut parts = offer.split(';').map(str::trim);
    let what = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (what, weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
}
