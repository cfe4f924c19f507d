//! The live page over a real Prometheus: it has the numbers that the page over
//! the bot has, and that Prometheus itself answers.

use std::{
    fs, thread,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result, ensure};
use botmeter_board::{Expr, Kind, Limits, Panel};
use botmeter_llm::{ErrorKind, Llm, Provider, Usage};
use botmeter_telemetry::{Environment, Telemetry};
use botmeter_view::{Clock, Frame, anchor, csv, draw};
use botmeter_window::{Bounds, Chosen, History, Labels};
use integration_tests::{Live, Prometheus, boards, eventually};
use xtask::open_metrics::{sample, series};

use crate::{filled::fill, hour};

const SOON: Duration = Duration::from_mins(2);

/// What is recorded, or counted of alerts, is there once rules were evaluated.
fn asks_for_rules(panel: &Panel) -> bool {
    let exprs = panel.lines.iter().flat_map(|line| line.expr.walk());
    exprs.into_iter().any(|expr| {
        matches!(expr, Expr::Recorded { .. } | Expr::Tallied { .. } | Expr::Firing { .. })
    })
}

/// The samples as `promtool` takes them.
fn open_metrics(told: &[(i64, Vec<(Labels, f64)>)]) -> Result<String> {
    let mut text = String::new();
    for number in 0..told.first().map_or(0, |(_, samples)| samples.len()) {
        for (at, samples) in told {
            let (labels, value) = &samples[number];
            sample(&mut text, &series(labels)?, *value, *at)?;
        }
    }
    text.push_str("# EOF\n");
    Ok(text)
}

#[test]
#[ignore = "needs Prometheus and promtool"]
fn the_same_samples_give_the_same_numbers_in_every_bit() -> Result<()> {
    let mut prometheus = Prometheus::builder().start()?;
    let is_wanted = |name: &str| {
        let beginnings = ["llm_", "bot_", "build_info", "process_", "telemetry_heart"];
        beginnings.iter().any(|beginning| name.starts_with(beginning))
    };
    let told = hour::told(is_wanted);
    fill(&mut prometheus, &open_metrics(&told)?)?;
    let live = Live::start(&["watch", "--prometheus", &prometheus.url(), "--interval", "15s"])?;

    let mut history = History::new(Bounds::default());
    let bot = history.add_target();
    for (at, samples) in told {
        history.append(bot, at, samples)?;
    }
    let frame = Frame {
        end: hour::END,
        shown: Duration::from_mins(15),
        scrape: Duration::from_secs(15),
        chosen: Chosen::default(),
        clock: Clock::Wall { east: 0 },
    };
    let boards = boards();
    let limits = Limits::of(&boards.iter().collect::<Vec<_>>());
    let dashboards = boards.iter().flat_map(|board| &board.dashboards);
    let dashboards = dashboards.filter(|of| ["llm-api-health", "bot-health"].contains(&&*of.uid));
    let mut compared = 0;
    for dashboard in dashboards {
        let panels = dashboard.rows.iter().flat_map(|row| &row.panels);
        for panel in panels.filter(|it| it.kind != Kind::Text && !asks_for_rules(it)) {
            let drawn = draw(panel, &dashboard.variables, &limits, &history, &frame);
            let expected = csv(&drawn, frame.clock);
            let place = anchor(&dashboard.uid, &panel.title);
            let end = hour::END;
            let found = live.get(&format!("/panel.csv?panel={place}&range=900&end={end}"))?;
            ensure!(found == expected, "{place}:\n{found}\ninstead of\n{expected}");
            compared += usize::from(expected.lines().count() > 1);
        }
    }
    ensure!(compared > 50, "only {compared} panels have numbers");
    Ok(())
}

/// The values of a panel that stands for numbers, by their names.
fn values(csv: &str) -> Vec<(String, f64)> {
    let records = csv.lines().skip(1).filter_map(|line| line.rsplit_once(','));
    records.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect()
}

/// Milliseconds since 1970.
fn now() -> Result<i64> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    Ok(i64::try_from(now.as_millis())?)
}

/// A call, one in four of which fails.
fn call(llm: &Llm, number: u32) {
    let call = llm.start(Provider::OpenAi, "gpt-4o");
    match number % 4 {
        0 => call.fail(ErrorKind::Quota),
        _ => call.finish(&Usage::including_cache(100, 20)),
    }
}

