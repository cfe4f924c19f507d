//! `cargo xtask cost`: what botmeter adds to the program that uses it.
//!
//! The front page has a table of it, which a test compares with the count.

use std::{
    collections::BTreeSet,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::{
    repository,
    terminal::{say, succeed},
};

/// What a program depends on, with one domain that stands for all.
const FACE: &str = "botmeter";

/// Crates are counted for one system, because others need other crates.
const SYSTEM: &str = "x86_64-unknown-linux-gnu";

/// How often each build is measured; the fastest counts, because whatever else
/// a machine does only adds to it.
const BUILDS: usize = 2;

/// A choice of features, as the table calls it and as cargo does.
struct Choice {
    title: &'static str,
    arguments: &'static [&'static str],
}

/// What is compared, the one that everything is compared with first.
const CHOICES: [Choice; 4] = [
    Choice { title: "no route", arguments: &["--features", "llm"] },
    Choice { title: "`scrape`", arguments: &["--features", "llm,scrape"] },
    Choice { title: "`otlp`", arguments: &["--features", "llm,otlp"] },
    Choice { title: "all features", arguments: &["--all-features"] },
];

/// Prints the table of the front page; with `builds`, the times as well, which
/// takes minutes.
///
/// # Errors
///
/// When cargo fails.
pub fn run(builds: bool) -> Result<()> {
    let counts = CHOICES.iter().map(|choice| Ok(crates(choice)?.len())).collect::<Result<_>>()?;
    let times = if builds { Some(measured()?) } else { None };
    for line in table(counts, times) {
        say(&line);
    }
    Ok(())
}

fn table(counts: Vec<usize>, times: Option<Vec<Duration>>) -> Vec<String> {
    let mut lines =
        vec![format!("| `{FACE}` with `llm` and | Crates |"), "| --- | --: |".to_owned()];
    for (choice, count) in CHOICES.iter().zip(counts) {
        lines.push(format!("| {} | {count} |", choice.title));
    }
    if let Some(times) = times {
        let ratios = times.iter().map(|time| time.as_secs_f64() / times[0].as_secs_f64());
        let heads = [" Time to compile |".to_owned(), " --: |".to_owned()];
        let cells = heads.into_iter().chain(ratios.map(|ratio| format!(" {ratio:.1} × |")));
        for (line, cell) in lines.iter_mut().zip(cells) {
            line.push_str(&cell);
        }
    }
    lines
}

/// Name and version of each crate that is compiled into a program or runs
/// while it compiles, our own included.
fn crates(choice: &Choice) -> Result<BTreeSet<String>> {
    let mut command = repository::cargo();
    command.args(["tree", "--package", FACE]);
    command.args(["--edges", "normal", "--prefix", "none", "--no-dedupe", "--target", SYSTEM]);
    let output = command.args(choice.arguments).output().context("failed to run `cargo tree`")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?} fails: {said}");
    let text = String::from_utf8(output.stdout).context("failed to read what cargo tree says")?;
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(text.lines().filter(|line| !line.is_empty()).map(name_and_version).collect())
}

/// How long each choice takes to compile from nothing.
fn measured() -> Result<Vec<Duration>> {
    // What is downloaded while it is measured would count as compiled.
    succeed(repository::cargo().arg("fetch"))?;
    let folder = Temporary(repository::metadata()?.target_directory.join("cost").into());
    let mut fastest = vec![Duration::MAX; CHOICES.len()];
    for _ in 0..BUILDS {
        for (choice, fastest) in CHOICES.iter().zip(&mut fastest) {
            *fastest = (*fastest).min(build(choice, &folder)?);
        }
    }
    Ok(fastest)
}

fn build(choice: &Choice, folder: &Temporary) -> Result<Duration> {
    folder.empty()?;
    let mut command = repository::cargo();
    command.args(["build", "--quiet", "--package", FACE]);
    command.args(choice.arguments).arg("--target-dir").arg(&folder.0);
    // A compiler that remembers what it compiled is not cold.
    command.env_remove("RUSTC_WRAPPER");
    let start = Instant::now();
    succeed(&mut command)?;
    let took = start.elapsed();
    say(format_args!("{:>6.1} s  {}", took.as_secs_f64(), choice.title));
    Ok(took)
}

