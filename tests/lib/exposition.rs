//! The page that a scraper gets, read strictly.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use botmeter_window::exposition::{Family as Told, Format, Kind, Page};

use crate::Labels;

/// Families by name.
pub type Families = BTreeMap<String, Family>;

/// All series of one name, with what the page says of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Family {
    /// The word of the `# TYPE` line.
    pub kind: String,
    /// The text of the `# HELP` line.
    pub help: String,
    /// The value of each sample, by its own name and its labels.
    pub samples: BTreeMap<(String, Labels), f64>,
}

/// Reads a page in Prometheus' text format, and refuses what a scraper would
/// take but a careful page does not have: samples without `# TYPE` or
/// `# HELP`.
///
/// # Errors
///
/// When the page breaks its format or one of these rules.
pub fn read_exposition(page: &str) -> Result<Families> {
    read(page, Format::Text)
}

/// Reads a page of OpenMetrics as strictly; families of counters have the names
/// that they have in Prometheus' text format.
///
/// # Errors
///
/// When the page breaks its format or one of these rules.
pub fn read_open_metrics(page: &str) -> Result<Families> {
    read(page, Format::OpenMetrics)
}

fn read(page: &str, format: Format) -> Result<Families> {
    let mut families = Families::new();
    for Told { mut name, help, kind, samples, .. } in Page::read(page, format)?.families {
        if format == Format::OpenMetrics && kind == Kind::Counter {
            name.push_str("_total");
        }
        let help = help.with_context(|| format!("{name} has no # HELP line"))?;
        ensure!(kind != Kind::Unknown, "{name} has no # TYPE line");
        let samples = samples.into_iter();
        let samples = samples.map(|sample| {
            ((sample.name, sample.labels.into_iter().collect::<Labels>()), sample.value)
        });
        let family = Family { kind: kind.as_str().to_owned(), help, samples: samples.collect() };
        families.insert(name, family);
    }
    Ok(families)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_samples_and_escapes_are_read() {
        let page = "# HELP a_total Things.\n# TYPE a_total counter\na_total{x=\"1\\\"2\\n\",y=\"\"} 3\na_total 4e2\n";
        let families = read_exposition(page).unwrap();
        let family = &families["a_total"];
        assert_eq!((family.kind.as_str(), family.help.as_str()), ("counter", "Things."));
        let labels =
            Labels::from([("x".to_owned(), "1\"2\n".to_owned()), ("y".to_owned(), String::new())]);
        let expected =
            [(("a_total".to_owned(), Labels::new()), 400.0), (("a_total".to_owned(), labels), 3.0)];
        assert_eq!(family.samples, BTreeMap::from(expected));
    }

    #[test]
    fn careless_pages_are_refused() {
        let head = "# HELP a A.\n# TYPE a gauge\n";
        let cases = [
            ("a 1\n".to_owned(), "no # HELP"),
            ("# TYPE a gauge\na 1\n".to_owned(), "no # HELP"),
            (format!("{head}a 1\na 1\n"), "there twice"),
            ("# HELP a A.\na 1\n".to_owned(), "no # TYPE"),
            (format!("{head}b 1\n"), "b has no # HELP"),
            (format!("{head}a one\n"), "is no number"),
            (format!("{head}a 1\n{head}a{{x=\"1\"}} 1\n"), "behind samples of a"),
        ];
        for (page, part) in cases {
            let error = format!("{:#}", read_exposition(&page).unwrap_err());
            assert!(error.contains(part), "{page:?}: {error}");
        }
    }
}
