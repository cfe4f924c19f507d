//! What there may be: the names of a catalogue, its rules and dashboards.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use botmeter_generate::{Catalogue, Options, generate};
use serde::Deserialize;

use super::names::Expected;

/// The command that stands in what is generated here, which nobody gets to see.
const COMMAND: &str = "botmeter doctor";

/// The names of the file beside its dashboards.
const INDEX: &str = "catalogue.json";
const DASHBOARDS: &str = "grafana";

/// The format of the file that is understood.
const FORMAT: u32 = 1;

/// What the doctor looks for.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) expected: Vec<Expected>,
    /// The domain and the name of each group of rules.
    pub(super) groups: Vec<(String, String)>,
    pub(super) dashboards: Vec<Dashboard>,
}

/// A dashboard as Grafana reads it.
#[derive(Debug)]
pub(super) struct Dashboard {
    pub(super) file: PathBuf,
    pub(super) text: String,
}

/// What is read of the file that generators write.
#[derive(Deserialize)]
struct Index {
    format: u32,
    instruments: Vec<Expected>,
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    domain: String,
    name: String,
}

impl Known {
    /// What is generated from this catalogue.
    pub(super) fn of(catalogue: &Catalogue) -> Result<Self> {
        let files =
            generate(catalogue, &Options::new(COMMAND)).context("the boards have problems")?;
        let text = |path: &str| files.text(path).unwrap_or_default().to_owned();
        let paths = files.paths().filter(|path| path.starts_with(DASHBOARDS));
        let dashboards =
            paths.map(|path| Dashboard { file: path.into(), text: text(path) }).collect();
        Self::new(&text(INDEX), dashboards)
    }

    /// What was generated from a catalogue of others: this file, and the
    /// dashboards in the folder beside it.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let failed = || format!("failed to read the catalogue {}", file.display());
        let text = fs::read_to_string(file).with_context(failed)?;
        let folder = file.with_file_name(DASHBOARDS);
        let dashboards = if folder.is_dir() { dashboards(&folder)? } else { Vec::new() };
        Self::new(&text, dashboards).with_context(failed)
    }

    fn new(index: &str, dashboards: Vec<Dashboard>) -> Result<Self> {
        let Index { format, instruments, groups } = serde_json::from_str(index)
            .context("it is not what `cargo xtask dashboards` writes as catalogue.json")?;
        ensure!(
            format == FORMAT,
            "its format is {format}, and this program reads {FORMAT}: install the program of the \
             version that wrote it, or generate it anew"
        );
        let groups = groups.into_iter().map(|group| (group.domain, group.name)).collect();
        Ok(Self { expected: instruments, groups, dashboards })
    }
}

/// The dashboards in a folder.
///
/// # Errors
///
/// When there is none.
pub(super) fn dashboards(folder: &Path) -> Result<Vec<Dashboard>> {
    let failed = || format!("failed to list the dashboards in {}", folder.display());
    let entries = fs::read_dir(folder).with_context(failed)?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>();
    let mut paths = paths.with_context(failed)?;
    paths.retain(|path| path.extension() == Some(OsStr::new("json")));
    paths.sort();
    ensure!(!paths.is_empty(), "there are no dashboards (*.json) in {}", folder.display());
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file);
        let text = text.with_context(|| format!("failed to read {}", file.display()))?;
        Ok(Dashboard { file, text })
    };
    paths.into_iter().map(read).collect()
}

#[cfg(test)]
impl Known {
    /// As it is committed, which takes less than to generate it.
    pub(super) fn committed() -> Self {
        Self::read(&committed()).unwrap()
    }
}

#[cfg(test)]
pub(super) fn committed() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../dashboards/catalogue.json").into()
}

#[cfg(test)]
mod tests {
    use botmeter_catalogue::catalogue;

    use super::*;

    #[test]
    fn what_is_generated_is_known_from_the_catalogue_and_from_its_files_alike() {
        let files = generate(&catalogue(), &Options::new(COMMAND)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        for path in files.paths() {
            let to = folder.path().join(path);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, files.text(path).unwrap()).unwrap();
        }
        let (own, read) = (Known::of(&catalogue()).unwrap(), folder.path().join(INDEX));
        let read = Known::read(&read).unwrap();
        assert_eq!(own.expected, read.expected);
        assert_eq!(own.groups, read.groups);
        assert!(own.groups.contains(&("llm".to_owned(), "llm-alerts".to_owned())));
        let texts = |known: &Known| known.dashboards.iter().map(|it| it.text.clone()).collect();
        let (own, read): (Vec<String>, Vec<String>) = (texts(&own), texts(&read));
        assert!(own == read && own.len() > 5, "{} and {}", own.len(), read.len());
    }

    #[test]
    fn a_file_that_is_none_is_refused_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |text: &str| {
            let file = folder.path().join("c.json");
            fs::write(&file, text).unwrap();
            format!("{:#}", Known::read(&file).unwrap_err())
        };
        assert!(refused("{}").contains("it is not what `cargo xtask dashboards` writes"));
        let other = refused(r#"{"format": 2, "instruments": [], "groups": []}"#);
        assert!(other.contains("its format is 2, and this program reads 1"), "{other}");
        let absent = format!("{:#}", Known::read(Path::new("/nowhere/c.json")).unwrap_err());
        assert!(absent.starts_with("failed to read the catalogue /nowhere/c.json"), "{absent}");
    }

    #[test]
    fn a_folder_without_dashboards_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let error = format!("{:#}", dashboards(folder.path()).unwrap_err());
        assert!(error.starts_with("there are no dashboards (*.json) in "), "{error}");
    }
}
