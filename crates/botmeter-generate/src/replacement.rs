//! A file that is replaced in one step.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// The new content of a file, on the disk beside it until it takes its place.
///
/// Writing straight into a file begins by emptying it: a disk that is full, or
/// somebody who ends the program, would leave half of a file. Several files
/// that belong together are all written first, and then take their places.
///
/// ```
/// use botmeter_generate::Replacement;
///
/// # let folder = tempfile::tempdir()?;
/// let page = folder.path().join("reference/mail.md");
/// let replacement = Replacement::write(&page, "# Mail\n")?;
/// assert!(!page.exists());
/// replacement.take_place()?;
/// assert_eq!(std::fs::read_to_string(&page)?, "# Mail\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a replacement that is dropped is removed"]
pub struct Replacement {
    beside: PathBuf,
    target: PathBuf,
}

impl Replacement {
    /// Writes the content beside the file, whose folder is made if it is missing.
    ///
    /// # Errors
    ///
    /// When the disk fails; the file is as it was then.
    pub fn write(target: &Path, content: impl AsRef<[u8]>) -> io::Result<Self> {
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
        }
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        // Neither the beginning nor the ending that those look for who watch
        // the folder or read it.
        let beside = target.with_file_name(format!(".{name}.partial-{}", std::process::id()));
        let replacement = Self { beside, target: target.to_owned() };
        fs::write(&replacement.beside, content)?;
        Ok(replacement)
    }

    /// Gives it the name of the file that it replaces.
    ///
    /// # Errors
    ///
    /// When the disk fails; the file is as it was then.
    pub fn take_place(self) -> io::Result<()> {
        fs::rename(&self.beside, &self.target)
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // One that took its place is gone from here already.
        drop(fs::remove_file(&self.beside));
    }
}
