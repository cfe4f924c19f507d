//! What stands around panels.

use botmeter_board::{self as board, Limits};

use crate::Options;

/// What the panels of one dashboard have in common.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) dashboard: &'a board::Dashboard,
    pub(super) limits: &'a Limits,
    pub(super) options: &'a Options,
}
