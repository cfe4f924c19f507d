//! The configuration files of `compose/` in a folder of a test, laid out as the
//! containers would see them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A folder that holds the stack's files.
#[derive(Debug)]
pub struct StackFolder(PathBuf);

impl StackFolder {
    /// In this folder, which exists.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Where the files come from.
    pub fn source() -> PathBuf {
        xtask::repository::root().join("compose")
    }

    /// Prometheus' part, with these lists in its folders of discovery; the path
    /// of the configuration.
    ///
    /// # Errors
    ///
    /// If something cannot be copied or written.
    pub fn prometheus(
        &self,
        targets: &Value,
        collectors: &Value,
        alertmanagers: &Value,
    ) -> Result<PathBuf> {
        let folder = self.0.join("prometheus");
        let discovery =
            [("targets", targets), ("collectors", collectors), ("alertmanagers", alertmanagers)];
        for (name, list) in discovery {
            write(&folder.join(name).join("test.json"), &list.to_string())?;
        }
        let rules = xtask::dashboards::folder().join("prometheus");
        for entry in fs::read_dir(&rules).context("failed to list the rules")? {
            let path = entry?.path();
            if path.is_file() {
                copy(&path, &folder.join("rules"))?;
            }
        }
        copy(&Self::source().join("prometheus/prometheus.yml"), &folder)
    }

    /// Alertmanager's part with these secrets, a name and a content each; the
    /// path of the configuration.
    ///
    /// # Errors
    ///
    /// If something cannot be copied or written.
    pub fn alertmanager(&self, secrets: &[(&str, &str)]) -> Result<PathBuf> {
        let folder = self.0.join("alertmanager");
        for (name, content) in secrets {
            write(&folder.join("secrets").join(name), content)?;
        }
        copy(&Self::source().join("alertmanager/alertmanager.yml"), &folder)
    }
}

/// The blocks of YAML in the guide to scaling whose first line is a comment
/// with this one name.
///
/// # Errors
///
/// If the guide cannot be read or has no such block.
pub fn blocks_of_the_guide(name: &str) -> Result<Vec<String>> {
    let path = xtask::repository::root().join("docs/scaling.md");
    let text =
        fs::read_to_string(&path).with_context(|| format!("failed to read {}", path.display()))?;
    let opening = format!("```yaml\n# {name}\n");
    let blocks = text.split(opening.as_str()).skip(1);
    let blocks: Vec<String> =
        blocks.filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())).collect();
    ensure!(!blocks.is_empty(), "the guide has no block {name:?}");
    Ok(blocks)
}

fn write(path: &Path, content: &str) -> Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, content).with_context(|| format!("failed to write {}", path.display()))
}

/// Into the folder, under the same name.
fn copy(from: &Path, folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let to = folder.join(from.file_name().context("a path has no name")?);
    fs::copy(from, &to).with_context(|| format!("failed to copy {}", from.display()))?;
    Ok(to)
}
