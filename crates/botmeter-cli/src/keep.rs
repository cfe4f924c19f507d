//! A window in a file.

use std::{fs, io, path::Path};

use botmeter_generate::Replacement;
use botmeter_live::samples;
use botmeter_window::Kept;

use crate::failure::Failure;

/// What was kept in a file; nothing if there is none yet.
pub(crate) fn load(path: &Path, memory: u64) -> Result<Option<Kept>, Failure> {
    let shown = path.display();
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::because(format_args!("read {shown}"), &error)),
    };
    let kept = Kept::read(&bytes, samples(memory));
    kept.map(Some).map_err(|error| Failure::because(format_args!("use {shown}"), &error))
}

/// Writes what is kept in place of what was there, in one step.
pub(crate) fn save(path: &Path, kept: &Kept) -> Result<(), Failure> {
    let written = Replacement::write(path, kept.to_bytes()).and_then(Replacement::take_place);
    written.map_err(|error| Failure::because(format_args!("keep {}", path.display()), &error))
}
