//! The OTLP backend against receivers in this process.

#![cfg(test)]

mod otlp {
    mod answers;
    mod canaries;
    mod clock;
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
    mod sizes;
    mod slowness;
    mod strangers;
    mod streaks;
    mod tls;
}