/// A folder that is gone once nobody needs it.
struct Temporary(PathBuf);

impl Temporary {
    fn empty(&self) -> Result<()> {
        if self.0.exists() {
            fs::remove_dir_all(&self.0)
                .with_context(|| format!("failed to remove {}", self.0.display()))?;
        }
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Err(error) = self.empty() {
            say(format_args!("{error:#}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of the front page's table.
    fn stated() -> Vec<String> {
        let page = fs::read_to_string(repository::root().join("README.md")).unwrap();
        let head = &table(Vec::new(), None)[0];
        let lines = page.lines().skip_while(|line| !line.starts_with(head));
        lines.take_while(|line| line.starts_with('|')).map(str::to_owned).collect()
    }

    #[test]
    fn the_front_page_states_what_is_counted() {
        let counts = CHOICES.iter().map(|choice| crates(choice).unwrap().len()).collect();
        let without_time = |line: String| {
            let cells: Vec<&str> = line.split('|').take(3).collect();
            format!("{}|", cells.join("|"))
        };
        assert_eq!(
            stated().into_iter().map(without_time).collect::<Vec<_>>(),
            table(counts, None),
            "left, what README.md states; right, what `cargo xtask cost` counts"
        );
    }

    #[test]
    fn the_front_page_states_times_as_multiples_of_the_first() {
        let ratio = |line: &String| -> f64 {
            let cell = line.split('|').nth(3).unwrap().trim();
            cell.strip_suffix(" ×").unwrap().parse().unwrap()
        };
        let ratios: Vec<f64> = stated().iter().skip(2).map(ratio).collect();
        assert_eq!(ratios.len(), CHOICES.len());
        assert!((ratios[0] - 1.0).abs() < f64::EPSILON, "{ratios:?}");
        assert!(ratios[1..].iter().all(|ratio| *ratio > 1.0), "{ratios:?}");
    }

    /// Whoever adds one has to take one away.
    #[test]
    fn no_choice_costs_more_crates_than_it_is_worth() {
        for (choice, most) in CHOICES.iter().zip([10, 45, 45, 200]) {
            let mut all = crates(choice).unwrap();
            all.retain(|name| !name.starts_with(FACE));
            assert!(all.len() <= most, "{}: {} of {most}: {all:#?}", choice.title, all.len());
        }
    }

    #[test]
    fn without_a_backend_there_is_no_runtime_and_no_exporter() {
        let heavy = ["tokio", "opentelemetry", "metrics", "hyper", "tonic", "prost", "ureq"];
        let found = |choice: &Choice| -> BTreeSet<String> {
            let all = crates(choice).unwrap();
            let names = all.iter().map(|line| line.split(' ').next().unwrap_or_default());
            // `opentelemetry_sdk` is part of opentelemetry, `metrics-util` of metrics.
            let families = names.map(|name| name.split(['-', '_']).next().unwrap_or_default());
            families.filter(|family| heavy.contains(family)).map(str::to_owned).collect()
        };
        assert_eq!(found(&CHOICES[0]), BTreeSet::new());
        // What is looked for has these names where there is a backend.
        let all = found(&CHOICES[3]);
        for heavy in heavy {
            assert!(all.contains(heavy), "{heavy} is not in {all:?}");
        }
    }

    #[test]
    fn a_time_is_a_multiple_of_the_first() {
        let times = [10, 25, 20, 51].map(Duration::from_secs).to_vec();
        assert_eq!(
            table(vec![1, 2, 3, 4], Some(times)),
            [
                "| `botmeter` with `llm` and | Crates | Time to compile |",
                "| --- | --: | --: |",
                "| no route | 1 | 1.0 × |",
                "| `scrape` | 2 | 2.5 × |",
                "| `otlp` | 3 | 2.0 × |",
                "| all features | 4 | 5.1 × |",
            ]
        );
    }
}
