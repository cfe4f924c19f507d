//! The numbers at which something stops being well.

use botmeter_board::Limit;

/// The share of a narrative's runs that has to succeed within an hour.
pub(super) const SUCCESS_LOW: Limit = Limit::new(
    0.9,
    "when more than one run in ten fails, whatever relies on the narrative has gaps",
);

/// How many runs an hour needs before a share of them says something.
pub(super) const ENOUGH_RUNS: Limit =
    Limit::new(10.0, "with fewer runs, a single failure would be more than one in ten");

/// The share of replies whose JSON may be of no use within an hour.
pub(super) const JSON_FAILURES_HIGH: Limit = Limit::new(
    0.1,
    "each of them is a call that was paid for in vain, and a retry that takes time",
);

/// How many replies an hour needs before a share of them says something.
pub(super) const ENOUGH_REPLIES: Limit =
    Limit::new(20.0, "with fewer replies, two unlucky ones would be more than one in ten");

/// From how many runs on a narrative is under way.
pub(super) const UNDER_WAY: Limit = Limit::new(1.0, "a run has started and not ended");

/// How many runs end where all of them are stuck.
pub(super) const NONE_ENDS: Limit = Limit::new(0.0, "a run that is not stuck ends within the hour");
