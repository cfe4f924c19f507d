//! The OTLP backend against receivers in this process.

#![cfg(test)]

#[expect(dead_code, reason = "the tests of a clock that is set use the rest of it")]
mod receiver;

mod otlp {
    mod answers;
    mod canaries;
    mod credentials;
    mod ending;
    mod environment;
    mod executors;
    mod failures;
    mod instances;
    mod last_words;
    mod log;
    mod outcome;
    mod proxies;
    mod reading;
    mod runtimes;
    mod series;
    mod setup;
    mod slowness;
    mod strangers;
    mod streaks;
    mod tls;
}
