//! What becomes of a setting that cannot be used.

use botmeter_core::{Error, problem};

/// What becomes of a setting that cannot be used: a variable of the
/// environment, or a route that cannot be set up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnBadSetting {
    /// The program does not start, and the error says what to change.
    #[default]
    Refuse,
    /// The program starts without the setting: its default is used, or its
    /// route left out, and a warning says what is wrong and which of the two.
    Warn,
}

impl OnBadSetting {
    /// What was found, or what stands in for it; `how` tells how it goes on
    /// then.
    pub(crate) fn or<T>(
        self,
        found: Result<T, Error>,
        instead: T,
        how: impl Fn() -> String,
    ) -> Result<T, Error> {
        match (self, found) {
            (Self::Warn, Err(error)) => {
                problem!(warn, "failed to {}; it goes on {}", error.chain(), how());
                Ok(instead)
            }
            (_, found) => found,
        }
    }

    /// A route that was set up, or none.
    pub(crate) fn or_without<T>(
        self,
        route: Route,
        found: Result<T, Error>,
        lost: &mut Vec<Route>,
    ) -> Result<Option<T>, Error> {
        let found = self.or(found.map(Some), None, || format!("without {}", route.doing()))?;
        if found.is_none() {
            lost.push(route);
        }
        Ok(found)
    }
}

/// A way for metrics or spans to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Push,
    Page,
    Live,
    Print,
    Spans,
}

impl Route {
    /// What the program does on it.
    pub(crate) fn doing(self) -> &'static str {
        match self {
            Self::Push => "pushing metrics",
            Self::Page => "serving metrics",
            Self::Live => "serving the live page",
            Self::Print => "printing metrics",
            Self::Spans => "exporting spans",
        }
    }
}
