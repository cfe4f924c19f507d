//! Every place where metrics get lost is found and named, with the line to
//! change.

#![cfg(test)]

mod diagnose {
    mod by_grpc;
    mod by_http;
    mod fakes;
    mod process;
}
