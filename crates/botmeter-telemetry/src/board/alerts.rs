//! What somebody should be told about the telemetry itself.

use std::time::Duration;

use botmeter_board::{
    Alert, Example, Limit, Severity, Show, age, increase, said, share_of, vanished,
};
use botmeter_core::DropReason;
use botmeter_export::{BackendKind, ExportStatus};

use super::{TelemetryThresholds, rows};
use crate::self_observation::{
    BUILD, DROPPED, EXPORTS, HEARTBEAT, InstrumentName, OVERFLOW, START_TIME,
};

const MINUTE: Duration = Duration::from_mins(1);
const QUARTER: Duration = Duration::from_mins(15);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// Processes that are gone.
const ANY_VANISHED: Limit = Limit::new(
    0.0,
    "one program that reported within the last day and no longer does is one too many",
);

pub(super) fn alerts(of: &TelemetryThresholds) -> Vec<Alert> {
    vec![
        heartbeat_missing(of),
        telemetry_absent(),
        restart_loop(of),
        exports_failing(of),
        dropped(of),
        overflow(of),
    ]
}

fn heartbeat_missing(of: &TelemetryThresholds) -> Alert {
    // The bot dies after ten minutes, and is looked at when it is well past the
    // limit, though not yet forgotten.
    let (end, limit) = (Duration::from_mins(10), of.heartbeat_age.minutes());
    let halfway = Duration::from_mins((limit + HOUR).as_secs() / 120);
    let silent = (limit * 2).min(halfway);
    let dies = |silent| Example::after(end + silent).ticks(&HEARTBEAT, ()).until(end);
    Alert::new(
        "BotHeartbeatMissing",
        Severity::Critical,
        // The last hour: a series that was pushed vanishes five minutes after
        // its process died, and nothing compares with what is not there.
        age(&HEARTBEAT).over(HOUR).all().above(&of.heartbeat_age),
    )
    .held_for(MINUTE)
    .says(
        "A bot shows no sign of life.",
        "The last sign of life of {job} was {value} ago.",
        Show::Seconds,
    )
    .runbook(&[
        "Does the process run? If not, start it and read why it ended.",
        "If it runs, look at its log for failed exports, and check whether Prometheus reaches its \
         `/metrics`, or the program reaches Prometheus.",
        "If it was stopped on purpose, the alert ends an hour after its last sign of life.",
    ])
    .panel(rows::HEARTBEAT_AGE)
    .tested(
        dies(silent).fires::<()>((), said(Show::Seconds, silent.as_secs_f64())),
        dies(limit.saturating_sub(MINUTE)),
    )
}

fn telemetry_absent() -> Alert {
    Alert::new(
        "BotTelemetryAbsent",
        Severity::Warning,
        vanished(&HEARTBEAT, DAY, QUARTER).all().above(&ANY_VANISHED),
    )
    .held_for(Duration::from_mins(5))
    .says(
        "A bot that reported within the last day no longer reports.",
        "{job} reported within the last day, from {value} instances, and has been silent for more \
         than 15 minutes.",
        Show::Count,
    )
    .runbook(&[
        "Does the program run? See the alert BotHeartbeatMissing.",
        "Was it renamed? The job is its service name, so a new name is a new job.",
        "If the bot was retired, the alert ends a day after its last sample; silence it until \
         then.",
    ])
    .panel(rows::INSTANCES)
    .tested(
        Example::after(HOUR)
            .ticks(&HEARTBEAT, ())
            .until(Duration::from_mins(20))
            .fires::<()>((), "1"),
        Example::after(HOUR).ticks(&HEARTBEAT, ()).until(Duration::from_mins(50)),
    )
}

fn restart_loop(of: &TelemetryThresholds) -> Alert {
    let dead = of.starts.value.floor().max(1.0);
    let half = Duration::from_mins(30);
    let (mut died, mut deployed) = (Example::after(half), Example::after(half));
    for number in (0..).take_while(|number| f64::from(*number) <= dead) {
        let from = MINUTE * (16 + number % 3);
        // One goes on, the others die a minute after their start.
        let end = if number == 0 { half } else { from + MINUTE };
        died = died
            .holds(&START_TIME, (), from.as_secs_f64())
            .from(from)
            .until(end)
            .holds(&BUILD, ("1.2.3",), 1.0)
            .from(from)
            .until(end);
        // As many starts, of processes that go on.
        deployed = deployed
            .holds(&START_TIME, (), from.as_secs_f64())
            .from(from)
            .holds(&BUILD, ("1.2.3",), 1.0)
            .from(from);
    }
    Alert::new("BotRestartLoop", Severity::Warning, rows::starts().above(&of.starts))
        .held_for(Duration::from_mins(5))
        .says(
            "A bot is started again and again.",
            "Each running instance of {job} was started {value} times within 15 minutes.",
            Show::Count,
        )
        .runbook(&[
            "Read the last lines of the log before the process ended, and how it ended: a panic, \
             a signal, out of memory?",
            "If it began with a deployment (the purple marks), roll back.",
            "If it ends while starting, look at its configuration, and at what it has to reach.",
        ])
        .panel(rows::STARTS)
        .tested(died.fires::<()>((), said(Show::Count, dead + 1.0)), deployed)
}

