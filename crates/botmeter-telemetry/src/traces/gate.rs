//! Which spans the layer sees.

use std::sync::Arc;

use opentelemetry::Context as Scope;
use tracing::{Metadata, Subscriber, level_filters::LevelFilter, subscriber::Interest};
use tracing_subscriber::layer::{Context, Filter};

use super::late::Late;

/// Closed while no spans are exported, so that nobody pays for spans that
/// nobody gets.
pub(super) struct Gate {
    late: Arc<Late>,
    level: LevelFilter,
}

impl Gate {
    pub(super) fn new(late: Arc<Late>, level: LevelFilter) -> Self {
        Self { late, level }
    }

    /// Whether spans of this level go through while it is open.
    fn is_relevant(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.level
    }
}

impl<S: Subscriber> Filter<S> for Gate {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        // Where spans are exported, the SDK makes none, but for those without a
        // parent: there it does not see where it is.
        self.is_relevant(metadata)
            && self.late.is_open()
            && !Scope::is_current_telemetry_suppressed()
    }

    /// `tracing` remembers the answer, and a thread that asks while another one
    /// opens the gate may remember the old one. So it says for sure only what
    /// never changes again.
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.is_relevant(metadata) && !self.late.is_closed() {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(if self.late.is_closed() { LevelFilter::OFF } else { self.level })
    }
}
