//! What stands around panels.

use botmeter_board::{self as board, Limits};

use crate::Fleet;

/// What the panels of one dashboard have in common.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) dashboard: &'a board::Dashboard,
    pub(super) limits: &'a Limits,
    pub(super) fleet: &'a Fleet,
    pub(super) has_traces: bool,
}
