//! A small domain with a board in which every kind of thing occurs once.

use std::time::Duration;

use botmeter_board::{
    Alert, Board, Color, Dashboard, Example, Limit, Measure, Objective, Panel, Recorded, Row,
    Severity, Show, Undrawn, Variable, age, forecast, heat, highest, increase, last, observations,
    quantile, rate, ratio, share, share_of, top, within,
};
use botmeter_core::{
    Counter, Domain, FloatCounter, Gauge, Histogram, Instrument, Meter, Unit, UpDownCounter,
    buckets, closed_label, open_label,
};

use crate::Catalogue;

closed_label! {
    /// How it ended.
    pub(crate) enum Status: "status" {
        /// Well.
        Success => "success",
        /// Badly.
        Error => "error",
        /// Neither.
        Cancelled => "cancelled",
    }
}

open_label! {
    /// Which queue.
    pub(crate) struct Queue: "queue", limit 10;
}

pub(crate) static SENT: Instrument<Counter, (Queue, Status)> =
    Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
pub(crate) static PAID: Instrument<FloatCounter, (Queue,)> =
    Instrument::float_counter("mail.postage.dollars", Unit::of("{USD}"), "What mails cost.");
pub(crate) static TOOK: Instrument<Histogram, (Queue,)> =
    Instrument::histogram("mail.duration", Unit::SECONDS, "How long mails took.", buckets::FAST);
pub(crate) static WHOLE: Instrument<Histogram, ()> =
    Instrument::histogram("mail.parts", Unit::of("{part}"), "Parts of mails.", &[0.5, 1.0, 2.5]);
pub(crate) static WAITING: Instrument<Gauge, (Queue,)> =
    Instrument::gauge("mail.waiting", Unit::of("{mail}"), "Mails that wait.");
pub(crate) static OPEN: Instrument<UpDownCounter, ()> =
    Instrument::up_down_counter("mail.connections", Unit::of("{connection}"), "What is open.");
pub(crate) static LAST: Instrument<Gauge, ()> =
    Instrument::gauge("mail.last.timestamp", Unit::SECONDS, "When the last mail was sent.");

pub(crate) struct Mail {
    _sent: Counter,
    _paid: FloatCounter,
    _took: Histogram,
    _whole: Histogram,
    _waiting: Gauge,
    _open: UpDownCounter,
    _last: Gauge,
}

impl Domain for Mail {
    const NAME: &'static str = "mail";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self {
            _sent: SENT.bind(meter, ("a", Status::Success)),
            _paid: PAID.bind(meter, ("a",)),
            _took: TOOK.bind(meter, ("a",)),
            _whole: WHOLE.bind(meter, ()),
            _waiting: WAITING.bind(meter, ("a",)),
            _open: OPEN.bind(meter, ()),
            _last: LAST.bind(meter, ()),
        }
    }
}

pub(crate) const DESCRIPTION: &str =
    "What is shown, what is good, what is bad, and what there is to do about it.";

pub(crate) const TOO_MANY: Limit = Limit::new(100.0, "nobody reads a hundred mails");
pub(crate) const TOO_FEW: Limit = Limit::new(0.5, "half of them have to arrive");

pub(crate) fn catalogue() -> Catalogue {
    Catalogue::new().domain::<Mail>(board())
}

pub(crate) fn board() -> Board {
    let spent = Recorded::new(
        "mail_postage_dollars:increase1d",
        increase(&PAID).over(Duration::from_hours(24)).by::<(Queue,)>(),
        "What a day costs.",
    );
    let objective = objective();
    Board::new()
        .dashboard(
            Dashboard::new("mail-out", "Mail", "Does mail get out?")
                .tags(&["mail"])
                .span_attributes(&[("queue", "mail.queue")])
                .variables([Variable::of::<Queue, _, _>("Queue", &SENT)])
                .rows(rows(&objective)),
        )
        .recordings([spent.clone()])
        .alerts([
            waiting(),
            Alert::new(
                "PostageHigh",
                Severity::Critical,
                spent.query().above(&Limit::new(5.0, "stamps are cheap")),
            )
            .says("The queue {queue} is dear.", "{queue} of {job} cost {value}.", Show::Dollars)
            .runbook(&["Write less."])
            .panel("Waiting")
            .tested(
                Example::after(Duration::from_hours(24))
                    .grows(&PAID, ("out",), 0.01)
                    .fires::<(Queue,)>(("out",), "14.40 USD"),
                Example::after(Duration::from_hours(24)).grows(&PAID, ("out",), 0.001),
            ),
        ])
        .objectives([objective])
        .undrawn([Undrawn::new(&OPEN, "it is of no interest")])
}

