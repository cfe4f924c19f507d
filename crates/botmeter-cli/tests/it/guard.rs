//! For whom the live page is, and for whom it is not.

use crate::{
    bot::{Bot, page},
    program::Live,
};

fn live() -> (Bot, Live) {
    let bot = Bot::says(page(1, 0));
    let live = Live::start("watch", &["--allow-host", "Bots.Example", &bot.place()]);
    live.until("/", "version 1.2.3");
    (bot, live)
}

#[test]
fn under_a_name_of_somebody_else_nothing_is_answered() {
    let (_bot, live) = live();
    for host in ["localhost", "127.0.0.1:1", "[::1]:9465", "LOCALHOST:80", "bots.example"] {
        let answer = live.ask("GET", "/", &format!("host: {host}\r\n"));
        assert_eq!(answer.status, 200, "{host}");
    }
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:9465"] {
        for target in ["/", "/panel.csv?panel=x", "/style.css", "/nothing"] {
            let answer = live.ask("GET", target, &format!("host: {host}\r\n"));
            assert_eq!(answer.status, 421, "{host} {target}");
            assert!(!answer.body.contains("<html"), "{}", answer.body);
        }
    }
    for headers in ["", "host: a\r\nhost: localhost\r\n", "host: a b\r\n"] {
        assert_eq!(live.ask("GET", "/", headers).status, 400, "{headers:?}");
    }
    let target = "http://evil.example/";
    assert_eq!(live.ask("GET", target, "host: localhost\r\n").status, 421);
}

#[test]
fn another_page_can_lead_here_and_not_read() {
    let (_bot, live) = live();
    let from = |headers: &str| {
        live.ask("GET", "/", &format!("host: localhost\r\nsec-fetch-site: {headers}\r\n")).status
    };
    assert_eq!(from("same-origin"), 200);
    assert_eq!(from("none"), 200);
    assert_eq!(from("cross-site\r\nsec-fetch-mode: no-cors\r\nsec-fetch-dest: image"), 403);
    assert_eq!(from("cross-site\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: iframe"), 403);
    assert_eq!(from("cross-site\r\nsec-fetch-mode: navigate\r\nsec-fetch-dest: document"), 200);
}

#[test]
fn nothing_can_be_changed_and_every_answer_is_strict() {
    let (_bot, live) = live();
    let host = "host: localhost\r\n";
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        let answer = live.ask(method, "/", host);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("get, head")), "{method}");
    }
    let head = live.ask("HEAD", "/", host);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for target in ["/", "/style.css", "/script.js", "/nothing", "/alert?called=x", "/?range=soon"] {
        let answer = live.ask("GET", target, host);
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{target}: {policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let expected = [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ];
        for (name, value) in expected {
            assert_eq!(answer.header(name), Some(value), "{target}");
        }
    }
}
