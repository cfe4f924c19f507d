//! Against servers that answer well, badly and not at all.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, Condvar,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use botmeter_live::Bots;
use botmeter_view::{Address, Page, Which, picture::Drawing};
use serde_json::{Value, json};

use super::*;
use crate::doctor::tests::fakes::{self, closed, serve};

const NOW: i64 = 1_795_271_400_000;

/// What is asked with a form: its path, the query and the time.
fn asked(path: &str, form: &str) -> (String, String) {
    let pairs = form_urlencoded::parse(form.as_bytes());
    let query = pairs.filter(|(key, _)| key == "query").map(|(_, value)| value.into_owned());
    (path.trim_start_matches("/api/v1/").to_owned(), query.collect())
}

fn data(data: &Value) -> fakes::Answer {
    (200, "application/json", json!({ "status": "success", "data": data }).to_string())
}

fn vector(rows: &[(Value, &str)]) -> fakes::Answer {
    let time = NOW as f64 / 1000.0;
    let rows = rows.iter().map(|(of, value)| json!({ "metric": of, "value": [time, value] }));
    data(&json!({ "resultType": "vector", "result": rows.collect::<Vec<_>>() }))
}

/// One that has no rules, no bots and no numbers.
fn empty(path: &str) -> fakes::Answer {
    match path {
        "rules" => data(&json!({ "groups": [] })),
        "query" => vector(&[]),
        _ => data(&json!({ "resultType": "matrix", "result": [] })),
    }
}

struct Asker {
    prometheus: Arc<Prometheus>,
    bots: Bots,
}

impl Asker {
    fn of(server: SocketAddr) -> Self {
        let prometheus = Arc::new(Prometheus::new(&format!("http://{server}/")).unwrap());
        let boards = crate::boards(&botmeter_catalogue::catalogue());
        let elsewhere = Arc::clone(&prometheus);
        let bots = Bots::of(boards, elsewhere, Duration::from_secs(5), NOW);
        Self { prometheus, bots }
    }

    fn follow(&self, at: i64) {
        self.prometheus.follow(&self.bots, at);
    }

    fn page(&self) -> Page {
        self.bots.page(&Address::default(), Which::One("llm-api-health"))
    }
}

fn drawings(page: &Page) -> Vec<(&str, &Drawing)> {
    let rows = page.dashboards.iter().flat_map(|dashboard| dashboard.rows.iter().flatten());
    let pictures = rows.flat_map(|row| &row.pictures);
    pictures.map(|picture| (picture.title.as_str(), &picture.drawing)).collect()
}

#[test]
fn panels_have_their_answers_whatever_becomes_of_others() {
    let server = serve(|path, form| {
        let (path, query) = asked(path, form);
        if query.contains("llm_cost") {
            let error = json!({ "status": "error", "errorType": "internal", "error": "disk" });
            return (500, "application/json", error.to_string());
        }
        let of = json!({ "job": "mail", "instance": "a:1", "version": "1.2.3" });
        if path == "query" {
            let mut told: Value = serde_json::from_str(&vector(&[(of, "7")]).2).unwrap();
            told["warnings"] = json!(["half of it is away"]);
            return (200, "application/json", told.to_string());
        }
        empty(&path)
    });
    let asker = Asker::of(server);
    asker.follow(NOW);
    let page = asker.page();
    let drawings = drawings(&page);
    let of = |title: &str| drawings.iter().find(|(of, _)| *of == title).unwrap().1;
    let Drawing::Stats(values) = of("Requests") else { panic!("{:?}", of("Requests")) };
    assert_eq!(values[0].text, "7");
    let Drawing::NoAnswer(why) = of("Cost") else { panic!("{:?}", of("Cost")) };
    assert_eq!(*why, format!("http://{server} answered 500: disk"));
    assert_eq!(page.lives[0].version.as_deref(), Some("1.2.3"));
    let notes = page.notes.join("\n");
    let whose = format!("These are answers of the Prometheus at http://{server}");
    assert!(notes.contains(&whose) && notes.contains("It warns: half of it is away"), "{notes}");
}

