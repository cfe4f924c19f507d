//! The reference page of the environment variables, written from the table that
//! the code itself is checked against.

use std::{fmt::Write, fs, path::PathBuf};

use anyhow::{Context, Result, bail};
use botmeter_generate::Replacement;
use botmeter_telemetry::{About, KNOWN_VARIABLES, KnownVariable};

use crate::repository;

/// Where the page is.
const PAGE: &str = "docs/environment.md";

const HEAD: &str = "\
<!-- Written by `cargo xtask dashboards` from the table in crates/botmeter-telemetry. -->

# Environment variables

What a program with botmeter reads when it starts, and nothing else.
For settings, the program's own code wins, then the variable, then the default; for the choice of backends, both count.
A variable that is set to nothing counts as not set.
A value that cannot be understood is an error at the start, which quotes the variable and the value; credentials are never shown.
With `Builder::on_bad_setting(OnBadSetting::Warn)` it is a warning instead, which says what is used in its place.
A variable whose name is one letter off from one of these causes a warning.
Where several variables set the same thing, the first in the table that is set counts.
";

/// The whole page.
pub fn page() -> String {
    let mut page = HEAD.to_owned();
    for about in About::ALL {
        // Writing to a string cannot fail.
        let _written = write!(
            page,
            "\n## {}\n\n| Variable | What it does | Values | Default | Example |\n\
             | --- | --- | --- | --- | --- |\n",
            about.title()
        );
        for variable in KNOWN_VARIABLES.iter().filter(|variable| variable.about == about) {
            let KnownVariable { name, does, values, default, example, .. } = variable;
            let _written =
                writeln!(page, "| `{name}` | {does} | {values} | {default} | `{example}` |");
        }
    }
    page
}

/// Writes the page, or complains if it is not what would be written.
///
/// # Errors
///
/// When the page is stale (in a check), or the disk fails.
pub fn apply(check: bool) -> Result<String> {
    let (path, page) = (path(), page());
    let there = fs::read_to_string(&path).unwrap_or_default();
    if there == page {
        return Ok(format!("{PAGE} is up to date"));
    }
    if check {
        bail!("{PAGE} is stale; run `cargo xtask dashboards`");
    }
    Replacement::write(&path, &page)
        .and_then(Replacement::take_place)
        .with_context(|| format!("failed to write {}", path.display()))?;
    Ok(format!("{PAGE} is written"))
}

fn path() -> PathBuf {
    repository::root().join(PAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_up_to_date() {
        assert_eq!(apply(true).unwrap(), "docs/environment.md is up to date");
    }

    #[test]
    fn a_bar_would_break_the_table() {
        for KnownVariable { name, does, values, default, example, .. } in KNOWN_VARIABLES {
            let cells = [*does, *values, *default, *example].concat();
            assert!(!cells.contains(['|', '\n']), "{name}: {cells}");
        }
    }
}
