//! Under which names a server on the loopback answers.

use std::net::IpAddr;

use botmeter_telemetry::{BackendKind, Exports, ScrapeSettings, export::scrape::Scrape};

use crate::started;
use witness::scraper::{Reply, get};

const OK: &str = "HTTP/1.1 200 OK";
const UNCLEAR: &str = "HTTP/1.1 400 Bad Request";
const ELSEWHERE: &str = "HTTP/1.1 421 Misdirected Request";

#[test]
fn under_a_name_of_somebody_else_nothing_is_answered_on_the_loopback() {
    let (scrape, exports) = started();
    let address = scrape.address().unwrap();
    let port = address.port();
    let cases = [
        ("localhost", OK),
        ("LocalHost.", OK),
        ("bot.localhost", OK),
        ("127.0.0.1", OK),
        ("192.0.2.7", OK),
        ("[::1]", OK),
        ("host.docker.internal", OK),
        ("host.containers.internal", OK),
        ("rebind.attacker.example", ELSEWHERE),
        ("localhost.attacker.example", ELSEWHERE),
        ("127.0.0.1.attacker.example", ELSEWHERE),
        ("notlocalhost", ELSEWHERE),
        ("attacker.example.", ELSEWHERE),
        ("localhost@attacker.example", ELSEWHERE),
    ];
    for (host, status) in cases {
        for host in [host.to_owned(), format!("{host}:{port}")] {
            for path in ["/metrics", "/healthz", "/", "/elsewhere"] {
                let request =
                    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
                let reply = Reply::to(address, &request);
                let status = match (status, path) {
                    (OK, "/elsewhere") => "HTTP/1.1 404 Not Found",
                    (status, _) => status,
                };
                assert_eq!(reply.status(), status, "{path} at {host:?}");
            }
        }
    }
    let reply = asked(address.port(), "GET /metrics HTTP/1.1\r\nHost: attacker.example");
    assert!(reply.text().contains("ask for localhost, let a proxy"), "{}", reply.text());
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(exports.failure_count(), 0);
}

fn asked(port: u16, head: &str) -> Reply {
    let request = format!("{head}\r\nConnection: close\r\n\r\n");
    Reply::to(([127, 0, 0, 1], port).into(), &request)
}

/// RFC 9112, 3.2 and 3.2.2.
#[test]
fn a_request_names_one_host_and_its_target_counts_first() {
    let (scrape, _) = started();
    let port = scrape.address().unwrap().port();
    let cases = [
        ("GET /metrics HTTP/1.1", UNCLEAR),
        ("GET /metrics HTTP/1.1\r\nHost: ", UNCLEAR),
        ("GET /metrics HTTP/1.1\r\nHost: attacker.example@", UNCLEAR),
        ("GET /metrics HTTP/1.1\r\nHost: [::1", UNCLEAR),
        ("GET /metrics HTTP/1.1\r\nHost: two names", UNCLEAR),
        ("GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: localhost", UNCLEAR),
        ("GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: attacker.example", UNCLEAR),
        ("GET http://localhost/metrics HTTP/1.1\r\nHost: attacker.example", OK),
        ("GET http://attacker.example/metrics HTTP/1.1\r\nHost: localhost", ELSEWHERE),
        ("GET http://localhost/metrics HTTP/1.1", UNCLEAR),
        ("GET /metrics HTTP/1.0", "HTTP/1.0 200 OK"),
        ("GET /metrics HTTP/1.0\r\nHost: attacker.example", "HTTP/1.0 421 Misdirected Request"),
        ("HEAD /metrics HTTP/1.1\r\nHost: attacker.example", ELSEWHERE),
    ];
    for (head, status) in cases {
        assert_eq!(asked(port, head).status(), status, "{head}");
    }
}

/// Who listens for others is known by names that only they know.
#[test]
fn a_server_for_other_machines_answers_under_every_name() {
    let exports = Exports::new(BackendKind::Scrape);
    let settings = ScrapeSettings::Listen(([0, 0, 0, 0], 0).into());
    let scrape = Scrape::start(settings, exports).unwrap();
    let port = scrape.address().unwrap().port();
    for head in [
        "GET /metrics HTTP/1.1\r\nHost: bot.example",
        "GET http://bot.example/metrics HTTP/1.1\r\nHost: other.example",
        "GET /metrics HTTP/1.1",
    ] {
        assert_eq!(asked(port, head).status(), OK, "{head}");
    }
}

#[test]
fn every_address_of_the_loopback_is_guarded() {
    for ip in ["127.0.0.2", "::1", "::ffff:127.0.0.1"] {
        let settings = ScrapeSettings::Listen((ip.parse::<IpAddr>().unwrap(), 0).into());
        // Not every machine has all of them.
        let Ok(scrape) = Scrape::start(settings, Exports::new(BackendKind::Scrape)) else {
            continue;
        };
        let address = scrape.address().unwrap();
        let request = "GET /healthz HTTP/1.0\r\nHost: attacker.example\r\n\r\n";
        assert_eq!(Reply::to(address, request).status(), "HTTP/1.0 421 Misdirected Request");
        assert_eq!(get(address, "/healthz").text(), "ok\n");
    }
}
