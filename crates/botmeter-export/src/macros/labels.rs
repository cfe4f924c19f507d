//! Labels of others, as an exposition can spell them.

use botmeter_core::{label::LabelInfo, name};

/// Keys that mean something to Prometheus.
const RESERVED: [&str; 4] = ["le", "quantile", "job", "instance"];

/// Keys and values without what cannot be: those of our instrument in its
/// order, if it is one, and the others sorted by key.
pub(super) fn spelt<'a>(
    given: impl Iterator<Item = (&'a str, &'a str)>,
    of_ours: &[LabelInfo],
) -> Vec<(String, String)> {
    let given = given.filter(|(_, value)| !value.is_empty());
    let mut all: Vec<(String, String)> =
        given.map(|(key, value)| (key_of(key), value.to_owned())).collect();
    let place = |key: &str| of_ours.iter().position(|label| label.key() == key);
    all.sort_by(|(a, x), (b, y)| {
        let place = |key: &str| place(key).unwrap_or(of_ours.len());
        (place(a), a, x).cmp(&(place(b), b, y))
    });
    all.dedup_by(|next, kept| {
        let is_twice = next.0 == kept.0;
        if is_twice {
            kept.1 = format!("{};{}", kept.1, next.1);
        }
        is_twice
    });
    all
}

fn key_of(given: &str) -> String {
    let Ok(key) = name::label(given) else { return "key".to_owned() };
    if RESERVED.contains(&key.as_str()) || key.starts_with("__") {
        format!("exported_{}", key.trim_start_matches('_'))
    } else {
        key
    }
}