#[test]
fn all_programs_are_all_bots() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let queries = Arc::clone(&seen);
    let server = serve(move |path, form| {
        let (path, query) = asked(path, form);
        if query.starts_with("count by (job) (last_over_time(telemetry_heartbeat") {
            return vector(&[(json!({ "job": "mail" }), "1"), (json!({ "job": "web" }), "2")]);
        }
        queries.lock().unwrap().push(query);
        empty(&path)
    });
    let asker = Asker::of(server);
    asker.follow(NOW);
    let alerts = std::mem::take(&mut *seen.lock().unwrap());
    let anchored = |query: &&String| query.contains("telemetry_heartbeat_timestamp_seconds");
    let of_others = alerts.iter().find(|query| query.contains("http_requests_total"));
    assert!(of_others.is_some_and(|query| anchored(&query)), "{of_others:?}");
    let page = asker.page();
    let panels = seen.lock().unwrap();
    let panels: Vec<_> = panels.iter().filter(|query| query.contains("llm_requests")).collect();
    assert!(!panels.is_empty());
    for query in panels {
        assert!(query.contains(r#"job=~"mail|web""#), "{query}");
    }
    assert!(!page.notes.join("\n").contains("heartbeat"), "{:?}", page.notes);
}

#[test]
fn who_is_a_bot_stays_known_while_nobody_tells() {
    const QUESTION: &str = "count by (job) (last_over_time(telemetry_heartbeat";
    let (seen, is_well) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let (queries, well) = (Arc::clone(&seen), Arc::clone(&is_well));
    let asker = Asker::of(serve(move |path, form| {
        let (path, query) = asked(path, form);
        if query.starts_with(QUESTION) && well.load(Ordering::SeqCst) == 1 {
            return vector(&[(json!({ "job": "mail" }), "1")]);
        }
        if query.starts_with(QUESTION) {
            let error = json!({ "status": "error", "errorType": "timeout", "error": "too many" });
            return (422, "application/json", error.to_string());
        }
        queries.lock().unwrap().push(query);
        empty(&path)
    }));
    let shown = |at: i64| {
        asker.follow(at);
        seen.lock().unwrap().clear();
        let notes = asker.page().notes.join("\n");
        let queries = seen.lock().unwrap();
        let panels: Vec<_> =
            queries.iter().filter(|query| query.contains("llm_requests")).collect();
        assert!(!panels.is_empty());
        (panels.iter().all(|query| query.contains(r#"job="mail""#)), notes)
    };
    // Before anything is known, all are shown, and why.
    let (is_narrow, notes) = shown(NOW);
    assert!(!is_narrow && notes.contains("422: too many; all are shown"), "{notes}");
    assert!(!notes.contains("had a heartbeat"), "{notes}");
    is_well.store(1, Ordering::SeqCst);
    let (is_narrow, notes) = shown(NOW + 5_000);
    assert!(is_narrow && !notes.contains("programs are bots"), "{notes}");
    is_well.store(0, Ordering::SeqCst);
    let (is_narrow, notes) = shown(NOW + 10_000);
    assert!(is_narrow && notes.contains("422: too many; those of before are shown"), "{notes}");
    assert!(!notes.contains("had a heartbeat"), "{notes}");
}

#[test]
fn whatever_is_no_answer_is_told_as_such_on_the_page() {
    let success = |data: Value| json!({ "status": "success", "data": data }).to_string();
    let text = json!({ "resultType": "string", "result": [0, "x"] });
    let histogram = json!({ "metric": {}, "histogram": [0, {}] });
    let histogram = json!({ "resultType": "vector", "result": [histogram] });
    let word =
        json!({ "resultType": "vector", "result": [{ "metric": {}, "value": [0, "soon"] }] });
    let cases = [
        (
            502,
            "<html>bad gateway".to_owned(),
            "502 with \"<html>bad gateway\", which is not the API",
        ),
        (404, "404 page not found".to_owned(), "answered 404 with \"404 page not found\""),
        (200, "{\"status\":\"success\",\"da".to_owned(), "which is not the API of a Prometheus"),
        (200, success(text), "it answered with a text instead of numbers"),
        (200, success(histogram), "it answered with a histogram instead of a number"),
        (200, success(word), "it answered with the value \"soon\""),
        (200, success(json!({ "resultType": "cake", "result": [] })), "is not the API"),
        (200, "{\"status\":\"success\"}".to_owned(), "which is not the API of a Prometheus"),
        (503, json!({ "status": "error", "error": "too busy" }).to_string(), "503: too busy"),
    ];
    for (status, body, expected) in cases {
        let asker = Asker::of(serve(move |path, form| match &*asked(path, form).0 {
            "rules" => empty("rules"),
            _ => (status, "application/json", body.clone()),
        }));
        asker.follow(NOW);
        let page = asker.page();
        let why = page.no_lives.clone().unwrap_or_default();
        assert!(why.contains(expected), "{expected}: {why}");
        assert_eq!(page.alerts, None, "of alerts, nothing is known");
        for (title, drawing) in drawings(&page) {
            assert!(matches!(drawing, Drawing::NoAnswer(_)), "{title}: {drawing:?}");
        }
        assert!(asker.bots.is_blind() && asker.bots.unread() == [why]);
    }
}

#[test]
fn an_answer_without_end_is_given_up() {
    let long = " ".repeat(33 << 20);
    let asker = Asker::of(serve(move |_, _| (200, "application/json", long.clone())));
    let question = Question { query: "x".to_owned(), moments: question::Moments::One(NOW) };
    let answers = asker.prometheus.ask(BTreeSet::from([question.clone()]));
    let why = answers[&question].rows.as_ref().unwrap_err();
    assert!(why.contains("limit"), "{why}");
}

/// What breaks off before its end.
fn broken_off() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut socket in listener.incoming().map_while(Result::ok) {
            drop(socket.read(&mut [0; 4096]));
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999";
            drop(write!(socket, "{head}\r\n\r\n{{\"status\":\"success\""));
        }
    });
    address
}

#[test]
fn nobody_is_waited_for_twice_in_a_round() {
    let asker = Asker::of(broken_off());
    asker.follow(NOW);
    let why = asker.page().no_lives.unwrap();
    assert!(why.contains("http://127.0.0.1:"), "{why}");
    let asker = Asker::of(closed());
    asker.follow(NOW);
    let why = asker.page().no_lives.unwrap();
    assert!(why.ends_with("connection refused: nothing listens there"), "{why}");
    // It takes connections, and never says anything.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let asker = Asker::of(silent.local_addr().unwrap());
    asker.follow(NOW);
    let began = Instant::now();
    let why = asker.page().no_lives.unwrap();
    assert!(why.ends_with("no answer within 10s"), "{why}");
    assert!(began.elapsed() < Duration::from_secs(5), "the page waits for nobody again");
}

#[test]
fn what_is_known_is_not_asked_for_again_in_a_round_and_little_at_once() {
    /// How many were asked at all, are now, and were at most.
    #[derive(Default)]
    struct Counts {
        counts: Mutex<[usize; 3]>,
        changed: Condvar,
    }
    let counts = Arc::new(Counts::default());
    let told = || *counts.counts.lock().unwrap();
    let own = Arc::clone(&counts);
    let asker = Asker::of(serve(move |path, form| {
        let mut counts = own.counts.lock().unwrap();
        let [all, now, most] = &mut *counts;
        (*all, *now) = (*all + 1, *now + 1);
        *most = (*most).max(*now);
        own.changed.notify_all();
        // Until there are more than there may be, or would have been by now.
        let long = Duration::from_millis(if *most < AT_ONCE { 500 } else { 20 });
        let few = |[_, _, most]: &mut [usize; 3]| *most <= AT_ONCE;
        let (mut counts, _) = own.changed.wait_timeout_while(counts, long, few).unwrap();
        counts[1] -= 1;
        drop(counts);
        empty(&asked(path, form).0)
    }));
    asker.follow(NOW);
    asker.page();
    let [first, ..] = told();
    asker.page();
    assert_eq!(told()[0], first, "the same page is the same");
    asker.follow(NOW + 5000);
    asker.page();
    assert!(told()[0] > first + 20, "there may be something new");
    assert_eq!(told()[2], AT_ONCE);
}

/// Rules of which one is loaded, and fires.
fn firing(alerts: &Value) -> fakes::Answer {
    let rule = json!({
        "type": "alerting", "name": "LlmAccountEmpty", "health": "ok", "duration": 60,
        "labels": { "severity": "critical" }, "alerts": alerts,
    });
    data(&json!({ "groups": [{ "name": "llm", "rules": [rule] }] }))
}

#[test]
fn alerts_are_those_of_its_rules_and_evaluated_here_where_there_are_none() {
    let is_over = Arc::new(AtomicUsize::new(0));
    let over = Arc::clone(&is_over);
    let asker = Asker::of(serve(move |path, form| {
        let (path, query) = asked(path, form);
        let labels = json!({
            "alertname": "LlmAccountEmpty", "severity": "critical", "job": "mail",
            "provider": "openai",
        });
        let own = json!({ "job": "mail", "provider": "openai", "model": "gpt" });
        match &*path {
            "rules" if over.load(Ordering::SeqCst) == 1 => firing(&json!([])),
            "rules" => firing(&json!([{
                "labels": labels, "state": "firing", "activeAt": "2026-11-21T15:20:00.5+01:00",
                "value": "3e+00",
            }])),
            "query" if query.contains("llm_cost_unpriced_total") => vector(&[(own, "12")]),
            path => empty(path),
        }
    }));
    asker.follow(NOW);
    let alerts = asker.page().alerts.unwrap();
    let told = alerts.firing.iter().find(|alert| alert.name == "LlmAccountEmpty").unwrap();
    // Since 14:20:00.5, and held for a minute; now it is 14:30.
    assert_eq!((told.value.as_str(), told.length.as_str()), ("3", "8 min 59 s"));
    assert!(told.runbook[0].contains("billing"), "{told:?}");
    let own: Vec<_> = alerts.firing.iter().chain(&alerts.pending).map(|of| &of.name).collect();
    assert!(own.iter().any(|name| *name == "LlmModelUnpriced"), "{own:?}");
    let notes = asker.page().notes.join("\n");
    let said = "The states of 1 alerts are those of its rules;";
    assert!(notes.contains(said) && notes.contains("evaluated here"), "{notes}");

    is_over.store(1, Ordering::SeqCst);
    asker.follow(NOW + 5000);
    let alerts = asker.page().alerts.unwrap();
    assert!(alerts.resolved.iter().any(|alert| alert.name == "LlmAccountEmpty"), "{alerts:?}");
}

#[test]
fn bots_are_as_it_reads_them() {
    let asker = Asker::of(serve(|path, form| {
        let (path, query) = asked(path, form);
        let bot = |instance: &str| json!({ "job": "mail", "instance": instance });
        match &*path {
            "query" if query.starts_with("up and ") => {
                vector(&[(bot("a:1"), "1"), (bot("b:1"), "0")])
            }
            "query" if query.starts_with("timestamp(up) ") => {
                vector(&[(bot("a:1"), "1795271390.25"), (bot("b:1"), "1795271390.5")])
            }
            path => empty(path),
        }
    }));
    asker.follow(NOW);
    let lives = asker.page().lives;
    let heard: Vec<_> = lives.iter().map(|life| (&*life.instance, life.heard.as_deref())).collect();
    assert_eq!(heard, [("a:1", Some("9 s")), ("b:1", None)]);
    assert_eq!(
        asker.bots.unread(),
        ["mail b:1: Prometheus cannot read it; why is on its page of targets"]
    );
}

#[test]
fn the_distance_of_samples_and_how_far_they_go_back_are_found_out() {
    let asker = Asker::of(serve(|path, form| {
        let (path, query) = asked(path, form);
        let pairs: Vec<_> = form_urlencoded::parse(form.as_bytes()).collect();
        let start = pairs.iter().find(|(key, _)| key == "start").map(|(_, value)| value);
        match &*path {
            // Forty in ten minutes, but for one that was late.
            "query" if query.starts_with("min(count_over_time(") => vector(&[(json!({}), "39")]),
            "query_range" if query == "count(telemetry_heartbeat_timestamp_seconds)" => {
                let start: f64 = start.unwrap().parse().unwrap();
                let values = [json!([start + 1800.0, "1"]), json!([start + 3600.0, "1"])];
                let result = json!([{ "metric": {}, "values": values }]);
                data(&json!({ "resultType": "matrix", "result": result }))
            }
            path => empty(path),
        }
    }));
    asker.follow(NOW);
    assert_eq!(asker.bots.pace(), Duration::from_secs(15));
    assert!(asker.page().notes[0].contains("which has a sample every 15s"));
    // Half an hour is what the finer question finds.
    assert_eq!(asker.page().covered, "30 min");
}
