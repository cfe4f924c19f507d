//! A small board with every kind of panel, drawn from a small history.

mod again;

use std::time::Duration;

use botmeter_board::{
    Alert, Board, Color, Dashboard, Direction, Example, Expr, Foreign, Limit, Limits, Panel, Query,
    Severity, Show, Variable, heat, increase, last, quantile, rate, ratio, share,
};
use botmeter_core::{
    Counter, Gauge, Histogram, Instrument, Unit, buckets, closed_label, open_label,
};
use botmeter_window::{Bounds, Chosen, History, Labels, Place, Row, Rules, Scrape, exposition};
use expect_test::expect_file;

use crate::{
    Answers, Clock, Frame, Page, Source, Stage, Which, draw,
    picture::{Drawing, Level},
};

closed_label! {
    /// How it ended.
    pub(crate) enum Status: "status" {
        /// Well.
        Success => "success",
        /// Badly.
        Error => "error",
    }
}

open_label! {
    /// Which queue.
    pub(crate) struct Queue: "queue", limit 10;
}

static SENT: Instrument<Counter, (Queue, Status)> =
    Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
static TOOK: Instrument<Histogram, (Queue,)> =
    Instrument::histogram("mail.duration", Unit::SECONDS, "How long mails took.", buckets::FAST);
static RETURNED: Instrument<Histogram, ()> =
    Instrument::histogram("mail.back", Unit::SECONDS, "How soon mails came back.", buckets::FAST);
static WAITING: Instrument<Gauge, (Queue,)> =
    Instrument::gauge("mail.waiting", Unit::of("{mail}"), "Mails that wait.");

const TOO_MANY: Limit = Limit::new(100.0, "nobody reads a hundred mails");
const DESCRIPTION: &str = "What is shown & what there is to do <about> it.";

pub(crate) fn board() -> Board {
    let failed =
        || share(rate(&SENT).only(Status::Error).by::<(Queue,)>(), rate(&SENT).by::<(Queue,)>());
    let panels = [
        Panel::stat("Waiting now", DESCRIPTION, Show::Count)
            .draw(last(&WAITING).all())
            .limit(&TOO_MANY),
        Panel::stat("Sent", DESCRIPTION, Show::Count)
            .draw(increase(&SENT).only(Status::Success).all().named("well"))
            .draw(increase(&SENT).only(Status::Error).all().named("badly")),
        Panel::gauge("Failed", DESCRIPTION, Show::Ratio)
            .draw(share(rate(&SENT).only(Status::Error).all(), rate(&SENT).all())),
        Panel::bar_gauge("By queue", DESCRIPTION, Show::Count)
            .draw(last(&WAITING).by::<(Queue,)>())
            .limit(&TOO_MANY),
        Panel::time_series("Waiting", DESCRIPTION, Show::Count)
            .draw(last(&WAITING).by::<(Queue,)>())
            .limit(&TOO_MANY),
        Panel::time_series("Latency", DESCRIPTION, Show::Seconds)
            .draw(quantile(0.5, &TOOK).all().named("p50"))
            .draw(quantile(0.95, &TOOK).all().named("p95").color(Color::Red)),
        Panel::time_series("Parts", DESCRIPTION, Show::PerMinute)
            .draw(rate(&SENT).by::<(Status,)>().per_minute())
            .stacked(),
        Panel::time_series("Failures", DESCRIPTION, Show::Ratio).draw(failed()).bars(),
        Panel::heatmap("Durations", DESCRIPTION, Show::Seconds).draw(heat(&TOOK)),
        Panel::table("Queues", DESCRIPTION)
            .draw(increase(&SENT).by::<(Queue,)>().named("Mails"))
            .draw(
                ratio(increase(&SENT).only(Status::Error).by::<(Queue,)>(), increase(&SENT).by())
                    .named("Failed")
                    .show(Show::Ratio),
            ),
        Panel::state_timeline("Full", DESCRIPTION, Show::Count)
            .draw(last(&WAITING).by::<(Queue,)>())
            .limit(&TOO_MANY),
        Panel::text("Read me", "Some *words*, and [others](/d/mail-out).\n\n- one\n- two"),
        Panel::time_series("Never", DESCRIPTION, Show::Seconds)
            .draw(quantile(0.5, &RETURNED).all().named("p50"))
            .without_data("no mail yet"),
    ];
    Board::new()
        .dashboard(
            Dashboard::new("mail-out", "Mail", "Does mail get out?")
                .variables([Variable::of::<Queue, _, _>("Queue", &SENT)])
                .rows([botmeter_board::Row::open("Everything", panels)]),
        )
        .alerts([Alert::new(
            "MailWaits",
            Severity::Warning,
            last(&WAITING).by::<(Queue,)>().above(&TOO_MANY),
        )
        .held_for(Duration::from_mins(5))
        .says("Mail waits.", "{value} mails of {job} wait in {queue}.", Show::Count)
        .runbook(&["Look at the queue.", "Send by hand."])
        .panel("Waiting")
        .tested(
            Example::after(Duration::from_mins(20))
                .holds(&WAITING, ("out",), 150.0)
                .fires::<(Queue,)>(("out",), "150"),
            Example::after(Duration::from_mins(20)).holds(&WAITING, ("out",), 100.0),
        )])
}

