//! What a cluster would refuse.

use std::collections::BTreeSet;

use crate::{
    Options, Problem,
    grafana::Dashboard,
    kubernetes::{self, dashboard_name},
};

/// What all data of a `ConfigMap` may come to.
const MOST_BYTES: usize = 1024 * 1024;

/// The most characters of a label's value and of the name in its key.
const MOST_CHARACTERS: usize = 63;

/// Names of objects that would replace each other, and objects too large.
pub(super) fn objects(dashboards: &[Dashboard], options: &Options) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut taken = BTreeSet::new();
    for dashboard in dashboards {
        let place = format!("dashboard {}", dashboard.uid);
        let name = dashboard_name(&dashboard.uid);
        let text = serde_json::to_string_pretty(dashboard).unwrap_or_default();
        let bytes = kubernetes::dashboard(&dashboard.uid, &text, options).document().len();
        if bytes >= MOST_BYTES {
            let what = format!("its ConfigMap has {bytes} bytes; less than {MOST_BYTES} fit");
            problems.push(Problem::new(&place, what));
        }
        if !taken.insert(name.clone()) {
            let what = format!("another dashboard has the ConfigMap {name}; choose another uid");
            problems.push(Problem::new(&place, what));
        }
    }
    problems
}

/// Labels of objects and pods.
pub(super) fn labels(options: &Options) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (what, labels) in [("kubernetes", &options.kubernetes_labels), ("pod", &options.pod_labels)]
    {
        let mut taken = BTreeSet::new();
        for (key, value) in labels {
            let place = format!("option {what} label {key:?}");
            if !is_key(key) {
                problems.push(Problem::new(
                    &place,
                    "a key has up to 63 letters, digits, dots, dashes or underscores, perhaps \
                     after a domain and a slash",
                ));
            }
            if !value.is_empty() && !is_word(value) {
                problems.push(Problem::new(
                    &place,
                    format!(
                        "the value {value:?} is not up to 63 letters, digits, dots, dashes or \
                         underscores between a letter or digit and another"
                    ),
                ));
            }
            if !taken.insert(key) {
                problems.push(Problem::new(&place, "is given twice; give it once"));
            }
        }
    }
    if options.pod_labels.is_empty() {
        let what = "there is none, which selects every pod; name one that bots have";
        problems.push(Problem::new("option pod labels", what));
    }
    problems
}

fn is_key(key: &str) -> bool {
    match key.split_once('/') {
        Some((domain, name)) => is_domain(domain) && is_word(name),
        None => is_word(key),
    }
}

fn is_domain(domain: &str) -> bool {
    let is_part = |part: &str| {
        is_word(part)
            && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-')
    };
    domain.len() <= 253 && domain.split('.').all(is_part)
}

fn is_word(word: &str) -> bool {
    let is_end = |c: char| c.is_ascii_alphanumeric();
    word.len() <= MOST_CHARACTERS
        && word.starts_with(is_end)
        && word.ends_with(is_end)
        && word.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.".contains(&c))
}
