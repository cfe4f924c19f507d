//! The panels of the telemetry's own dashboard.

use std::time::Duration;

use botmeter_board::{
    Limit, Panel, Query, Row, Show, age, changes, heat, increase, last, oldest, quantile, rate,
    ratio, recent, share, share_of, top,
};
use botmeter_core::DropReason;
use botmeter_export::{BackendKind, ExportStatus};

use super::TelemetryThresholds;
use crate::self_observation::{
    BUILD, DROPPED, EXPORT_DURATION, EXPORTS, HEARTBEAT, InstrumentName, LAST_EXPORT, OVERFLOW,
    SERIES, START_TIME, Version,
};

pub(super) const HEARTBEAT_AGE: &str = "Time since the last sign of life";
pub(super) const FAILED_SHARE: &str = "Share of failed exports";
pub(super) const DROPPED_BY_REASON: &str = "Dropped measurements by reason";
pub(super) const OVERFLOW_BY_INSTRUMENT: &str = "Events past a limit, by instrument";
pub(super) const INSTANCES: &str = "Instances";
pub(super) const STARTS: &str = "Starts per running instance";

/// The time in which starts are counted.
pub(super) const LOOP: Duration = Duration::from_mins(15);

/// What tiles count of which there should be none.
const ANY_LOSS: Limit = Limit::new(
    0.5,
    "one is one too many, and because growth is estimated, one may show as a little less than one",
);

pub(super) fn rows(of: &TelemetryThresholds) -> Vec<Row> {
    vec![overview(of), exports(of), series(), processes(of)]
}

/// How many times each running process was started lately, on average. A
/// process under a new instance is a new series, one under its old instance is
/// a changed value.
pub(super) fn starts() -> Query<()> {
    let running = || last(&BUILD).all();
    // Mostly, none is new.
    let new = share(recent(&START_TIME, LOOP).all(), running());
    new + ratio(changes(&START_TIME).over(LOOP).all(), running())
}

fn overview(of: &TelemetryThresholds) -> Row {
    Row::open(
        "Overview",
        [
            Panel::stat(
                "Instances now",
                "Processes that report now. If there are fewer than you run, some do not get \
                 through: compare with \"Instances\" below.",
                Show::Count,
            )
            .draw(last(&BUILD).all()),
            Panel::stat(
                "Oldest sign of life",
                "The longest time since a process that still has series showed a sign of life. \
                 Below a minute is fine; if the color warns, a process hangs, or its pushes have \
                 stopped.",
                Show::Seconds,
            )
            .draw(oldest(&HEARTBEAT).all())
            .limit(&of.heartbeat_age)
            .without_data("no process reports"),
            Panel::stat(
                "Failed exports",
                "Share of the exports in the time shown that did not arrive. Zero is fine; for \
                 anything else, the program's log has the reason.",
                Show::Ratio,
            )
            .draw(share_of(&EXPORTS).that(ExportStatus::Error).shown().all())
            .limit(&of.failed_exports)
            .without_data("no exports"),
            Panel::stat(
                "Dropped measurements",
                "Measurements in the time shown that could not be recorded. Zero is fine; \
                 otherwise, the reasons below tell which mistake to look for.",
                Show::Count,
            )
            .draw(increase(&DROPPED).all())
            .advised_above(&ANY_LOSS),
            Panel::stat(
                "Events past a limit",
                "Events in the time shown whose labels became `other` or were cut. Zero is fine; \
                 otherwise, an instrument listed below has a label with too many or too long \
                 values.",
                Show::Count,
            )
            .draw(increase(&OVERFLOW).all())
            .advised_above(&ANY_LOSS),
            Panel::stat(
                "Series",
                "Label sets of all instruments and processes. Prometheus can take a million; what \
                 matters is that the number does not keep growing.",
                Show::Count,
            )
            .draw(last(&SERIES).all()),
            Panel::time_series(
                "Exports",
                "Exports per minute, by backend and by how they ended: pushes, answered scrapes \
                 and prints. Four a minute for each process are usual; there should be no errors.",
                Show::PerMinute,
            )
            .draw(rate(&EXPORTS).by::<(BackendKind, ExportStatus)>().per_minute()),
            Panel::time_series(
                HEARTBEAT_AGE,
                "Seconds since each job's last sign of life, even if it has no series any more. A \
                 sawtooth below a minute is fine; a line that climbs is a bot that died or hangs.",
                Show::Seconds,
            )
            .draw(age(&HEARTBEAT).over(Duration::from_hours(1)).all())
            .per_job()
            .limit(&of.heartbeat_age),
        ],
    )
}

