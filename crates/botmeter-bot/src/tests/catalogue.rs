//! What is registered, and what is there before anything happens.

use botmeter_core::{Registered, label::Clean};

use super::{BOT, Bench};
use crate::{Bots, ErrorKind};

#[test]
fn names_kinds_and_labels_are_what_dashboards_rely_on() {
    let registered = Registered::of::<Bots>().instruments;
    let registered: Vec<String> = registered.iter().map(ToString::to_string).collect();
    assert_eq!(
        registered,
        [
            "bot_executions_total Counter [bot<=64 status=success|error|cancelled]",
            "bot_failures_total Counter [bot<=64 error_type=llm|tool|storage|platform|timeout|config|internal]",
            "bot_duration_seconds Histogram [bot<=64 status=success|error|cancelled] WORK",
            "bot_active UpDownCounter [bot<=64]",
            "bot_queue_depth Gauge [bot<=64]",
            "bot_consecutive_failures Gauge [bot<=64]",
            "bot_last_success_timestamp_seconds Gauge [bot<=64]",
        ]
    );
}

#[test]
fn every_instrument_is_fed_by_some_event() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    let _active = bot.run();
    bot.set_queue_depth(1);
    bot.run().finish();
    bot.run().fail(ErrorKind::Llm);
    assert_eq!(bench.memory.unfed::<Bots>(), [""; 0], "\n{}", bench.memory.text());
}

#[test]
fn a_bot_that_has_not_run_yet_is_all_there_at_zero() {
    let bench = Bench::new();
    let _bot = bench.bots.bot(BOT);
    let text = bench.memory.text();
    let series: Vec<&str> =
        text.lines().filter(|line| !line.starts_with('#') && !line.contains("_bucket{")).collect();
    assert_eq!(
        series,
        [
            "bot_active{bot=\"newsletter\"} 0",
            "bot_consecutive_failures{bot=\"newsletter\"} 0",
            "bot_duration_seconds_sum{bot=\"newsletter\",status=\"cancelled\"} 0",
            "bot_duration_seconds_count{bot=\"newsletter\",status=\"cancelled\"} 0",
            "bot_duration_seconds_sum{bot=\"newsletter\",status=\"error\"} 0",
            "bot_duration_seconds_count{bot=\"newsletter\",status=\"error\"} 0",
            "bot_duration_seconds_sum{bot=\"newsletter\",status=\"success\"} 0",
            "bot_duration_seconds_count{bot=\"newsletter\",status=\"success\"} 0",
            "bot_executions_total{bot=\"newsletter\",status=\"cancelled\"} 0",
            "bot_executions_total{bot=\"newsletter\",status=\"error\"} 0",
            "bot_executions_total{bot=\"newsletter\",status=\"success\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"config\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"internal\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"llm\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"platform\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"storage\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"timeout\"} 0",
            "bot_failures_total{bot=\"newsletter\",error_type=\"tool\"} 0",
        ],
        "no queue and no success yet, and so no such series"
    );
    assert!(text.contains("status=\"success\",le=\"1800.5\"} 0"), "{text}");
}

#[test]
fn any_text_is_a_name() {
    let long = "x".repeat(10_000);
    let bench = Bench::new();
    for name in ["", "a\nb\\c\u{0}", "say \"hi\"", "日本語", &long] {
        bench.bots.run(name).finish();
    }
    let labels = |bot| [("bot", bot), ("status", "success")];
    for name in ["unknown", "a_b_c_", "say \"hi\"", "日本語", Clean::of(&long).as_str()] {
        let runs = bench.memory.value("bot_executions_total", &labels(name));
        assert_eq!(runs, Some(1.0), "{name}");
    }
}

#[test]
fn bots_past_the_limit_are_other() {
    let bench = Bench::new();
    for n in 0..100 {
        bench.bots.run(&format!("bot-{n}")).finish();
    }
    let labels = [("bot", "other"), ("status", "success")];
    assert_eq!(bench.memory.value("bot_executions_total", &labels), Some(36.0));
}
