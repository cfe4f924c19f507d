//! The live page that a program serves of itself.

#![cfg(test)]

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::Request};
use botmeter_board::{Alert, Board, Dashboard, Limit, Panel, Row, Severity, Show, last};
use botmeter_core::{Domain, Gauge, Instrument, Meter, Unit};
use botmeter_llm::{Llm, Provider, Usage};
use botmeter_telemetry::{Builder, Environment, Error, OnBadSetting, Telemetry, live::Live};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use witness::logged;
use witness::scraper::{Reply, ask, get};

static DEPTH: Instrument<Gauge, ()> =
    Instrument::gauge("mail.depth", Unit::of("{mail}"), "Mails that wait.");

struct Mail(Gauge);

impl Domain for Mail {
    const NAME: &'static str = "mail";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(DEPTH.bind(meter, ()))
    }
}

const FULL: Limit = Limit::new(100.0, "nobody reads so much in a day");

fn board() -> Board {
    let panel = Panel::stat("Waiting", "Mails that wait.", Show::Count)
        .limit(&FULL)
        .draw(last(&DEPTH).all());
    let dashboard = Dashboard::new("mail-in", "Mail", "Does mail get read?");
    let alert = Alert::new("MailFull", Severity::Warning, last(&DEPTH).all().above(&FULL))
        .says("Too many mails wait.", "{value} mails of {job} wait.", Show::Count)
        .runbook(&["Read them."])
        .panel("Waiting");
    Board::new().dashboard(dashboard.rows([Row::open("Inbox", [panel])])).alerts([alert])
}

fn builder(variables: &[(&str, &str)]) -> Builder {
    let environment: Environment = variables.iter().copied().collect();
    Telemetry::builder("my-bot").environment(environment)
}

fn local() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// A program that reads itself each second.
fn started() -> (Telemetry, Mail, SocketAddr) {
    let live = Live::of([board()]).interval(Duration::from_secs(1)).allow_host("bots.example");
    let (telemetry, mail) = builder(&[]).scrape(local()).live(live).start::<Mail>().unwrap();
    let address = telemetry.scrape_address().unwrap();
    (telemetry, mail, address)
}

