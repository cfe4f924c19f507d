//! The names of the catalogue, found as they are, or under another spelling.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// A family of series that a program with this domain may have.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Instrument")]
pub(super) struct Expected {
    pub(super) domain: String,
    /// As OpenTelemetry names it: `llm.duration`.
    dotted: String,
    /// As Prometheus names it: `llm_duration_seconds`.
    pub(super) name: String,
    /// What its series are called: for a histogram, three names.
    series: Vec<String>,
}

/// As a catalogue has it.
#[derive(Deserialize)]
struct Instrument {
    domain: String,
    name: String,
    family: String,
    kind: String,
}

/// A name that means one of ours, and is not its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Respelled {
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) way: Way,
}

/// How a name came to differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// The dots are still there: nobody translated it.
    Dots,
    /// Unit and `total` are missing.
    NoSuffix,
    /// Something stands in front of each name.
    Prefix(String),
    /// Another unit, or a suffix twice.
    Suffix,
}

/// What there is of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Comparison {
    /// Families that are there under their own names.
    pub(super) present: Vec<Expected>,
    /// Families that are not there at all.
    pub(super) absent: Vec<Expected>,
    /// Families that are there under other names alone.
    pub(super) respelled: Vec<Respelled>,
}

impl From<Instrument> for Expected {
    fn from(Instrument { domain, name: dotted, family: name, kind }: Instrument) -> Self {
        let suffixes: &[&str] =
            if kind == "histogram" { &["_bucket", "_count", "_sum"] } else { &[""] };
        let series = suffixes.iter().map(|suffix| format!("{name}{suffix}")).collect();
        Self { domain, dotted, name, series }
    }
}

impl Expected {
    /// Whether this is one of its series.
    pub(super) fn has(&self, series: &str) -> bool {
        self.series.iter().any(|name| name == series)
    }

    /// Whether nobody else has a family of this name.
    fn is_telling(&self) -> bool {
        self.words().first().is_some_and(|word| !COMMON.contains(word))
    }

    fn words(&self) -> Vec<&str> {
        self.dotted.split(['.', '_']).collect()
    }
}

impl Comparison {
    /// Whether a program of ours is the only explanation.
    pub(super) fn is_ours(&self) -> bool {
        self.present.iter().any(Expected::is_telling)
    }
}

/// What is appended to names somewhere on their way, by anybody.
const SUFFIXES: &[&str] = &[
    "total",
    "bucket",
    "sum",
    "count",
    "seconds",
    "second",
    "s",
    "milliseconds",
    "ms",
    "bytes",
    "by",
    "ratio",
    "percent",
    "usd",
    "dollars",
];

/// Looks for every family in the names that there are.
pub(super) fn compare(expected: &[Expected], there: &BTreeSet<String>) -> Comparison {
    let mut comparison = Comparison::default();
    let mut missing: Vec<&Expected> = Vec::new();
    for family in expected {
        if family.series.iter().any(|name| there.contains(name)) {
            comparison.present.push(family.clone());
        } else {
            missing.push(family);
        }
    }
    let foreign: Vec<Foreign<'_>> = there
        .iter()
        // A colon is in names that rules record.
        .filter(|name| !name.contains(':') && !expected.iter().any(|family| family.has(name)))
        .map(|name| Foreign::of(name))
        .collect();
    let prefixes = prefixes(&missing, &foreign);
    for family in missing {
        let words = family.words();
        let mut found = foreign.iter().filter_map(|name| {
            let prefix = name.prefix_of(&words)?;
            let counts = prefix.is_empty() || prefixes.contains(&prefix);
            counts.then(|| Respelled {
                expected: family.series[0].clone(),
                found: name.name.to_owned(),
                way: way(family, name.name, prefix),
            })
        });
        match found.next() {
            Some(respelled) => comparison.respelled.push(respelled),
            None => comparison.absent.push(family.clone()),
        }
    }
    comparison
}

/// A name that is not in the catalogue.
struct Foreign<'a> {
    name: &'a str,
    words: Vec<&'a str>,
}

impl<'a> Foreign<'a> {
    fn of(name: &'a str) -> Self {
        let words = name.split(|c: char| !c.is_ascii_alphanumeric());
        Self { name, words: words.filter(|word| !word.is_empty()).collect() }
    }

