//! Where something stops being well, and why there.

use botmeter_board::Limit;

/// Merges that hold the lock of one orchestrator.
pub(super) const MERGES_AT_ONCE: Limit = Limit::new(
    2.0,
    "the merge lock lets one merge in at a time; two that hold it at once may undo each other's \
     work",
);

/// Merges that end in a conflict.
pub(super) const CONFLICT_SHARE: Limit = Limit::new(
    0.5,
    "a conflict now and then is the price of working side by side; when every second merge has \
     one, workers change the same files, and much of their work is lost",
);

/// Merges before one speaks of a share.
pub(super) const ENOUGH_MERGES: Limit =
    Limit::new(5.0, "with fewer merges in half an hour, one conflict more or less would decide");

/// Tasks of one worker profile that come to nothing.
pub(super) const FAILED_SHARE: Limit = Limit::new(
    0.2,
    "retries make up for single failures before they count here; when every fifth task is lost \
     all the same, something is wrong with the worker or with what it is given",
);

/// Tasks before one speaks of a share.
pub(super) const ENOUGH_TASKS: Limit =
    Limit::new(10.0, "with fewer tasks in an hour, one failure more or less would decide");

/// Retries of tasks that were retried four times before.
pub(super) const LATE_RETRIES: Limit = Limit::new(
    3.0,
    "one unlucky task may need a fifth retry; more than three of them in a quarter of an hour are \
     tasks that go round in circles, and every round costs money",
);

/// Tasks that are done, of all that workers ended.
pub(super) const SUCCESS_RATE: Limit = Limit::new(
    1.0 - FAILED_SHARE.value,
    "the rest is the share of failures at which an alert fires",
);

/// Tasks that a human holds up.
pub(super) const HELD_UP: Limit =
    Limit::new(1.0, "each of them stands still until somebody has answered");
