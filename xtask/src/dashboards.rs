//! `cargo xtask dashboards`: everything in `dashboards/`, generated.

use std::path::PathBuf;

use anyhow::{Context, Result};
use botmeter_catalogue::catalogue;
use botmeter_generate::{Files, Mode, Options, generate};

use crate::{environment, repository, terminal::say};

/// The command that this is, as it stands in the generated files.
const COMMAND: &str = "cargo xtask dashboards";

/// The folder of the generated files.
pub fn folder() -> PathBuf {
    repository::root().join("dashboards")
}

/// What is to be in the folder.
///
/// # Errors
///
/// When a board makes no sense; the message says which and why.
pub fn files() -> Result<Files> {
    let options = Options::new(COMMAND)
        .reference_url("https://github.com/botmeter/botmeter/blob/main/dashboards/reference")
        .grafana_url("http://localhost:3000");
    generate(&catalogue(), &options).context("the boards have problems")
}

/// Writes the folder and the page of the environment variables, or complains of
/// what differs from what would be written.
///
/// # Errors
///
/// When a board makes no sense, the folder is not up to date (in a check), or
/// the disk fails.
pub fn run(check: bool) -> Result<()> {
    let mode = if check { Mode::Check } else { Mode::Write };
    let report = files()?.apply(&folder(), mode)?;
    say(report);
    say(environment::apply(check)?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use botmeter_board::Show;

    use super::*;

    /// What the manifests call themselves.
    fn declared() -> BTreeSet<String> {
        let packages = repository::crates().unwrap();
        let domains = packages.iter().filter_map(|package| {
            let domain = package.metadata.get("botmeter")?.get("domain")?.as_str()?;
            Some(domain.to_owned())
        });
        domains.collect()
    }

    #[test]
    fn the_catalogue_has_every_domain_that_a_manifest_declares_and_no_other() {
        let listed: BTreeSet<_> = catalogue().domains().map(str::to_owned).collect();
        assert_eq!(
            listed,
            declared(),
            "left, what botmeter-catalogue lists; right, `[package.metadata.botmeter] domain` in \
             crates/"
        );
    }

    #[test]
    fn a_share_that_is_one_number_says_what_is_well() {
        let catalogue = catalogue();
        let dashboards = catalogue.boards().flat_map(|(_, board)| &board.dashboards);
        let panels = dashboards.flat_map(|page| &page.rows).flat_map(|row| &row.panels);
        let shares = panels.filter(|panel| panel.is_judged() && panel.show == Show::Ratio);
        let silent = shares.filter(|panel| panel.limits.is_empty() && panel.advice.is_empty());
        let silent: Vec<_> = silent.map(|panel| &panel.title).collect();
        assert!(silent.is_empty(), "give these a limit or advice: {silent:?}");
    }

    #[test]
    fn the_generated_files_are_up_to_date() {
        files().unwrap().apply(&folder(), Mode::Check).unwrap();
    }
}