    /// What stands before these words, if nothing but suffixes stands behind.
    fn prefix_of(&self, words: &[&str]) -> Option<String> {
        let is_same = |part: &[&str]| {
            part.iter().zip(words).all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        let at = self.words.windows(words.len()).position(is_same)?;
        let behind = &self.words[at + words.len()..];
        let is_suffix = |word: &&str| SUFFIXES.contains(&word.to_ascii_lowercase().as_str());
        behind.iter().all(is_suffix).then(|| self.words[..at].join("_"))
    }
}

/// First words of names that many programs have, ours or not.
const COMMON: &[&str] = &["build", "http", "process"];

/// What stands before several of our names, such as `my_app`. A single one is
/// a coincidence, and names that every program has are none of ours.
fn prefixes(missing: &[&Expected], foreign: &[Foreign<'_>]) -> BTreeSet<String> {
    let mut families: BTreeMap<String, usize> = BTreeMap::new();
    for family in missing.iter().filter(|family| family.is_telling()) {
        let words = family.words();
        let found: BTreeSet<String> =
            foreign.iter().filter_map(|name| name.prefix_of(&words)).collect();
        for prefix in found {
            *families.entry(prefix).or_default() += 1;
        }
    }
    families.retain(|prefix, count| *count >= 2 && !prefix.is_empty());
    families.into_keys().collect()
}

fn way(family: &Expected, found: &str, prefix: String) -> Way {
    let plain = family.dotted.replace('.', "_");
    let series = ["", "_bucket", "_count", "_sum"].map(|suffix| format!("{plain}{suffix}"));
    if !prefix.is_empty() {
        Way::Prefix(prefix)
    } else if found.contains('.') {
        Way::Dots
    } else if series.iter().any(|name| name == found) {
        Way::NoSuffix
    } else {
        Way::Suffix
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::known::Known;

    fn comparison(there: &[&str]) -> Comparison {
        let known = Known::committed();
        compare(&known.expected, &there.iter().map(|name| (*name).to_owned()).collect())
    }

    fn respelled(there: &[&str]) -> Vec<(String, String, Way)> {
        let found = comparison(there).respelled.into_iter();
        found.map(|it| (it.expected, it.found, it.way)).collect()
    }

    fn one(expected: &str, found: &str, way: Way) -> (String, String, Way) {
        (expected.to_owned(), found.to_owned(), way)
    }

    #[test]
    fn the_right_names_are_present() {
        let comparison = comparison(&[
            "llm_requests_total",
            "llm_duration_seconds_bucket",
            "up",
            "go_goroutines",
        ]);
        let names: Vec<&str> = comparison.present.iter().map(|family| &*family.name).collect();
        assert_eq!(names, ["llm_requests_total", "llm_duration_seconds"]);
        assert_eq!(comparison.respelled, []);
        assert!(comparison.absent.len() > 20);
    }

    #[test]
    fn names_without_suffixes_are_recognized() {
        assert_eq!(
            respelled(&["llm_requests", "llm_duration_bucket", "llm_duration_count"]),
            [
                one("llm_requests_total", "llm_requests", Way::NoSuffix),
                one("llm_duration_seconds_bucket", "llm_duration_bucket", Way::NoSuffix),
            ]
        );
    }

    #[test]
    fn names_with_dots_are_recognized() {
        assert_eq!(
            respelled(&["llm.requests", "llm.duration_seconds_sum"]),
            [
                one("llm_requests_total", "llm.requests", Way::Dots),
                one("llm_duration_seconds_bucket", "llm.duration_seconds_sum", Way::Dots),
            ]
        );
    }

    #[test]
    fn other_suffixes_are_recognized() {
        assert_eq!(
            respelled(&["llm_requests_total_total", "llm_duration_milliseconds_bucket"]),
            [
                one("llm_requests_total", "llm_requests_total_total", Way::Suffix),
                one("llm_duration_seconds_bucket", "llm_duration_milliseconds_bucket", Way::Suffix),
            ]
        );
    }

    #[test]
    fn a_prefix_of_several_names_is_recognized() {
        let prefix = || Way::Prefix("my_app".to_owned());
        assert_eq!(
            respelled(&["my_app_llm_requests_total", "my_app_telemetry_startup_total"]),
            [
                one("llm_requests_total", "my_app_llm_requests_total", prefix()),
                one("telemetry_startup_total", "my_app_telemetry_startup_total", prefix()),
            ]
        );
    }

    #[test]
    fn names_that_only_look_alike_are_not_ours() {
        let others = [
            "prometheus_http_requests_total",
            "prometheus_http_request_duration_seconds_bucket",
            "prometheus_build_info",
            "grafana_build_info",
            "grafana_http_request_duration_seconds_bucket",
            "my_app_llm_requests_total",
            "llm_requests_queued",
            "job:llm_requests:rate5m",
        ];
        assert_eq!(respelled(&others), []);
        // The right name is there as well: somebody is in the middle of a
        // change, and panels show data.
        assert_eq!(respelled(&["llm_requests", "llm_requests_total"]), []);
    }
}
