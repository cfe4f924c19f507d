//! Where something stops being well, and why there.

use botmeter_board::Limit;

/// The age of the last sign of life.
pub(super) const HEARTBEAT_AGE: Limit = Limit::new(
    300.0,
    "a sign of life comes every few seconds and is exported every 15 seconds; five minutes allow \
     for a restart and a slow scrape",
);

/// Processes that are gone.
pub(super) const ANY_VANISHED: Limit = Limit::new(
    0.0,
    "one program that reported within the last day and no longer does is one too many",
);

/// Exports that fail.
pub(super) const FAILED_EXPORTS: Limit = Limit::new(
    0.5,
    "values are cumulative, so the next export makes up for a lost one; when half are lost, lines \
     have gaps and alerts come late",
);

/// Exports before one speaks of a share.
pub(super) const ENOUGH_EXPORTS: Limit =
    Limit::new(5.0, "with fewer exports in ten minutes, one failure would decide");

/// Measurements that were not recorded.
pub(super) const ANY_DROPPED: Limit = Limit::new(
    0.0,
    "a dropped measurement is a mistake in the program and has nothing to do with load, so one is \
     enough",
);

/// Events without their own label values.
pub(super) const ANY_OVERFLOW: Limit = Limit::new(
    0.0,
    "limits are far above what is expected, so the first event past one means that a label \
     contains what it should not",
);

/// Starts for each process that runs.
pub(super) const STARTS: Limit = Limit::new(
    2.0,
    "a deployment starts each process once, or twice if it fails and is rolled back; more within \
     15 minutes is a loop",
);

/// What tiles count of which there should be none.
pub(super) const ANY_LOSS: Limit = Limit::new(
    0.5,
    "one is one too many, and because growth is estimated, one may show as a little less than one",
);
