//! The page that a scraper gets, read strictly.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

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
/// `# HELP`, a family in two places, a sample twice.
///
/// # Errors
///
/// When a line is not understood or breaks one of these rules.
pub fn read_exposition(page: &str) -> Result<Families> {
    let mut families = Families::new();
    let mut current: Option<String> = None;
    let mut help: Option<(String, String)> = None;
    for line in page.lines().filter(|line| !line.is_empty()) {
        let read = || format!("failed to read the line {line:?}");
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, text) = rest.split_once(' ').with_context(read)?;
            help = Some((name.to_owned(), text.to_owned()));
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').with_context(read)?;
            let (of, text) = help.take().with_context(|| format!("{name} has no # HELP line"))?;
            ensure!(of == name, "the help of {of} stands above the type of {name}");
            let family = Family { kind: kind.to_owned(), help: text, samples: BTreeMap::new() };
            let before = families.insert(name.to_owned(), family);
            ensure!(before.is_none(), "{name} stands in two places");
            current = Some(name.to_owned());
        } else {
            let (name, labels, value) = sample(line).with_context(read)?;
            let family = current.as_deref().with_context(|| format!("{line:?} has no family"))?;
            let belongs = name == family
                || ["_bucket", "_sum", "_count"]
                    .iter()
                    .any(|suffix| name.strip_suffix(suffix) == Some(family));
            ensure!(belongs, "{name} stands in the family {family}");
            let family = families.entry(family.to_owned()).or_default();
            let before = family.samples.insert((name, labels), value);
            ensure!(before.is_none(), "the sample {line:?} is there twice");
        }
    }
    Ok(families)
}

fn sample(line: &str) -> Result<(String, Labels, f64)> {
    let name_end = line.find(['{', ' ']).context("there is no value")?;
    let (name, mut rest) = line.split_at(name_end);
    let mut labels = Labels::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            let (key, after) = rest.split_once("=\"").context("a label has no value")?;
            let (value, after) = quoted(after)?;
            ensure!(
                labels.insert(key.to_owned(), value).is_none(),
                "the label {key} is there twice"
            );
            rest = after.strip_prefix(',').unwrap_or(after);
        }
        rest = &rest[1..];
    }
    let value = rest.trim();
    let value = value.parse().with_context(|| format!("{value:?} is not a number"))?;
    Ok((name.to_owned(), labels, value))
}

/// The text up to its closing quote, and what comes behind.
fn quoted(text: &str) -> Result<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, escaped @ ('"' | '\\'))) => value.push(escaped),
                other => bail!("a backslash escapes {other:?}"),
            },
            _ => value.push(c),
        }
    }
    bail!("a label value has no end")
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
            ("a 1\n".to_owned(), "has no family"),
            ("# TYPE a gauge\na 1\n".to_owned(), "no # HELP"),
            (format!("{head}a 1\na 1\n"), "there twice"),
            (format!("{head}b 1\n"), "in the family"),
            (format!("{head}a one\n"), "failed to read"),
            (format!("{head}a 1\n{head}a{{x=\"1\"}} 1\n"), "two places"),
        ];
        for (page, part) in cases {
            let error = format!("{:#}", read_exposition(&page).unwrap_err());
            assert!(error.contains(part), "{page:?}: {error}");
        }
    }
}
