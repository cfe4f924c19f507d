//! What can be wrong with what is generated, and the one error of this crate.

use std::{error, fmt, io, path::Path};

/// Something that is wrong with what would be generated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where: a dashboard and its panel, a rule, a file.
    pub place: String,
    /// What is wrong, and what to do.
    pub what: String,
}

impl Problem {
    pub(crate) fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Why nothing was generated, written or found in order.
///
/// The text is a fragment that fits after "failed to".
pub struct Error {
    what: String,
    problems: Vec<Problem>,
    source: Option<Box<dyn error::Error + Send + Sync>>,
}

impl Error {
    /// What is wrong, one by one; empty if it is not about what is generated.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(crate) fn because(
        what: impl Into<String>,
        source: impl Into<Box<dyn error::Error + Send + Sync>>,
    ) -> Self {
        Self { what: what.into(), problems: Vec::new(), source: Some(source.into()) }
    }

    pub(crate) fn of(what: impl Into<String>, problems: Vec<Problem>) -> Self {
        Self { what: what.into(), problems, source: None }
    }

    pub(crate) fn io(what: &str, path: &Path, source: io::Error) -> Self {
        Self::because(format!("{what} \"{}\"", path.display()), source)
    }
}

/// With the problems, one a line.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

/// Shows the whole chain, because `main` prints an error with `Debug`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut next = error::Error::source(self);
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        Ok(())
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.source {
            Some(source) => Some(source.as_ref()),
            None => None,
        }
    }
}