fn exports(of: &TelemetryThresholds) -> Row {
    Row::open(
        "Exports",
        [
            Panel::time_series(
                FAILED_SHARE,
                "Share of each backend's exports that did not arrive. Zero is fine. A route that \
                 is completely broken cannot report this itself: then the signs of life stop.",
                Show::Ratio,
            )
            .draw(share_of(&EXPORTS).that(ExportStatus::Error).by::<(BackendKind,)>())
            .limit(&of.failed_exports)
            .size(8, 8)
            .without_data("no exports"),
            Panel::time_series(
                "Export duration (p95)",
                "The time within which 95 of 100 exports end. Milliseconds are fine; seconds mean \
                 a slow network or receiver, or far too many series.",
                Show::Seconds,
            )
            .draw(quantile(0.95, &EXPORT_DURATION).by::<(BackendKind,)>())
            .size(8, 8)
            .without_data("no exports"),
            Panel::heatmap(
                "Distribution of export durations",
                "How many exports took how long. A band at the timeout is a receiver that does \
                 not answer; see the program's log for its address.",
                Show::Seconds,
            )
            .draw(heat(&EXPORT_DURATION))
            .size(8, 8)
            .without_data("no exports"),
            Panel::state_timeline(
                "Time since the last export",
                "Seconds since the last export that arrived, for each process and backend. Green \
                 is fine; red has been silent for five minutes.",
                Show::Seconds,
            )
            .draw(age(&LAST_EXPORT).by::<(BackendKind,)>())
            .per_instance()
            .limit(&of.heartbeat_age)
            .without_data("no process reports"),
        ],
    )
}

fn series() -> Row {
    Row::open(
        "Series and losses",
        [
            Panel::bar_gauge(
                "Instruments with most series",
                "The ten instruments with the most label sets. Each set costs memory in the bot \
                 and in Prometheus; an instrument far ahead of the others has one label too many.",
                Show::Count,
            )
            .draw(top(10, last(&SERIES).by::<(InstrumentName,)>()))
            .size(12, 10)
            .without_data("no process reports"),
            Panel::time_series(
                "Series by job",
                "Label sets of all instruments. It grows after a start and then levels off; a \
                 line that keeps growing is a label that always gets new values.",
                Show::Count,
            )
            .draw(last(&SERIES).all())
            .per_job()
            .size(12, 10),
            Panel::time_series(
                OVERFLOW_BY_INSTRUMENT,
                "Events per minute whose labels became `other`, because the label had reached its \
                 limit, or were cut. Zero is fine; otherwise, see what the program puts into the \
                 label.",
                Show::PerMinute,
            )
            .draw(rate(&OVERFLOW).by::<(InstrumentName,)>().per_minute())
            .stacked(),
            Panel::time_series(
                DROPPED_BY_REASON,
                "Measurements per minute that could not be recorded: not finite, negative where \
                 only growth makes sense, or impossible. Zero is fine; anything else is a mistake \
                 in the code.",
                Show::PerMinute,
            )
            .draw(rate(&DROPPED).by::<(DropReason,)>().per_minute())
            .stacked(),
        ],
    )
}

fn processes(of: &TelemetryThresholds) -> Row {
    Row::open(
        "Processes",
        [
            Panel::table(
                INSTANCES,
                "Every process that reports, with its version. A process that runs and is missing \
                 here does not get its telemetry through.",
            )
            .draw(last(&BUILD).by::<(Version,)>().named("Processes"))
            .per_instance()
            .without_data("no process reports"),
            Panel::time_series(
                STARTS,
                "How often each running process was started within 15 minutes, on average. A \
                 deployment is one start; above the limit, a process dies again and again.",
                Show::Count,
            )
            .draw(starts())
            .per_job()
            .limit(&of.starts)
            .without_data("no process reports"),
            Panel::time_series(
                "Uptime",
                "Seconds since each process set up its telemetry. A line that falls to zero is a \
                 restart; the blue marks show restarts, too.",
                Show::Seconds,
            )
            // Other programs have this series, too, Prometheus itself among them.
            .draw(age(&START_TIME).all().among(last(&BUILD).all()))
            .per_instance()
            .without_data("no process reports"),
            Panel::text(
                "How to read this page",
                "Push and scrape carry the same series, so this page is the same for both. Lines \
                 that end here while the program runs are lost telemetry, not a quiet bot: look \
                 at the program's log, which says where it exports to, and when exports began to \
                 fail.",
            ),
        ],
    )
}
