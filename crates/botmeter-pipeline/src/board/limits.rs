//! The numbers at which something stops being well.

use botmeter_board::Limit;

/// The share of passes through a stage that may fail within an hour.
pub(super) const STAGE_FAILURES_HIGH: Limit = Limit::new(
    0.2,
    "a stage tries again what failed; one pass in five is more than that makes up for",
);

/// How many passes an hour needs before a share of them says something.
pub(super) const ENOUGH_PASSES: Limit =
    Limit::new(5.0, "with fewer passes, a single failure would be more than one in five");

/// How many pieces may wait for a stage an hour from now.
pub(super) const BACKLOG_FULL: Limit =
    Limit::new(200.0, "more than are curated or published in a day, so what waits goes stale");

/// How long a pipeline may go without publishing.
pub(super) const PUBLICATION_OVERDUE: Limit = Limit::new(
    93_600.0,
    "26 hours: a pipeline that publishes once a day has missed a day, with two hours of leeway",
);

/// From how many pieces on there is something to be published.
pub(super) const SOMETHING_CHOSEN: Limit = Limit::new(1.0, "a piece was chosen to be published");

/// How many pieces are published where publication is blocked.
pub(super) const NOTHING_PUBLISHED: Limit =
    Limit::new(0.0, "what was chosen goes out within hours, unless something holds it back");

/// The share of curated pieces that has to be good enough.
pub(super) const ACCEPTANCE_LOW: Limit =
    Limit::new(0.2, "four pieces in five are paid for and thrown away");

/// How many pieces have to be judged before a share of them says something.
pub(super) const ENOUGH_JUDGED: Limit =
    Limit::new(20.0, "with fewer pieces, a short run of bad ones would decide");