/// A page as it is after so many steps of a minute; the value of the label is
/// as hostile as can be.
fn page_after(step: u32, hostile: &str) -> String {
    let step = f64::from(step);
    let sent = |queue: &str, status: &str, per_minute: f64| {
        format!("mail_sent_total{{queue=\"{queue}\",status=\"{status}\"}} {}\n", per_minute * step)
    };
    let hostile = hostile.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"");
    let mut page = vec![
        format!("build_info{{version=\"{}\"}} 1\n", if step < 12.0 { "1.2.2" } else { "1.2.3" }),
        format!(
            "process_start_time_seconds {}\n",
            START / 1000 - 90 + if step < 12.0 { 0 } else { 780 }
        ),
        sent("out", "success", 30.0),
        sent("out", "error", 1.5),
        sent(&hostile, "success", 6.0),
        format!("mail_waiting{{queue=\"out\"}} {}\n", 40.0 + 8.0 * step),
        format!("mail_waiting{{queue=\"{hostile}\"}} 12\n"),
    ];
    for (at, bound) in
        buckets::FAST.iter().map(f64::to_string).chain(["+Inf".to_owned()]).enumerate()
    {
        let below = (at as f64).min(6.0) * step * 4.0;
        page.push(format!(
            "mail_duration_seconds_bucket{{queue=\"out\",le=\"{bound}\"}} {below}\n"
        ));
    }
    page.concat()
}

/// What there is after twenty minutes: the history, its rules, its bots.
pub(crate) fn lived(hostile: &str) -> (History, Vec<Rules>, Vec<Scrape>) {
    let mut history = History::new(Bounds::default());
    let mut rules = vec![Rules::of(&board(), &mut history)];
    let mut scrapes = vec![
        Scrape::new(&mut history, "mail", "a:9464"),
        Scrape::new(&mut history, "mail", "b:9464"),
    ];
    for step in 0..=20 {
        let at = START + i64::from(step) * 60_000;
        let page = exposition::Page::read(&page_after(step, hostile), exposition::Format::Text);
        scrapes[0].read(&mut history, at, &page.unwrap()).unwrap();
        scrapes[1].failed(&mut history, at, "connection refused; does the bot run?").unwrap();
        rules[0].evaluate(&mut history, at).unwrap();
    }
    (history, rules, scrapes)
}

const START: i64 = 1_795_270_200_000;

pub(crate) fn frame() -> Frame {
    Frame {
        end: START + 20 * 60_000,
        shown: Duration::from_mins(20),
        scrape: Duration::from_mins(1),
        chosen: Chosen::default(),
        clock: Clock::Wall { east: 0 },
    }
}

pub(crate) fn page(hostile: &str) -> Page {
    let (history, rules, scrapes) = lived(hostile);
    let boards = [board()];
    let source = Source {
        boards: &boards,
        rules: &rules,
        scrapes: &scrapes,
        answers: &history,
        oldest: history.oldest(),
        now: frame().end,
    };
    Page::of(&source, &frame(), Which::All)
}

