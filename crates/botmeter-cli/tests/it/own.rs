//! The page that a bot serves of itself, beside what `botmeter watch` says.

use std::{net::Ipv4Addr, time::Duration};

use botmeter_bot::Bots;
use botmeter_llm::{ErrorKind, Llm, ModelHandle, Provider, Usage};
use botmeter_telemetry::{Environment, Telemetry, live::Live};

use crate::program::{Live as Program, ask, until};

/// Panels whose numbers do not depend on the moments of readings, and what
/// they say.
const SAME: [(&str, f64); 5] = [
    ("llm-api-health--calls-in-flight", 2.0),
    ("llm-api-health--error-share", 0.25),
    ("bot-health--longest-queue", 7.0),
    ("bot-health--under-way", 1.0),
    ("bot-health--most-failures-in-a-row", 0.0),
];

#[test]
fn a_bot_and_who_watches_it_say_the_same() {
    let boards = botmeter_catalogue::catalogue();
    let boards = boards.boards().map(|(_, board)| board.clone());
    let (telemetry, (llm, bots)) = Telemetry::builder("my-bot")
        .environment(Environment::default())
        .scrape((Ipv4Addr::LOCALHOST, 0).into())
        .live(Live::of(boards).interval(Duration::from_secs(1)))
        .start::<(Llm, Bots)>()
        .unwrap();
    let bot = telemetry.scrape_address().unwrap().to_string();
    let watch = Program::start("watch", &["--interval", "1s", &bot]);
    let both = |target: &str| {
        let own = ask(&bot, "GET", target, "host: localhost\r\n").body;
        [own, watch.get(target).body]
    };
    let say = |panel: &str, value: f64| {
        let target = format!("/panel.csv?panel={panel}&range=300");
        until(panel, || {
            let both = both(&target);
            let is_so = |csv: &String| number(csv).is_some_and(|it| (it - value).abs() < 1e-9);
            if both.iter().all(is_so) { Ok(()) } else { Err(format!("{both:?}, not {value}")) }
        });
    };
    // What a counter begins with is no growth, as in Prometheus.
    let model = llm.model(Provider::OpenAi, "gpt-4o");
    say("llm-api-health--requests", 0.0);

    (0..8).for_each(|number| finished(&model, number));
    let in_flight = [(); 2].map(|()| model.start());
    bots.bot("mail").set_queue_depth(7);
    let run = bots.run("mail");
    for (panel, value) in SAME {
        say(panel, value);
    }
    // The same tabs, and the same alert.
    let pages = until("the alert", || {
        let pages = both("/?dashboard=telemetry");
        let is_so = |page: &String| {
            page.contains("1 alert is firing") && page.contains("gpt-4o at openai within an hour")
        };
        if pages.iter().all(is_so) { Ok(pages) } else { Err(format!("{pages:?}")) }
    });
    for uid in ["overview", "llm-api-health", "bot-health"] {
        let tab = format!("dashboard={uid}");
        assert!(pages.iter().all(|page| page.contains(&tab)), "{tab} in {pages:?}");
    }
    drop((in_flight, run));
    telemetry.end();
}

/// Of four calls, one fails.
fn finished(model: &ModelHandle, number: usize) {
    let call = model.start();
    if number.is_multiple_of(4) {
        call.fail(ErrorKind::Server);
    } else {
        call.finish(&Usage::including_cache(1_000, 200));
    }
}

/// The number of a panel that has one.
fn number(csv: &str) -> Option<f64> {
    csv.lines().nth(1)?.rsplit_once(',')?.1.trim().parse().ok()
}
