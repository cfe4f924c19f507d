//! The figures in `docs/performance.md` and its pictures.
//!
//! No figure is typed: what was measured is kept in `performance/figures.json`,
//! and from it come the pictures and what stands between the marks of the page.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result};

use super::{
    chart::{self, Bar},
    figures::Figures,
    rows::{Row, SECTIONS, Section},
};

const PAGE: &str = "performance.md";
const FIGURES: &str = "performance/figures.json";

/// Writes the figures into the documents.
pub(super) fn write(docs: &Path, figures: &Figures) -> Result<()> {
    let text = serde_json::to_string_pretty(figures).context("failed to write the figures")?;
    let page = read(docs, PAGE)?;
    let mut files =
        vec![(FIGURES.to_owned(), text + "\n"), (PAGE.to_owned(), fill(&page, figures)?)];
    files.extend(pictures(figures)?);
    for (name, text) in files {
        let file = docs.join(name);
        fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
    }
    Ok(())
}

fn read(docs: &Path, name: &str) -> Result<String> {
    let file = docs.join(name);
    fs::read_to_string(&file).with_context(|| format!("failed to read {}", file.display()))
}

/// The pictures, by their files.
fn pictures(figures: &Figures) -> Result<Vec<(String, String)>> {
    let picture = |section: &Section| {
        let bars = section.bars.iter().map(|name| bar(name, figures));
        let picture = chart::draw(section.title, &bars.collect::<Result<Vec<_>>>()?);
        Ok((format!("performance/{}.svg", section.name), picture))
    };
    SECTIONS.iter().map(picture).collect()
}

fn bar(name: &str, figures: &Figures) -> Result<Bar> {
    let figure = figures.get(name)?;
    let label = name.rsplit('/').next().unwrap_or(name);
    Ok(Bar {
        label: label.to_owned(),
        value: figure.value,
        said: figure.to_string(),
        is_ours: label.starts_with("botmeter"),
    })
}

/// The page with the tables of these figures.
fn fill(page: &str, figures: &Figures) -> Result<String> {
    let mut filled = page.to_owned();
    for section in SECTIONS {
        let (begin, end) = (format!("<!-- figures: {} -->\n", section.name), "<!-- end -->");
        let at = filled.find(&begin).map(|at| at + begin.len());
        let at = at.with_context(|| format!("{PAGE} has no line {:?}", begin.trim()))?;
        let length = filled[at..].find(end);
        let length =
            length.with_context(|| format!("{PAGE}: no {end:?} after {:?}", begin.trim()))?;
        filled.replace_range(at..at + length, &table(&section.rows(figures)?));
    }
    Ok(filled)
}

fn table(rows: &[Row]) -> String {
    let mut text =
        "\n| What | Takes | Beside | Ratio | Target |\n| --- | --: | --- | --: | --: |\n"
            .to_owned();
    for row in rows {
        let Row { name, figure, against, ratio, target } = row;
        let target = target.map_or_else(String::new, |target| format!("≤ {}", share(target)));
        let mark = if row.misses() { ", missed" } else { "" };
        // Writing to a string cannot fail.
        let _written = writeln!(
            text,
            "| {name} | {figure} | {against} | {} | {target}{mark} |",
            share(*ratio)
        );
    }
    text + "\n"
}

/// As a fraction where that says more.
fn share(ratio: f64) -> String {
    match ratio {
        _ if ratio > 0.0 && ratio < 0.2 => format!("1/{:.0}", 1.0 / ratio),
        _ if ratio < 9.995 => format!("{ratio:.2}"),
        _ => format!("{ratio:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::repository;

    #[test]
    fn the_page_and_its_pictures_show_the_figures_that_are_kept() {
        let docs = repository::root().join("docs");
        let again = "run `cargo xtask bench --pictures`";
        let figures = Figures::read(&docs.join(FIGURES)).unwrap();
        let page = read(&docs, PAGE).unwrap();
        assert_eq!(fill(&page, &figures).unwrap(), page, "{PAGE} is stale: {again}");
        let mut expected = BTreeSet::from([docs.join(FIGURES)]);
        for (name, picture) in pictures(&figures).unwrap() {
            assert_eq!(read(&docs, &name).unwrap(), picture, "{name} is stale: {again}");
            assert!(page.contains(&format!("]({name})")), "{PAGE} does not show {name}");
            expected.insert(docs.join(name));
        }
        let there = fs::read_dir(docs.join("performance")).unwrap();
        let there: BTreeSet<_> = there.map(|entry| entry.unwrap().path()).collect();
        assert_eq!(there, expected, "nothing else belongs there");
    }

    #[test]
    fn a_small_ratio_is_a_fraction() {
        assert_eq!(
            [0.0, 0.049, 0.45, 1.15, 130.2].map(share),
            ["0.00", "1/20", "0.45", "1.15", "130"]
        );
    }
}
