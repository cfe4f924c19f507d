//! Where something stops being well, and why there.

use botmeter_board::Limit;

/// The age of the last sign of life.
pub(super) const HEARTBEAT_AGE: Limit = Limit::new(
    300.0,
    "a sign of life comes every few seconds and is exported every 15 seconds; five minutes \
     outlast a restart and a slow scrape",
);

/// Processes that are gone.
pub(super) const ANY_VANISHED: Limit =
    Limit::new(0.0, "a program that reported within a day and does not any more is one too many");

/// Exports that fail.
pub(super) const FAILED_EXPORTS: Limit = Limit::new(
    0.5,
    "values are cumulative, so a lost export is mended by the next; when half are lost, lines \
     tear and alerts come late",
);

/// Exports before one speaks of a share.
pub(super) const ENOUGH_EXPORTS: Limit =
    Limit::new(5.0, "with fewer exports in ten minutes, one failure decides");

/// Measurements that were not recorded.
pub(super) const ANY_DROPPED: Limit = Limit::new(
    0.0,
    "a dropped measurement is a mistake in the program, not a matter of load, so one is enough",
);

/// Events without their own label values.
pub(super) const ANY_OVERFLOW: Limit = Limit::new(
    0.0,
    "limits are far above what is expected, so the first event past one means that a label holds \
     what it should not",
);

/// Starts for each process that runs.
pub(super) const STARTS: Limit = Limit::new(
    2.0,
    "a deployment starts each process once, and one that fails and is rolled back twice; more \
     within 15 minutes is a loop",
);

/// What tiles count of which there should be none.
pub(super) const ANY_LOSS: Limit = Limit::new(
    0.5,
    "one is one too many, and growth over a time is estimated, so that one may show as a little \
     less",
);
