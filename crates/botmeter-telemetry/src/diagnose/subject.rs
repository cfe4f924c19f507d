//! What every layer may look at.

use crate::{recorded::Recorded, running::Running, settings::Settings};

/// What every layer may look at.
pub(super) struct Subject {
    pub(super) settings: Option<Settings>,
    pub(super) running: Vec<Running>,
    pub(super) recorded: Recorded,
    pub(super) is_shut_down: bool,
}
