//! The table and the code know the same variables.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::*;
use crate::{
    environment::Environment,
    settings::{Asked, Compiled, Settings},
};

/// The sources, but for tests and the table.
fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, into);
        } else if name != "tests" && name != "table" && !path.to_string_lossy().contains("/tests/")
        {
            into.push(path);
        }
    }
}

/// Whatever is spelled like a variable and stands alone between quotes, in
/// what is not a test.
fn spelled() -> BTreeSet<String> {
    let mut files = Vec::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for sources_of in ["src", "../botmeter-export/src"] {
        sources(&here.join(sources_of), &mut files);
    }
    assert!(files.len() > 70, "{files:?}");
    let mut all = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        all.extend(code.split('"').filter(|word| is_variable(word)).map(str::to_owned));
    }
    all
}

fn is_variable(word: &str) -> bool {
    let known = ["BOTMETER_", "OTEL_", "PROMETHEUS_", "RUST_", "NO_", "SSL_"];
    word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        && (known.iter().any(|start| word.starts_with(start))
            || ["_PROXY", "NAME"].iter().any(|end| word.ends_with(end) && word.len() > 7))
}

#[test]
fn every_variable_that_is_read_is_in_the_table_and_no_other() {
    // The client and the store of certificates read these.
    let elsewhere = ["NO_PROXY", "SSL_CERT_FILE"];
    let mut spelled = spelled();
    spelled.extend(elsewhere.map(str::to_owned));
    let listed: BTreeSet<String> = KNOWN_VARIABLES.iter().map(|it| it.name.to_owned()).collect();
    assert_eq!(spelled, listed, "left, what the code spells; right, what the table lists");
    assert_eq!(listed.len(), KNOWN_VARIABLES.len(), "one is listed twice");
}

#[test]
fn every_example_is_understood() {
    for variable in KNOWN_VARIABLES {
        let mut environment = vec![
            ("OTEL_METRICS_EXPORTER", "otlp,prometheus"),
            ("OTEL_TRACES_EXPORTER", "otlp"),
            ("OTEL_TRACES_SAMPLER", "traceidratio"),
        ];
        environment.retain(|(name, _)| *name != variable.name);
        if variable.name == "OTEL_EXPORTER" {
            environment.remove(0);
        }
        environment.push((variable.name, variable.example));
        let environment: Environment = environment.into_iter().collect();
        let compiled = Compiled { otlp: true, scrape: true, live: true, traces: true };
        if let Err(error) = Settings::resolve(&Asked::default(), &environment, compiled) {
            panic!("{} does not take its example: {}", variable.name, error.chain());
        }
    }
}

#[test]
fn subjects_stand_together_in_their_order() {
    let order = |about| About::ALL.iter().position(|it| *it == about).unwrap();
    assert!(KNOWN_VARIABLES.is_sorted_by_key(|variable| order(variable.about)));
}