#[test]
fn a_page_is_plain_data() {
    let page = page("in");
    let rows = page.dashboards.iter().flat_map(|dashboard| dashboard.rows.iter().flatten());
    let pictures = rows.flat_map(|row| &row.pictures).map(serde_json::to_string);
    let about = [&page.time, &page.shown, &page.covered].map(String::to_owned);
    let whole = [
        serde_json::to_string(&page.alerts),
        serde_json::to_string(&page.lives),
        serde_json::to_string(&page.events),
    ];
    let lines = about.into_iter().chain(whole.into_iter().chain(pictures).map(Result::unwrap));
    // One line for each part, so that a difference shows which part it is.
    let text: String = lines.map(|line| line + "\n").collect();
    expect_file!["snapshots/page.jsonl"].assert_eq(&text);
}

#[test]
fn a_choice_narrows_what_is_drawn() {
    let (history, ..) = lived("in");
    let board = board();
    let dashboard = &board.dashboards[0];
    let panel = dashboard.rows[0].panels.iter().find(|panel| panel.title == "Waiting").unwrap();
    let mut frame = frame();
    frame.chosen = Chosen::default().only("queue", ["in"]);
    let drawn = draw(panel, &dashboard.variables, &Limits::of(&[&board]), &history, &frame);
    let Drawing::Lines(lines) = drawn.drawing else { panic!("{drawn:?}") };
    let names: Vec<_> = lines.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["in"]);
    // The limit is far above what is left, and does not press it down.
    assert!(lines.scale.high < 100.0, "{:?}", lines.scale);
}

#[test]
fn a_stack_of_many_loses_nothing_of_the_whole() {
    let mut history = History::new(Bounds::default());
    let target = history.add_target();
    for step in 0..=20 {
        let samples = (0..50).map(|queue: u32| {
            let queue_name = queue.to_string();
            let labels = [("job", "mail"), ("instance", "a"), ("queue", queue_name.as_str())];
            (Labels::of("mail_waiting", labels), f64::from(queue))
        });
        history.append(target, START + step * 60_000, samples).unwrap();
    }
    let many = |panel: Panel| {
        let panel = panel.draw(last(&WAITING).by::<(Queue,)>());
        match draw(&panel, &[], &Limits::default(), &history, &frame()).drawing {
            Drawing::Lines(lines) => lines,
            other => panic!("{other:?}"),
        }
    };
    let series = Panel::time_series("Waiting", DESCRIPTION, Show::Count);
    let lines = many(series.clone());
    assert_eq!((lines.lines.len(), lines.hidden), (20, 30));
    assert_eq!(lines.lines[0].name, "49");
    let stack = many(series.stacked());
    assert_eq!((stack.lines.len(), stack.hidden), (21, 0));
    assert_eq!(stack.lines[20].name, "30 others");
    let whole: f64 = stack.lines.iter().filter_map(|line| line.values[5]).sum();
    assert!((whole - 1225.0).abs() < 1e-9, "{whole}");
}

#[test]
fn silence_is_not_taken_for_quiet() {
    let (history, rules, scrapes) = lived("in");
    let boards = [board()];
    let page_of = |rules: &[Rules], scrapes: &[Scrape]| {
        let answers = &history;
        let oldest = history.oldest();
        let source = Source { boards: &boards, rules, scrapes, answers, oldest, now: frame().end };
        Page::of(&source, &frame(), Which::All)
    };
    // Nobody looks at the rules, which is no reason to say that all is well.
    assert_eq!(page_of(&[], &scrapes).alerts, None);
    let html = crate::html::page(&page_of(&[], &scrapes), crate::html::Form::File);
    assert!(html.contains("Nobody looks at the alerts here") && !html.contains("No alert fires"));
    // Nothing was ever read, so nothing is known, however long it was tried.
    let silent = [Rules::of(&board(), &mut History::new(Bounds::default()))];
    let blind = page_of(&silent, &scrapes[1..]);
    assert_eq!(blind.covered, "0 s");
    let html = crate::html::page(&blind, crate::html::Form::File);
    assert!(html.contains("Too early to tell") && !html.contains("No alert fires"), "{html}");
    let known = page_of(&silent, &scrapes);
    assert_eq!(known.alerts.unwrap().quiet, ["MailWaits"]);
    // What cannot be read is said before the alerts.
    let text = crate::text::page(&page_of(&rules, &scrapes), crate::text::Terminal::plain(90));
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("1 of 2 bots cannot be read") < at("MailWaits"));
}

