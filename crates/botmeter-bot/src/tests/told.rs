//! What a bot tells beside its runs: its queue, and its last success.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{BOT, Bench, LAST_SUCCESS, unix_time};
use crate::MAX_QUEUE_DEPTH;

#[test]
fn the_queue_is_as_deep_as_it_was_last_said_to_be() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    bot.set_queue_depth(7_usize);
    bot.set_queue_depth(3);
    bench.check(&["bot_queue_depth{…} 3"]);
    bot.set_queue_depth(0_u8);
    assert_eq!(bench.value("bot_queue_depth"), Some(0.0));
}

#[test]
fn an_impossible_queue_is_dropped_and_counted() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    bot.set_queue_depth(-1);
    bot.set_queue_depth(3_u64.wrapping_sub(4));
    bot.set_queue_depth(MAX_QUEUE_DEPTH + 1);
    assert_eq!(bench.value("bot_queue_depth"), None);
    assert_eq!(bench.implausible(), 3);
    bot.set_queue_depth(MAX_QUEUE_DEPTH);
    assert_eq!(bench.value("bot_queue_depth"), Some(1e9));
}

#[test]
fn a_restored_success_counts_until_there_is_a_later_one() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    let yesterday = SystemTime::now() - Duration::from_hours(24);
    bot.restore_last_success(yesterday);
    assert_eq!(bench.value(LAST_SUCCESS), Some(unix_time(yesterday)));
    bot.restore_last_success(yesterday - Duration::from_hours(24));
    assert_eq!(bench.value(LAST_SUCCESS), Some(unix_time(yesterday)), "later than that");
    bot.run().finish();
    let today = bench.value(LAST_SUCCESS).unwrap();
    assert!(today > unix_time(yesterday), "{today}");
    bot.restore_last_success(yesterday);
    assert_eq!(bench.value(LAST_SUCCESS), Some(today));
    assert_eq!(bench.implausible(), 0);
    bench.check(&[
        "bot_duration_seconds_count{…,status=\"success\"} 1",
        "bot_executions_total{…,status=\"success\"} 1",
    ]);
}

#[test]
fn an_impossible_time_of_success_is_dropped_and_counted() {
    let bench = Bench::new();
    let bot = bench.bots.bot(BOT);
    bot.restore_last_success(SystemTime::now() + Duration::from_hours(1));
    bot.restore_last_success(UNIX_EPOCH);
    bot.restore_last_success(UNIX_EPOCH - Duration::from_secs(1));
    assert_eq!(bench.value(LAST_SUCCESS), None);
    assert_eq!(bench.implausible(), 3);
}
