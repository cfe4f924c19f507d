//! The folder in which the stack without containers runs.
//!
//! ```text
//! lock, state.json   who runs it, and what
//! prometheus/        configuration, rules and targets, as in a container
//! grafana/           provisioning, if there is a Grafana
//! data/<server>/     what `down` keeps
//! logs/<server>.log
//! ```

use std::{
    fs::{self, File, TryLockError},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// How the names of data begin that have not come whole.
const INCOMING: &str = "data.incoming-";

/// The name of data that are on their way out.
const REMOVED: &str = "data.removed";

/// How long a look at the lock may take at most.
const MOMENT: Duration = Duration::from_millis(500);

/// A folder, which need not be there yet.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

/// The right to run servers in a folder or to change its data; the system takes
/// it back when this process ends in whatever way.
#[derive(Debug)]
pub(crate) struct Taken {
    _lock: File,
}

impl Folder {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(super) fn prometheus(&self) -> PathBuf {
        self.root.join("prometheus")
    }

    pub(super) fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    pub(super) fn log(&self, server: &str) -> PathBuf {
        self.root.join("logs").join(format!("{server}.log"))
    }

    /// Whether somebody has it.
    pub(super) fn is_taken(&self) -> Result<bool> {
        if !self.file("lock").exists() {
            return Ok(false);
        }
        Ok(lock(&self.file("lock"))?.is_none())
    }

    /// Takes it, and brings order into what an interrupted restore has left.
    ///
    /// # Errors
    ///
    /// When somebody else has it, or it cannot be written.
    pub(super) fn take(&self) -> Result<Taken> {
        fs::create_dir_all(&self.root)
            .with_context(|| format!("failed to create {}", self.root.display()))?;
        let start = Instant::now();
        let lock = loop {
            match lock(&self.file("lock"))? {
                Some(lock) => break lock,
                // Whoever only looks has it for a moment as well.
                None if start.elapsed() < MOMENT => thread::sleep(MOMENT / 10),
                None => bail!(self.in_use()),
            }
        };
        self.recover()?;
        Ok(Taken { _lock: lock })
    }

    /// What is said to whoever would have another stack beside the one that runs.
    pub(super) fn in_use(&self) -> String {
        format!(
            "the stack already runs in {}: `botmeter stack status` shows it, `botmeter stack down` \
             ends it",
            self.root.display()
        )
    }

    /// The folders of servers that have data, by name.
    pub(super) fn kept(&self) -> Result<Vec<(String, PathBuf)>> {
        let mut kept = Vec::new();
        for path in entries(&self.data())? {
            if path.is_dir()
                && !entries(&path)?.is_empty()
                && let Some(name) = path.file_name().and_then(|name| name.to_str())
            {
                kept.push((name.to_owned(), path.clone()));
            }
        }
        kept.sort();
        Ok(kept)
    }

    /// How many bytes the data have.
    pub(super) fn size(&self) -> Result<u64> {
        let mut size = 0;
        let mut open = vec![self.data()];
        while let Some(folder) = open.pop() {
            for path in entries(&folder)? {
                let data = fs::symlink_metadata(&path);
                match data {
                    Ok(data) if data.is_dir() => open.push(path),
                    Ok(data) => size += data.len(),
                    // Gone while it was looked at, as files of servers are.
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    Err(error) => {
                        return Err(error)
                            .with_context(|| format!("failed to look at {}", path.display()));
                    }
                }
            }
        }
        Ok(size)
    }

    /// A name for data that are to come, in the same file system.
    pub(super) fn incoming(&self) -> PathBuf {
        self.root.join(format!("{INCOMING}{}", std::process::id()))
    }

    fn outgoing(&self) -> PathBuf {
        self.root.join("data.outgoing")
    }

    /// Puts what has come in the place of what is there; servers of which
    /// nothing has come keep what they have. A crash at any point leaves
    /// something that [`recover`](Self::recover) completes or takes back.
    pub(super) fn swap_data(&self, _: &Taken) -> Result<()> {
        self.swap().with_context(|| {
            format!("failed to put the restored data into {}", self.data().display())
        })
    }

    fn swap(&self) -> io::Result<()> {
        if self.data().exists() {
            fs::rename(self.data(), self.outgoing())?;
        }
        fs::rename(self.incoming(), self.data())?;
        self.settle()
    }

    /// Takes over what the new data do not have, and removes the old ones.
    fn settle(&self) -> io::Result<()> {
        if !self.outgoing().exists() {
            return Ok(());
        }
        for entry in fs::read_dir(self.outgoing())? {
            let entry = entry?;
            let place = self.data().join(entry.file_name());
            if !place.exists() {
                fs::rename(entry.path(), place)?;
            }
        }
        fs::remove_dir_all(self.outgoing())
    }

    /// After a process that ended in the middle: old data come back unless the
    /// new ones are in place, and half of something goes.
    fn recover(&self) -> Result<()> {
        let recover = || -> io::Result<()> {
            if self.outgoing().exists() {
                if self.data().exists() {
                    self.settle()?;
                } else {
                    fs::rename(self.outgoing(), self.data())?;
                }
            }
            for entry in fs::read_dir(&self.root)? {
                let entry = entry?;
                let name = entry.file_name();
                let name = name.to_string_lossy();
                if name.starts_with(INCOMING) || name == REMOVED {
                    fs::remove_dir_all(entry.path())?;
                }
            }
            Ok(())
        };
        recover().with_context(|| format!("failed to bring order into {}", self.root.display()))
    }

    /// Removes the data; from the first moment on, none of them are in use.
    pub(super) fn remove_data(&self) -> Result<()> {
        let removed = self.file(REMOVED);
        if !self.data().exists() {
            return Ok(());
        }
        fs::rename(self.data(), &removed)
            .and_then(|()| fs::remove_dir_all(&removed))
            .with_context(|| format!("failed to remove {}", self.data().display()))
    }
}

fn lock(path: &Path) -> Result<Option<File>> {
    let failed = || format!("failed to lock {}", path.display());
    let file = File::create(path).with_context(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error).with_context(failed),
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = || format!("failed to read {}", folder.display());
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(failed),
    };
    entries.map(|entry| Ok(entry.with_context(failed)?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(root: &Path, files: &[(&str, &str)]) -> Folder {
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Folder::new(root)
    }

    fn text(root: &Path, path: &str) -> Option<String> {
        fs::read_to_string(root.join(path)).ok()
    }

    #[test]
    fn one_at_a_time_has_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::new(root.path());
        assert!(!folder.is_taken().unwrap());
        let taken = folder.take().unwrap();
        assert!(folder.is_taken().unwrap());
        let error = folder.take().unwrap_err().to_string();
        assert!(error.starts_with("the stack already runs in "), "{error}");
        drop(taken);
        assert!(!folder.is_taken().unwrap());
    }

    #[test]
    fn restored_data_replace_what_they_have_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let folder = with(root.path(), &[("data/prometheus/a", "old"), ("data/grafana/a", "kept")]);
        fs::create_dir_all(folder.incoming().join("prometheus")).unwrap();
        fs::write(folder.incoming().join("prometheus/b"), "new").unwrap();
        let taken = Taken { _lock: File::create(root.path().join("lock")).unwrap() };
        folder.swap_data(&taken).unwrap();
        assert_eq!(text(root.path(), "data/prometheus/b").as_deref(), Some("new"));
        assert_eq!(text(root.path(), "data/prometheus/a"), None);
        assert_eq!(text(root.path(), "data/grafana/a").as_deref(), Some("kept"));
        assert!(!folder.outgoing().exists() && !folder.incoming().exists());
        assert_eq!(folder.size().unwrap(), 7);
        let names: Vec<String> = folder.kept().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["grafana", "prometheus"]);
    }

    #[test]
    fn a_restore_that_was_cut_off_is_taken_back_or_completed() {
        // Before the new data got their name.
        let root = tempfile::tempdir().unwrap();
        let files =
            [("data.outgoing/prometheus/a", "old"), ("data.incoming-1/prometheus/a", "new")];
        let folder = with(root.path(), &files);
        drop(folder.take().unwrap());
        assert_eq!(text(root.path(), "data/prometheus/a").as_deref(), Some("old"));
        assert!(!folder.outgoing().exists() && !root.path().join("data.incoming-1").exists());

        // After it, and before the others were taken over.
        let root = tempfile::tempdir().unwrap();
        let files = [
            ("data.outgoing/prometheus/a", "old"),
            ("data.outgoing/grafana/a", "kept"),
            ("data/prometheus/a", "new"),
        ];
        let folder = with(root.path(), &files);
        drop(folder.take().unwrap());
        assert_eq!(text(root.path(), "data/prometheus/a").as_deref(), Some("new"));
        assert_eq!(text(root.path(), "data/grafana/a").as_deref(), Some("kept"));
        assert!(!folder.outgoing().exists());
    }
}
