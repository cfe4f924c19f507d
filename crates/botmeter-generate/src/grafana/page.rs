//! What stands around panels.

use botmeter_board::{self as board, Limits, Scope};

use crate::{Options, promql::Place};

/// What the panels of one dashboard have in common.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) dashboard: &'a board::Dashboard,
    pub(super) limits: &'a Limits,
    pub(super) options: &'a Options,
}

impl<'a> Page<'a> {
    /// Where the queries of its panels stand.
    pub(super) fn place(&self, scope: Scope) -> Place<'a> {
        self.options.place(&self.dashboard.uid, scope, &self.dashboard.variables)
    }

    /// Where the queries of marks stand.
    pub(super) fn place_of_marks(&self, scope: Scope) -> Place<'a> {
        self.options.place(&self.dashboard.uid, scope, &[])
    }

    /// Whether it shows jobs as a whole.
    pub(super) fn is_recorded(&self) -> bool {
        self.options.is_recorded(&self.dashboard.uid)
    }

    /// The labels beside the dashboard's own that can be chosen on it.
    pub(super) fn chosen(&self) -> impl Iterator<Item = &'a str> {
        let instance = (!self.is_recorded()).then_some("instance");
        let apart = self.options.fleet.labels.iter().map(String::as_str);
        apart.chain(["job"]).chain(instance)
    }
}