/// A server that is in trouble.
#[derive(Debug)]
struct Ill;

impl Answers for Ill {
    fn at(&self, _: &Expr, _: i64, _: &Place<'_>) -> Result<Vec<Row>, String> {
        Err("http://prom:9090 answers 500, \"<too busy>\"".to_owned())
    }
}

#[test]
fn who_does_not_answer_is_named_in_each_place_that_asked() {
    let boards = [board()];
    let source = Source {
        boards: &boards,
        rules: &[],
        scrapes: &[],
        answers: &Ill,
        oldest: None,
        now: frame().end,
    };
    let page = Page::of(&source, &frame(), Which::All);
    let html = crate::html::page(&page, crate::html::Form::Served(&crate::Address::default()));
    let said = "http://prom:9090 answers 500, &quot;&lt;too busy&gt;&quot;";
    // All panels but the text, and the bots.
    assert_eq!(html.matches(said).count(), boards[0].dashboards[0].rows[0].panels.len());
    let text = crate::text::page(&page, crate::text::Terminal::plain(100));
    assert_eq!(text.matches("no answer: http://prom:9090").count(), 13, "{text}");
}

#[test]
fn an_alert_is_shown_firing_before_it_ever_does() {
    let board = board();
    let stage = Stage::of(&board, "MailWaits", &Limits::of(&[&board])).unwrap();
    assert_eq!(stage.alerts[0].description, "150 mails of example-bot wait in out.");
    let limit = &stage.picture.limits[0];
    assert!(limit.is_bad_above && (limit.value - 100.0).abs() < 1e-9);
    let Drawing::Lines(lines) = &stage.picture.drawing else { panic!("{:?}", stage.picture) };
    assert!(lines.lines[0].values.iter().flatten().all(|value| *value > limit.value));
    assert!(stage.quiet.is_some());
    let text = crate::text::stage(&stage, crate::text::Terminal::plain(60));
    for part in ["An example, played", "150 mails of example-bot", "2. Send by hand.", "Just not"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(Stage::of(&board, "Nobody", &Limits::default()).is_none());
    assert_eq!(board.alerts[0].when.limits[0].0, Some(Direction::Up));
}

#[test]
fn advice_judges_a_number_as_a_warning_would() {
    let (history, ..) = lived("in");
    let some = Limit::new(0.01, "one in a hundred");
    let failed = share(rate(&SENT).only(Status::Error).all(), rate(&SENT).all());
    let panel = Panel::stat("Failed", DESCRIPTION, Show::Ratio).draw(failed);
    let level = |panel: &Panel| {
        let picture = draw(panel, &[], &Limits::default(), &history, &frame());
        let Drawing::Stats(values) = &picture.drawing else { panic!("{picture:?}") };
        (values[0].level, picture.limits.first().map(|limit| limit.reason.clone()))
    };
    assert_eq!(level(&panel), (None, None));
    let advised = panel.clone().advised_above(&some);
    assert_eq!(level(&advised), (Some(Level::Warning), Some(some.reason.to_string())));
    assert_eq!(level(&panel.advised_below(&some)).0, Some(Level::Well));
}

#[test]
fn series_of_others_are_for_prometheus_alone_and_that_is_said() {
    const DEPTH: Foreign = Foreign::gauge("rabbitmq_depth", &[]);
    let query = Query::<()>::raw("sum(rabbitmq_depth{$bots})", &[DEPTH]);
    for panel in [
        Panel::stat("Depth", DESCRIPTION, Show::Count).draw(query.clone() * 2.0),
        Panel::time_series("Depths", DESCRIPTION, Show::Count).draw(query),
    ] {
        let history = History::new(Bounds::default());
        let picture = draw(&panel, &[], &Limits::default(), &history, &frame());
        let Drawing::Nothing(text) = picture.drawing else { panic!("{picture:?}") };
        assert!(text.contains("only Prometheus has"), "{text}");
    }
}