#[test]
#[ignore = "needs Prometheus"]
fn a_bot_its_prometheus_and_both_pages_say_the_same() -> Result<()> {
    let builder = Telemetry::builder("live").environment(Environment::default());
    let (telemetry, llm) = builder.scrape(([127, 0, 0, 1], 0).into()).start::<Llm>()?;
    let address = telemetry.scrape_address().context("nothing is served")?;
    let page = address.to_string();
    let mut prometheus = Prometheus::builder().scrape("bot", &page, address);
    for path in fs::read_dir(xtask::dashboards::folder().join("prometheus"))? {
        let path = path?.path();
        if path.is_file() {
            prometheus = prometheus.rule_file(path);
        }
    }
    let prometheus = prometheus.start()?;
    let own = Live::start(&["watch", "--interval", "1s", &page])?;
    let over = Live::start(&["watch", "--interval", "1s", "--prometheus", &prometheus.url()])?;
    let seen = |live: &Live| {
        eventually(SOON, "the page to know the bot", || {
            // Before the first reading there is no page.
            Ok(live.get("/").is_ok_and(|shown| shown.contains(&page)).then_some(()))
        })
    };
    seen(&own)?;
    seen(&over)?;
    for number in 0..4 {
        call(&llm, number);
    }
    let asked = |title: &str, end: i64| {
        format!("panel={}&range=300&end={end}", anchor("llm-api-health", title))
    };
    // Each series has to have a sample from before: the first that is seen of
    // a counter grew from nothing.
    for live in [&own, &over] {
        eventually(SOON, "the first calls", || {
            let shown = live.get(&format!("/panel.csv?{}", asked("Requests", now()?)))?;
            Ok((values(&shown).len() == 1).then_some(()))
        })?;
    }
    for number in 0..120 {
        call(&llm, number);
        thread::sleep(Duration::from_millis(50));
    }
    // What is made up beyond the first and the last sample becomes little of the
    // whole, the longer both have seen it at rest.
    let end = eventually(SOON, "both pages to agree", || {
        let end = now()? - 1000;
        let [own, over] = [&own, &over].map(|live| {
            let shown = live.get(&format!("/panel.csv?{}", asked("Requests", end)))?;
            anyhow::Ok(values(&shown).first().map_or(0.0, |(_, value)| *value))
        });
        let (own, over) = (own?, over?);
        Ok((own >= 100.0 && (own - over).abs() <= 0.1 * own).then_some(end))
    })?;
    for (title, tolerance) in [("Requests", 0.1), ("Error share", 0.1), ("Calls in flight", 0.0)] {
        let asked = asked(title, end);
        let [a, b] = [&own, &over].map(|live| live.get(&format!("/panel.csv?{asked}")));
        let (a, b) = (values(&a?), values(&b?));
        ensure!(a.len() == 1 && b.len() == 1, "{title}: {a:?}, {b:?}");
        let apart = (a[0].1 - b[0].1).abs();
        ensure!(apart <= tolerance * a[0].1.abs(), "{title}: {a:?}, {b:?}");
        // Prometheus itself is asked by the query that is there to be copied.
        let query = over.get(&format!("/panel.promql?{asked}"))?;
        let answer = prometheus.query_at(query.trim(), end)?;
        let answer: Vec<_> = answer.series.into_iter().map(|(_, value)| value).collect();
        ensure!(answer == [b[0].1], "{title}: {answer:?} instead of {b:?}");
    }
    let firing = r#"ALERTS{alertname="LlmAccountEmpty", alertstate="firing"}"#;
    eventually(SOON, "the alert to fire", || {
        Ok((!prometheus.query(firing)?.series.is_empty()).then_some(()))
    })?;
    let fires = |live: &Live| {
        eventually(SOON, "the alert on the page", || {
            let page = live.get("/")?;
            let card = page.split("<article").any(|card| card.contains("LlmAccountEmpty"));
            Ok((page.contains("<article") && card).then_some(page))
        })
    };
    fires(&own)?;
    let page = fires(&over)?;
    let listed = format!("/panel.csv?panel={}", anchor("overview", "What fires"));
    for live in [&own, &over] {
        let listed = live.get(&listed)?;
        ensure!(listed.contains("LlmAccountEmpty") && listed.contains("critical"), "{listed}");
    }
    // A bot that has just begun has few samples, and yet a known distance of them.
    ensure!(page.contains("which has a sample every 1s"), "{page}");
    ensure!(page.contains("The states of alerts are those of its rules."), "{page}");
    telemetry.shutdown_blocking(SOON)?;
    Ok(())
}
