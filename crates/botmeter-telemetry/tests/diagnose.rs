//! Every place where metrics get lost is found and named, with the line to
//! change.

#![cfg(test)]

#[expect(dead_code, reason = "the tests of the OTLP backend use the rest of it")]
mod receiver;

mod diagnose {
    mod by_grpc;
    mod by_http;
    mod fakes;
    mod process;
}
