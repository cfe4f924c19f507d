//! How Prometheus spells the names of instruments and labels.
//!
//! This is the strategy `UnderscoreEscapingWithSuffixes`, the default of
//! Prometheus' own OTLP receiver, written once. The scrape backend registers
//! the names that it gives, and the generators put them into dashboards, so a
//! pushed and a scraped series are the same series.

use crate::{Error, Kind};

/// The Prometheus name of an instrument.
///
/// A histogram's series are called `<name>_bucket`, `<name>_sum` and
/// `<name>_count`.
///
/// ```
/// use botmeter_core::{Kind, name};
///
/// assert_eq!(name::prometheus("llm.duration", "s", Kind::Histogram)?, "llm_duration_seconds");
/// assert_eq!(name::prometheus("llm.requests", "{request}", Kind::Counter)?, "llm_requests_total");
/// assert_eq!(name::prometheus("cache.hit", "1", Kind::Gauge)?, "cache_hit_ratio");
/// # Ok::<(), botmeter_core::Error>(())
/// ```
///
/// # Errors
///
/// When nothing of the name is left, as for `"."`.
pub fn prometheus(name: &str, unit: &str, kind: Kind) -> Result<String, Error> {
    let translated = translate(name, unit, kind);
    if translated.is_empty() {
        return Err(Error::new(format!(
            "translate the metric name {name:?}: no letter, digit or colon is left of it"
        )));
    }
    Ok(translated)
}

/// The Prometheus name of a label.
///
/// ```
/// assert_eq!(botmeter_core::name::label("gen_ai.request.model")?, "gen_ai_request_model");
/// # Ok::<(), botmeter_core::Error>(())
/// ```
///
/// # Errors
///
/// When the key is empty or made of nothing but two or more underscores.
pub fn label(key: &str) -> Result<String, Error> {
    if key.is_empty() {
        return Err(Error::new("translate a label name: it is empty"));
    }
    let clean: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let translated = if clean.starts_with(|c: char| c.is_ascii_digit()) {
        format!("key_{clean}")
    } else if clean.starts_with('_') && !clean.starts_with("__") {
        format!("key{clean}")
    } else {
        clean
    };
    if translated.bytes().all(|c| c == b'_') {
        return Err(Error::new(format!(
            "translate the label name {key:?}: no letter or digit is left of it"
        )));
    }
    Ok(translated)
}

/// The translation itself; empty when nothing is left of the name.
pub(crate) fn translate(name: &str, unit: &str, kind: Kind) -> String {
    let mut tokens: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric() && c != ':')
        .filter(|token| !token.is_empty())
        .map(str::to_owned)
        .collect();
    append_unit(&mut tokens, unit);
    match kind {
        Kind::Counter | Kind::FloatCounter => move_last(&mut tokens, "total"),
        Kind::Gauge if unit == "1" => move_last(&mut tokens, "ratio"),
        Kind::Gauge | Kind::UpDownCounter | Kind::Histogram => {}
    }
    let mut joined = tokens.join("_");
    if joined.starts_with(|c: char| c.is_ascii_digit()) {
        joined.insert(0, '_');
    }
    joined
}

fn append_unit(tokens: &mut Vec<String>, unit: &str) {
    let (main, per) = match unit.split_once('/') {
        Some((main, per)) => (main.trim(), per.trim()),
        None => (unit.trim(), ""),
    };
    let main = if has_brace(main) { String::new() } else { clean(main_word(main)) };
    let per = if has_brace(per) { String::new() } else { clean(per_word(per)) };
    if !main.is_empty() && !tokens.contains(&main) {
        tokens.push(main);
    }
    if !per.is_empty() {
        tokens.push("per".to_owned());
        tokens.push(per);
    }
}

fn move_last(tokens: &mut Vec<String>, word: &str) {
    tokens.retain(|token| token != word);
    tokens.push(word.to_owned());
}

fn has_brace(unit: &str) -> bool {
    unit.contains(['{', '}'])
}

/// A unit without a word of its own passes through, cleaned of everything that
/// a name cannot hold.
fn clean(unit: &str) -> String {
    unit.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("_")
}

fn main_word(unit: &str) -> &str {
    match unit {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "TiBy" => "tibibytes",
        "KBy" => "kilobytes",
        "MBy" => "megabytes",
        "GBy" => "gigabytes",
        "TBy" => "terabytes",
        "m" => "meters",
        "V" => "volts",
        "A" => "amperes",
        "J" => "joules",
        "W" => "watts",
        "g" => "grams",
        "Cel" => "celsius",
        "Hz" => "hertz",
        "1" => "",
        "%" => "percent",
        other => other,
    }
}

fn per_word(unit: &str) -> &str {
    match unit {
        "s" => "second",
        "m" => "minute",
        "h" => "hour",
        "d" => "day",
        "w" => "week",
        "mo" => "month",
        "y" => "year",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of Prometheus' own translator, each seen in a running server.
    const ORACLE: &str = include_str!("../testdata/otlp-names.json");

    fn oracle(part: &str) -> Vec<serde_json::Value> {
        let all: serde_json::Value = serde_json::from_str(ORACLE).unwrap();
        all[part].as_array().unwrap().clone()
    }

    #[test]
    fn metric_names_agree_with_prometheus() {
        let rows = oracle("metrics");
        assert_eq!(rows.len(), 5336);
        let mut wrong = Vec::new();
        for row in &rows {
            let kind = match row["kind"].as_str().unwrap() {
                "counter" => Kind::Counter,
                "up_down_counter" => Kind::UpDownCounter,
                "gauge" => Kind::Gauge,
                "histogram" => Kind::Histogram,
                other => panic!("unknown kind {other:?}"),
            };
            let ours =
                prometheus(row["name"].as_str().unwrap(), row["unit"].as_str().unwrap(), kind);
            if ours.as_deref().ok() != row["prometheus"].as_str() {
                wrong.push(format!("{row} but got {ours:?}"));
            }
            if kind == Kind::Counter {
                let float = translate(
                    row["name"].as_str().unwrap(),
                    row["unit"].as_str().unwrap(),
                    Kind::FloatCounter,
                );
                assert_eq!(ours.unwrap_or_default(), float);
            }
        }
        assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    }

    #[test]
    fn label_names_agree_with_prometheus() {
        let rows = oracle("labels");
        assert_eq!(rows.len(), 23);
        for row in &rows {
            let ours = label(row["key"].as_str().unwrap());
            assert_eq!(ours.as_deref().ok(), row["prometheus"].as_str(), "{row}");
        }
    }
}
