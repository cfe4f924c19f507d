//! Whether an alert fires, for a machine that asks.

use std::time::{Duration, Instant};

use crate::{
    bot::{Bot, page},
    program::ended,
};

/// What a check says, and its code.
fn checked(length: &str, targets: &[&str]) -> (Option<i32>, String, String) {
    let arguments = ["watch", "--interval", "1s", "--check", length];
    let arguments: Vec<_> = arguments.iter().chain(targets).copied().collect();
    let output = ended(&arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn an_alert_that_fires_is_told_at_once_with_what_to_do() {
    let unpaid = |count| {
        let labels = "provider=\"openai\",model=\"m\",error_type=\"quota\"";
        format!(
            "{}# TYPE llm_errors_total counter\nllm_errors_total{{{labels}}} {count}\n",
            page(9, 0)
        )
    };
    let bot = Bot::says(unpaid(0));
    let place = bot.place();
    let began = Instant::now();
    let checking = std::thread::spawn(move || checked("10m", &[&place]));
    // It grows for as long as it is looked at.
    for count in 0.. {
        if checking.is_finished() {
            break;
        }
        assert!(began.elapsed() < Duration::from_mins(2), "nothing fired");
        bot.answers("200 OK\r\ncontent-type: text/plain", unpaid(count));
        std::thread::sleep(Duration::from_millis(100));
    }
    let (code, said, _) = checking.join().unwrap();
    assert_eq!(code, Some(1), "{said}");
    for part in ["!!  LlmAccountEmpty", "provider=openai", "1. Look at the provider's billing page"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn where_nothing_fires_that_is_said_with_what_it_is_worth() {
    let bot = Bot::says(page(9, 0));
    let (code, said, _) = checked("2s", &[&bot.place()]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("no alert fired within 2s\n"), "{said}");
    assert!(said.contains("look further back, so their silence means little"), "{said}");
}

#[test]
fn a_bot_that_is_silent_is_not_taken_for_one_that_is_well() {
    let bot = Bot::says(page(9, 0));
    let (code, said, error) = checked("1s", &[&bot.place(), "gone=127.0.0.1:9"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        error.starts_with("error: failed to watch gone 127.0.0.1:9: connection refused"),
        "{error}"
    );
    assert!(!said.contains("no alert fired"), "{said}");
}
