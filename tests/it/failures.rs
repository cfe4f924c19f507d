//! The errors of clients that are here, as they really are: which kind of a
//! failed call to a model each of them is.

use std::{error::Error, io};

use botmeter_llm::ErrorKind;
use tonic::Status;

#[test]
fn a_status_of_grpc_is_told_by_its_code_and_not_by_its_message() {
    let misleading = "429 Too Many Requests: connection timed out";
    for (status, kind) in [
        (Status::resource_exhausted(misleading), ErrorKind::RateLimit),
        (Status::deadline_exceeded(misleading), ErrorKind::Timeout),
        (Status::unauthenticated(misleading), ErrorKind::Auth),
        (Status::permission_denied(misleading), ErrorKind::Auth),
        (Status::invalid_argument(misleading), ErrorKind::InvalidRequest),
        (Status::not_found(""), ErrorKind::InvalidRequest),
        (Status::unavailable(misleading), ErrorKind::Server),
        (Status::internal(misleading), ErrorKind::Server),
        (Status::cancelled(misleading), ErrorKind::Unknown),
    ] {
        assert_eq!(ErrorKind::of(&status), kind, "{status}");
    }
    // What broke tells more than the code that tonic makes of it.
    let broken: Box<dyn Error + Send + Sync> =
        Box::new(io::Error::from(io::ErrorKind::ConnectionReset));
    assert_eq!(ErrorKind::of(&Status::from_error(broken)), ErrorKind::Network);
}

#[test]
fn an_error_of_ureq_is_told_by_what_it_is() {
    for (error, kind) in [
        (ureq::Error::StatusCode(429), ErrorKind::RateLimit),
        (ureq::Error::StatusCode(402), ErrorKind::Quota),
        (ureq::Error::StatusCode(529), ErrorKind::Overloaded),
        (ureq::Error::Timeout(ureq::Timeout::Global), ErrorKind::Timeout),
        (ureq::Error::HostNotFound, ErrorKind::Network),
        (ureq::Error::ConnectionFailed, ErrorKind::Network),
        (io::Error::from(io::ErrorKind::ConnectionRefused).into(), ErrorKind::Network),
    ] {
        assert_eq!(ErrorKind::of(&error), kind, "{error}");
    }
}
