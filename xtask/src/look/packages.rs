//! Grafana's components and what draws with them, in a folder that is not
//! committed.

use std::{fs, io, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::terminal::succeed;

/// What draws, in the sources of this task.
const SOURCES: &str = "xtask/look";

/// Which versions are installed.
const LOCK: &str = "package-lock.json";

/// A copy of it, from when all of them were there.
const INSTALLED: &str = "installed.json";

/// Installs the packages where they are not those of the lock, and puts all
/// together into two files, `bundle.js` and `bundle.css`.
pub(super) fn bundle(root: &Path, folder: &Path) -> Result<()> {
    is_there(&mut command(folder))?;
    copy(&root.join(SOURCES), folder)
        .with_context(|| format!("failed to copy {SOURCES} into {}", folder.display()))?;
    let lock = fs::read(folder.join(LOCK)).context("failed to read the versions to install")?;
    let installed = folder.join(INSTALLED);
    if fs::read(&installed).ok().as_ref() != Some(&lock) {
        // None of them needs to run anything to be installed.
        let flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        succeed(command(folder).arg("ci").args(flags))?;
        fs::write(&installed, lock)
            .with_context(|| format!("failed to write {}", installed.display()))?;
    }
    succeed(command(folder).args(["run", "--silent", "bundle"]))
}

/// Whether there is such a program at all.
fn is_there(npm: &mut Command) -> Result<()> {
    match npm.arg("--version").output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => bail!("{npm:?} fails: {}", String::from_utf8_lossy(&output.stderr)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error).context(
            "failed to find npm: install Node.js 20 or newer with it (in Debian `apt-get install \
             npm`)",
        ),
        Err(error) => Err(error).context("failed to run npm"),
    }
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder);
    command
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lacks_npm_is_told_what_to_install() {
        let error = is_there(&mut Command::new("no-such-npm")).unwrap_err();
        assert!(error.to_string().contains("install Node.js 20"), "{error:#}");
    }

    #[test]
    fn every_package_comes_from_the_public_registry_and_is_pinned() {
        let root = crate::repository::root().join(SOURCES);
        let lock = fs::read_to_string(root.join(LOCK)).unwrap();
        // Without an address it comes from there as well, and always with its
        // digest.
        for line in lock.lines().map(str::trim).filter(|line| line.starts_with("\"resolved\"")) {
            assert!(line.contains("\"https://registry.npmjs.org/"), "{line}");
        }
        let count = |part: &str| lock.matches(part).count();
        assert!(count("\"integrity\": ") > 100);
        assert_eq!(count("\"integrity\": "), count("    \"node_modules/"));
        let wanted = fs::read_to_string(root.join("package.json")).unwrap();
        let wanted: serde_json::Value = serde_json::from_str(&wanted).unwrap();
        for (name, version) in wanted["dependencies"].as_object().unwrap() {
            let version = version.as_str().unwrap();
            assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{name} is {version}");
        }
    }
}