fn exports_failing(of: &TelemetryThresholds) -> Alert {
    // Enough of them, if ten minutes need more than they do by default.
    let often = (of.enough_exports.value / 5.0).max(1.0);
    let exports = |failed: f64| {
        Example::after(Duration::from_mins(30))
            .grows(&EXPORTS, (BackendKind::Otlp, ExportStatus::Success), (4.0 - failed) * often)
            .grows(&EXPORTS, (BackendKind::Otlp, ExportStatus::Error), failed * often)
    };
    let allowed = of.failed_exports.value;
    let many = f64::midpoint(1.0, allowed);
    let window = Duration::from_mins(10);
    Alert::new(
        "TelemetryExportsFailing",
        Severity::Warning,
        share_of(&EXPORTS)
            .that(ExportStatus::Error)
            .over(window)
            .by::<(BackendKind,)>()
            .above(&of.failed_exports)
            .of_at_least(&of.enough_exports),
    )
    .held_for(Duration::from_mins(10))
    .says(
        "Many of a bot's exports fail.",
        "{value} of the exports of {job} over {backend} fail.",
        Show::Ratio,
    )
    .runbook(&[
        "Read the program's log: it names the address and the reason once, when a series of \
         failures begins.",
        "Refused or timed out: is the receiver running, and can the program reach it?",
        "An HTTP status: 404 or 405 is a wrong path or a receiver that is turned off, 401 and 403 \
         are credentials, 429 and 503 mean that it has too much to do.",
    ])
    .panel(rows::FAILED_SHARE)
    .tested(
        exports(many * 4.0).fires::<(BackendKind,)>((BackendKind::Otlp,), said(Show::Ratio, many)),
        exports(allowed * 3.5),
    )
}

fn dropped(of: &TelemetryThresholds) -> Alert {
    let drops = |lately: f64| {
        let per_minute = lately / 15.0;
        Example::after(Duration::from_mins(40)).grows(
            &DROPPED,
            (DropReason::NotFinite,),
            per_minute,
        )
    };
    let many = of.dropped.value + 30.0;
    Alert::new(
        "TelemetryDropped",
        Severity::Warning,
        increase(&DROPPED).over(QUARTER).by::<(DropReason,)>().above(&of.dropped),
    )
    .held_for(QUARTER)
    .says(
        "A bot loses measurements.",
        "{job} dropped {value} measurements within 15 minutes because they were {reason}.",
        Show::Count,
    )
    .runbook(&[
        "`not_finite`: something divides by zero, or averages over nothing; look at what is \
         recorded into gauges and histograms.",
        "`negative`: a difference came out below zero, often between two clocks.",
        "`implausible`: numbers that contradict each other, such as more cached tokens than \
         tokens; see how the driver reads the provider's usage.",
        "`span_queue_full`: spans arrive faster than they leave; sample fewer with \
         `OTEL_TRACES_SAMPLER`, or enlarge `OTEL_BSP_MAX_QUEUE_SIZE`.",
        "`span_export_failed`: the receiver of traces did not take them; the log says why.",
        "`after_shutdown`: something went on after the shutdown of the telemetry, and the log \
         names the first instrument; keep `Telemetry` alive until the last bot has ended, and end \
         guards before `shutdown`.",
    ])
    .panel(rows::DROPPED_BY_REASON)
    .tested(
        drops(many).fires::<(DropReason,)>((DropReason::NotFinite,), said(Show::Count, many)),
        drops(of.dropped.value * 0.9),
    )
}

fn overflow(of: &TelemetryThresholds) -> Alert {
    const FULL: &str = "llm.requests";
    let past_its_limit = |lately: f64| {
        Example::after(Duration::from_mins(40)).grows(&OVERFLOW, (FULL,), lately / 15.0)
    };
    let many = of.overflow.value + 60.0;
    Alert::new(
        "TelemetryCardinalityOverflow",
        Severity::Warning,
        increase(&OVERFLOW).over(QUARTER).by::<(InstrumentName,)>().above(&of.overflow),
    )
    .held_for(QUARTER)
    .says(
        "A label of a bot has too many or too long values, so events lose theirs.",
        "{value} events of {job} for {instrument} had label values past a limit within 15 minutes.",
        Show::Count,
    )
    .runbook(&[
        "Find out which label it is: the program's log names it at the first value past a limit, \
         and the reference page lists the instrument's open labels with their limits.",
        "See what the program puts into it. Ids of users, sessions or requests do not belong in a \
         label.",
        "If the values are right and there are simply many, declare the label with a higher limit.",
        "If the log says that a value is too long, use a shorter one: a value that was cut \
         remains a series of its own, but nobody can read its end.",
    ])
    .panel(rows::OVERFLOW_BY_INSTRUMENT)
    .tested(
        past_its_limit(many).fires::<(InstrumentName,)>((FULL,), said(Show::Count, many)),
        past_its_limit(of.overflow.value * 0.9),
    )
}