pub(crate) fn waiting() -> Alert {
    Alert::new(
        "MailWaits",
        Severity::Warning,
        highest(&WAITING)
            .over(Duration::from_mins(5))
            .by::<(Queue,)>()
            .above(&TOO_MANY)
            .and_overall(increase(&SENT).over(Duration::from_mins(10)).all().below(&TOO_FEW)),
    )
    .held_for(Duration::from_mins(10))
    .says("Mail waits.", "{value} mails of {job} wait in {queue}.", Show::Count)
    .runbook(&["Look at the queue.", "Send by hand."])
    .panel("Waiting")
    .tested(
        Example::after(Duration::from_mins(30))
            .holds(&WAITING, ("out \"fast\"",), 150.0)
            .grows(&SENT, ("in", Status::Success), 0.0)
            .fires::<(Queue,)>(("out \"fast\"",), "150"),
        Example::after(Duration::from_mins(30)).holds(&WAITING, ("out",), 150.0),
    )
}

pub(crate) fn objective() -> Objective {
    Objective::new(
        "mail_lost",
        &Limit::new(0.99, "one in a hundred may get lost"),
        Measure::failures(share_of(&SENT).that(Status::Error).not_counting(Status::Cancelled)),
    )
    .of_at_least(&Limit::new(20.0, "a few mails are no share"))
    .alert("MailBudgetBurn", "Too much mail gets lost.")
    .runbook(&["Look at the log."])
    .panel("Burn")
}

/// An objective of latency.
pub(crate) fn slow(bound: f64) -> Measure {
    Measure::slower(observations(&TOOK), bound)
}

fn rows(objective: &Objective) -> Vec<Row> {
    let failed = || rate(&SENT).any_of(&[Status::Error, Status::Cancelled]);
    vec![
        Row::open(
            "Overview",
            [
                Panel::stat("Sent", DESCRIPTION, Show::Count).draw(increase(&SENT).all()),
                Panel::gauge("Within half a second", DESCRIPTION, Show::Ratio)
                    .draw(within(0.5, &TOOK).shown().all().complement()),
                Panel::time_series("Waiting", DESCRIPTION, Show::Count)
                    .draw(last(&WAITING).by::<(Queue,)>())
                    .draw(
                        forecast(Duration::from_hours(1), &WAITING)
                            .over(Duration::from_mins(30))
                            .by::<(Queue,)>()
                            .named("in an hour")
                            .color(Color::Gray),
                    )
                    .limit(&TOO_MANY),
                Panel::time_series("Failed", DESCRIPTION, Show::Ratio)
                    .draw(share(failed().by::<(Queue,)>(), rate(&SENT).by()))
                    .with_traces(),
                Panel::time_series("Latency", DESCRIPTION, Show::Seconds)
                    .draw(quantile(0.5, &TOOK).all().named("p50"))
                    .draw(quantile(0.95, &TOOK).all().named("p95")),
            ],
        ),
        Row::collapsed(
            "Details",
            [
                Panel::heatmap("Durations", DESCRIPTION, Show::Seconds).draw(heat(&TOOK)),
                Panel::bar_gauge("Dearest", DESCRIPTION, Show::Dollars)
                    .draw(top(3, increase(&PAID).by::<(Queue,)>())),
                Panel::table("Queues", DESCRIPTION)
                    .draw(increase(&SENT).by::<(Queue,)>().named("Mails"))
                    .draw(
                        ratio(increase(&PAID).by::<(Queue,)>(), increase(&SENT).by())
                            .named("Postage")
                            .show(Show::Dollars),
                    ),
                Panel::state_timeline("Last", DESCRIPTION, Show::Seconds)
                    .draw(age(&LAST).all())
                    .per_instance(),
                Panel::time_series("Parts", DESCRIPTION, Show::PerMinute)
                    .draw(observations(&WHOLE).all().per_minute()),
                Panel::burn("Burn", DESCRIPTION, objective),
                Panel::text("Read me", "Words."),
            ],
        ),
    ]
}
