//! Limits of open labels that a program sets itself.

use std::{any::TypeId, collections::HashMap};

use super::{Label, MOST_VALUES, Values};
use crate::Error;

/// How many distinct texts open labels may have, other than as they were
/// declared.
///
/// ```
/// use botmeter_core::{Counter, Instrument, Memory, Meter, Unit, label::Limits, open_label};
///
/// open_label! {
///     /// The name of a tool.
///     pub struct Tool: "tool", limit 2;
/// }
///
/// static CALLS: Instrument<Counter, (Tool,)> =
///     Instrument::counter("tool.calls", Unit::of("{call}"), "Calls of a tool.");
///
/// let mut limits = Limits::default();
/// limits.set::<Tool>(3)?;
/// let memory = Memory::new();
/// let calls = CALLS.table(&Meter::within(&[std::sync::Arc::new(memory.clone())], limits));
/// for tool in ["search", "fetch", "shell", "edit"] {
///     calls.row((tool,)).add(1);
/// }
/// assert_eq!(memory.value("tool_calls_total", &[("tool", "shell")]), Some(1.0));
/// assert_eq!(memory.value("tool_calls_total", &[("tool", "other")]), Some(1.0));
/// # Ok::<(), botmeter_core::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Limits(HashMap<TypeId, usize>);

impl Limits {
    /// Admits so many texts for this label.
    ///
    /// An instrument has [`MAX_ROWS`](crate::MAX_ROWS) series all the same, and
    /// reference pages go on to name the limit that was declared.
    ///
    /// # Errors
    ///
    /// When the limit is not from 1 to 1000, or the label takes no text.
    pub fn set<L: Label>(&mut self, limit: usize) -> Result<(), Error> {
        let key = L::INFO.key();
        if let Values::Closed(_) = L::INFO.values() {
            return Err(Error::bad_setting(format!(
                "limit the label {key:?}: its values are those of its type, so it needs no limit"
            )));
        }
        if !(1..=MOST_VALUES).contains(&limit) {
            return Err(Error::bad_setting(format!(
                "limit the label {key:?} to {limit} values: give a number from 1 to {MOST_VALUES}"
            )));
        }
        self.0.insert(TypeId::of::<L>(), limit);
        Ok(())
    }

    pub(super) fn of<L: Label>(&self) -> Option<usize> {
        self.0.get(&TypeId::of::<L>()).copied()
    }
}