/// The answer to this once it says that.
fn until(address: SocketAddr, target: &str, text: &str) -> Reply {
    let deadline = Instant::now() + witness::scraper::LONG;
    loop {
        let reply = get(address, target);
        if reply.text().contains(text) {
            return reply;
        }
        assert!(Instant::now() < deadline, "{target} does not say {text}: {}", reply.text());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_page_says_what_was_just_recorded_and_which_alert_fires() {
    let (telemetry, mail, address) = started();
    assert_eq!(telemetry.live_url(), Some(format!("http://{address}/")));
    mail.0.set(37.0);
    until(address, "/panel.csv?panel=mail-in--waiting", "37");
    let page = until(address, "/?dashboard=mail-in", "No alert fires");
    assert!(page.text().contains("<strong>my-bot</strong>"), "{}", page.text());
    mail.0.set(237.0);
    let page = until(address, "/?dashboard=mail-in", "237 mails of my-bot wait.");
    for said in ["MailFull", "Read them.", "telemetry", "version unknown"] {
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    let query = get(address, "/panel.promql?panel=mail-in--waiting");
    assert_eq!(query.text(), "sum(mail_depth)\n");
    // Beside it, all is as it was, and it was no scrape.
    assert_eq!(get(address, "/healthz").text(), "ok\n");
    let metrics = get(address, "/metrics");
    let scrapes = "telemetry_exports_total{backend=\"scrape\",status=\"success\"} 0\n";
    assert!(metrics.text().contains(scrapes), "{}", metrics.text());
    telemetry.shutdown_blocking(witness::scraper::LONG).unwrap();
}

#[test]
fn a_name_of_somebody_else_another_page_and_a_change_are_refused() {
    let (telemetry, _mail, address) = started();
    until(address, "/", "MailFull");
    let of = |method: &str, headers: &str| {
        let head = format!("{method} / HTTP/1.1\r\nConnection: close\r\n{headers}\r\n");
        Reply::to(address, &head)
    };
    let foreign = of("GET", "Host: evil.example\r\n");
    assert!(foreign.status().starts_with("HTTP/1.1 421 "), "{}", foreign.head);
    let read = "Host: localhost\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n";
    assert!(of("GET", read).status().starts_with("HTTP/1.1 403 "));
    assert!(of("POST", "Host: localhost\r\n").status().starts_with("HTTP/1.1 405 "));
    for host in ["bots.example", "BOTS.example.:80"] {
        let reply = of("GET", &format!("Host: {host}\r\n"));
        assert_eq!(reply.status(), "HTTP/1.1 200 OK", "{host}");
    }
    let unnamed = Reply::to(address, "GET / HTTP/1.0\r\n\r\n");
    assert_eq!(unnamed.status(), "HTTP/1.0 200 OK");
    // What is allowed for the page is allowed for nothing else.
    let metrics = "GET /metrics HTTP/1.1\r\nHost: bots.example\r\nConnection: close\r\n\r\n";
    assert!(Reply::to(address, metrics).status().starts_with("HTTP/1.1 421 "));
    let page = get(address, "/");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let head = ask(address, "HEAD", "/", "");
    assert_eq!((head.status(), head.text()), ("HTTP/1.1 200 OK", ""));
    telemetry.end();
}

/// Each has the rule for itself, because export depends on core alone.
#[test]
fn the_page_for_scrapes_and_the_live_page_answer_under_the_same_names() {
    let (telemetry, _mail, address) = started();
    let (here, elsewhere, unclear) = ("200", "421", "400");
    for (request, status) in [
        ("GET {} HTTP/1.1\r\nHost: localhost", here),
        ("GET {} HTTP/1.1\r\nHost: LocalHost.:9464", here),
        ("GET {} HTTP/1.1\r\nHost: bot.localhost", here),
        ("GET {} HTTP/1.1\r\nHost: 192.0.2.7", here),
        ("GET {} HTTP/1.1\r\nHost: [::1]:9464", here),
        ("GET {} HTTP/1.1\r\nHost: host.docker.internal:9464", here),
        ("GET {} HTTP/1.1\r\nHost: Host.Containers.Internal.", here),
        ("GET http://localhost{} HTTP/1.1\r\nHost: evil.example", here),
        ("GET {} HTTP/1.0", here),
        ("GET {} HTTP/1.1\r\nHost: evil.example", elsewhere),
        ("GET {} HTTP/1.1\r\nHost: localhost.evil.example", elsewhere),
        ("GET {} HTTP/1.1\r\nHost: notlocalhost", elsewhere),
        ("GET {} HTTP/1.1\r\nHost: 127.0.0.1.evil.example", elsewhere),
        // Resolvers of companies know such names.
        ("GET {} HTTP/1.1\r\nHost: internal", elsewhere),
        ("GET {} HTTP/1.1\r\nHost: mallory.corp.internal", elsewhere),
        ("GET {} HTTP/1.1\r\nHost: evil.host.docker.internal", elsewhere),
        ("GET http://evil.example{} HTTP/1.1\r\nHost: localhost", elsewhere),
        ("GET {} HTTP/1.0\r\nHost: evil.example", elsewhere),
        ("GET {} HTTP/1.1", unclear),
        ("GET {} HTTP/1.1\r\nHost: two names", unclear),
        ("GET {} HTTP/1.1\r\nHost: localhost\r\nHost: localhost", unclear),
        ("GET http://localhost{} HTTP/1.1", unclear),
    ] {
        for path in ["/metrics", "/style.css"] {
            let request = request.replace("{}", path);
            let reply = Reply::to(address, &format!("{request}\r\nConnection: close\r\n\r\n"));
            assert_eq!(reply.status().split(' ').nth(1), Some(status), "{request}");
        }
    }
    telemetry.end();
}

#[test]
fn a_program_that_only_pushes_has_the_page_as_well_and_the_environment_may_turn_it_off() {
    let port = ("OTEL_EXPORTER_PROMETHEUS_PORT", "0");
    let pushed = |variables: &[(&str, &str)]| builder(variables).otlp("http://127.0.0.1:1");
    let (telemetry, _mail) = pushed(&[port]).live([board()]).start::<Mail>().unwrap();
    until(telemetry.scrape_address().unwrap(), "/", "MailFull");
    drop(telemetry);
    let off = [port, ("BOTMETER_LIVE", "false")];
    let (telemetry, _mail) = pushed(&off).live([board()]).start::<Mail>().unwrap();
    assert_eq!((telemetry.scrape_address(), telemetry.live_url()), (None, None));
    assert!(telemetry.live().is_none());
    drop(telemetry);
    let (telemetry, _mail) = builder(&off).scrape(local()).live([board()]).start::<Mail>().unwrap();
    let root = get(telemetry.scrape_address().unwrap(), "/");
    assert_eq!(root.text(), "the metrics are at /metrics, a sign of life is at /healthz\n");
}

fn refused(builder: Builder) -> String {
    builder.start::<Mail>().map(drop).map_err(|error: Error| error.chain()).unwrap_err()
}

#[test]
fn what_cannot_be_is_refused_with_what_to_do() {
    let everywhere: SocketAddr = (Ipv4Addr::UNSPECIFIED, 0).into();
    let asked = |live: Live| builder(&[]).scrape(local()).live(live);
    let live = || Live::of([board()]);
    let open = || builder(&[]).scrape(everywhere);
    for (builder, said) in [
        (open().live(live()), "Live::allow_host"),
        (builder(&[("BOTMETER_LIVE", "true")]), "call `Builder::live`"),
        (builder(&[("BOTMETER_LIVE", "perhaps")]), "use one of true, false"),
        (asked(live().interval(Duration::from_millis(10))), "give from 1s to 240s"),
        (asked(live().memory(1000)), "give at least 4194304"),
    ] {
        let error = refused(builder);
        assert!(error.contains(said), "{error}");
    }
    let (telemetry, _mail) =
        open().live(live().allow_host("bots.example")).start::<Mail>().unwrap();
    let port = telemetry.scrape_address().unwrap().port();
    assert_eq!(telemetry.live_url(), Some(format!("http://bots.example:{port}/")));
    drop(telemetry);
    // Where it may be missing, the rest is there.
    let log = logged(|| {
        let warns = open().live(live()).on_bad_setting(OnBadSetting::Warn);
        let (telemetry, _mail) = warns.start::<Mail>().unwrap();
        let address = (Ipv4Addr::LOCALHOST, telemetry.scrape_address().unwrap().port()).into();
        assert!(get(address, "/metrics").text().contains("mail_depth"));
        assert!(get(address, "/").text().starts_with("the metrics are at /metrics"));
        telemetry.end();
    });
    assert!(log.contains("it goes on without serving the live page"), "{log}");
}

#[test]
fn the_least_memory_holds_a_bot_that_calls_three_models() {
    let live = Live::of([botmeter_llm::board::board()]).interval(Duration::from_secs(1));
    let live = live.memory(4 << 20);
    let (telemetry, llm) = builder(&[]).scrape(local()).live(live).start::<Llm>().unwrap();
    for model in ["small", "medium", "large"] {
        let reply = async { Ok::<_, std::io::Error>(Usage::including_cache(10, 5)) };
        let call = llm.observe_with(Provider::OpenAi, model, reply, |usage| *usage);
        futures_executor::block_on(call).unwrap();
    }
    let address = telemetry.scrape_address().unwrap();
    let metrics = get(address, "/metrics");
    let series = metrics.text().lines().filter(|line| !line.starts_with('#')).count();
    // What its other domains tell takes less than that.
    assert!((300..917 * 2 / 3).contains(&series), "{series}");
    let page = until(address, "/?dashboard=llm-api-health", "medium");
    assert!(!page.text().contains("are left out"), "{}", page.text());
    telemetry.end();
}

#[test]
fn a_page_that_is_refused_leaves_nothing_open_that_was_there_for_it_alone() {
    let everywhere =
        [("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0"), ("OTEL_EXPORTER_PROMETHEUS_PORT", "0")];
    let log = logged(|| {
        let pushes = builder(&everywhere).otlp("http://127.0.0.1:1").live([board()]);
        let warns = pushes.on_bad_setting(OnBadSetting::Warn);
        let (telemetry, _mail) = warns.start::<Mail>().unwrap();
        assert_eq!(telemetry.scrape_address(), None);
        assert!(telemetry.live().is_none());
        drop(telemetry);
    });
    assert!(log.contains("other machines reach it"), "{log}");
    // Who asked for metrics there has them.
    let scrapes = [everywhere[0], everywhere[1], ("OTEL_METRICS_EXPORTER", "prometheus")];
    let log = logged(|| {
        let warns = builder(&scrapes).live([board()]).on_bad_setting(OnBadSetting::Warn);
        let (telemetry, _mail) = warns.start::<Mail>().unwrap();
        let address = telemetry.scrape_address().unwrap();
        assert!(address.ip().is_unspecified() && telemetry.live().is_none(), "{address}");
        drop(telemetry);
    });
    assert!(log.contains("other machines reach it"), "{log}");
}

#[test]
fn a_programs_own_server_has_it_at_a_path_of_its_own() {
    let live = Live::of([board()]).interval(Duration::from_secs(1));
    let (telemetry, mail) = builder(&[]).scrape_mounted().live(live).start::<Mail>().unwrap();
    mail.0.set(7.0);
    assert_eq!(telemetry.live_url(), None);
    let app: Router = Router::new()
        .route("/metrics", telemetry.page_route())
        .nest_service("/live/", telemetry.live_route());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let ask = |path: &str, host: &str| {
        let request = Request::get(path).header("host", host).body(Body::empty()).unwrap();
        runtime.block_on(async {
            let (head, body) = app.clone().oneshot(request).await.unwrap().into_parts();
            let text = body.collect().await.unwrap().to_bytes();
            (head.status.as_u16(), String::from_utf8(text.into()).unwrap())
        })
    };
    let deadline = Instant::now() + witness::scraper::LONG;
    while ask("/live/", "localhost").0 == 503 && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(ask("/live/", "localhost").1.contains("MailFull"));
    for path in ["style.css", "script.js", "panel.csv?panel=mail-in--waiting"] {
        assert_eq!(ask(&format!("/live/{path}"), "localhost").0, 200, "{path}");
    }
    assert_eq!(ask("/live/", "evil.example").0, 421);
    assert_eq!(ask("/metrics", "evil.example").0, 200);
    telemetry.end();
    assert_eq!(ask("/live/", "localhost").0, 200, "what was read until the end stays");
}

#[test]
fn where_there_is_no_page_the_answer_and_the_log_say_why() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mounted = || builder(&[]).scrape_mounted().on_bad_setting(OnBadSetting::Warn);
    let listener = std::net::TcpListener::bind(local()).unwrap();
    let taken = builder(&[]).scrape(listener.local_addr().unwrap());
    let taken = taken.on_bad_setting(OnBadSetting::Warn).live([board()]);
    for (builder, why) in [
        (mounted(), "call `Builder::live` before the start"),
        (mounted().live(Live::of([board()]).memory(1000)), "it was left out at the start"),
        (taken, "it was left out at the start"),
    ] {
        let (telemetry, _mail) = builder.start::<Mail>().unwrap();
        let mut app: Router = Router::new();
        let log = logged(|| app = Router::new().nest_service("/live/", telemetry.live_route()));
        let said = format!("the program's own router has no live page: {why}");
        assert!(log.contains(&said), "{log}");
        let request = Request::get("/live/").body(Body::empty()).unwrap();
        let answer = runtime.block_on(app.oneshot(request)).unwrap();
        assert_eq!(answer.status(), 404);
    }
}

#[test]
fn a_diagnosis_names_the_page() {
    let (telemetry, _mail, address) = started();
    let diagnosis = telemetry.diagnose_blocking();
    let page = diagnosis.of("page").unwrap();
    let said = format!("the live page is at http://{address}/");
    assert!(page.evidence.contains(&said), "{page}");
}
