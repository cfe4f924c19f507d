//! Well-known types of others, known by how they print themselves.
//!
//! A dependency for each of them would be half of the HTTP clients there are,
//! in one of their major versions. Their texts are constants in their sources,
//! and are compared whole or from their beginning, so that no text of a reply
//! can look like one.

use std::{error::Error, io};

use super::start::Start;
use crate::ErrorKind;

pub(super) fn kind_of(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return of_io(error.kind());
    }
    let shown = Start::of(format_args!("{error}"));
    let is = |texts: &[&str]| !shown.is_cut && texts.contains(&&*shown.text);
    let begins = |texts: &[&str]| texts.iter().any(|text| shown.text.starts_with(text));
    if is(TIMEOUTS) || begins(BEGINNINGS_OF_TIMEOUTS) {
        Some(ErrorKind::Timeout)
    } else if is(BROKEN) || begins(BEGINNINGS_OF_BROKEN) {
        Some(ErrorKind::Network)
    } else if is(NOT_HTTP) || is_of_json(error) {
        Some(ErrorKind::Server)
    } else if shown.text.starts_with("code: '") {
        of_grpc(error)
    } else {
        None
    }
}

fn of_io(kind: io::ErrorKind) -> Option<ErrorKind> {
    use io::ErrorKind as Io;
    match kind {
        Io::TimedOut => Some(ErrorKind::Timeout),
        Io::PermissionDenied => Some(ErrorKind::Auth),
        Io::InvalidData => Some(ErrorKind::Server),
        Io::InvalidInput => Some(ErrorKind::InvalidRequest),
        Io::ConnectionRefused
        | Io::ConnectionReset
        | Io::ConnectionAborted
        | Io::NotConnected
        | Io::AddrNotAvailable
        | Io::BrokenPipe
        | Io::UnexpectedEof
        | Io::HostUnreachable
        | Io::NetworkUnreachable
        | Io::NetworkDown => Some(ErrorKind::Network),
        _ => None,
    }
}

/// Of tokio, tower, reqwest, and tonic.
const TIMEOUTS: &[&str] =
    &["deadline has elapsed", "request timed out", "operation timed out", "Timeout expired"];

/// Of ureq.
const BEGINNINGS_OF_TIMEOUTS: &[&str] = &["timeout: "];

/// Of hyper and hyper-util, and of ureq.
const BROKEN: &[&str] = &[
    "connection closed before message completed",
    "connection error",
    "error reading a body from connection",
    "error writing a body to connection",
    "error shutting down connection",
    "http2 error",
    "operation was canceled",
    "channel closed",
    "dispatch task is gone",
    "client error (Connect)",
    "client error (SendRequest)",
    "client error (ChannelClosed)",
    "dns error",
    "tcp connect error",
    "tls handshake eof",
    "host not found",
    "connection failed",
];

/// Of the resolver, h2, and rustls.
const BEGINNINGS_OF_BROKEN: &[&str] = &[
    "failed to lookup address information",
    "stream error received: ",
    "stream error detected: ",
    "connection error received: ",
    "connection error detected: ",
    "invalid peer certificate: ",
    "received fatal alert: ",
];

/// Of hyper.
const NOT_HTTP: &[&str] = &[
    "invalid HTTP version parsed",
    "invalid HTTP version parsed (found HTTP2 preface)",
    "invalid HTTP header parsed",
    "invalid HTTP status-code parsed",
    "invalid content-length parsed",
    "unexpected transfer-encoding parsed",
    "message head is too large",
];

/// Whether it is `serde_json`'s, which prints a line and a column.
fn is_of_json(error: &(dyn Error + 'static)) -> bool {
    let debug = Start::of(format_args!("{error:?}"));
    let place = debug.text.strip_prefix("Error(\"").and_then(|text| text.rsplit_once("\", line: "));
    let place = place.and_then(|(_, place)| place.strip_suffix(')')?.split_once(", column: "));
    place.is_some_and(|(line, column)| [line, column].iter().all(|n| n.parse::<usize>().is_ok()))
}

/// Of tonic, whose code has its name in the debug text alone.
fn of_grpc(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    let debug = Start::of(format_args!("{error:?}"));
    let code = debug.text.strip_prefix("Status { code: ")?;
    match code.split_once([',', ' ']).map_or(code, |(code, _)| code) {
        "InvalidArgument" | "NotFound" | "FailedPrecondition" | "OutOfRange" | "Unimplemented" => {
            Some(ErrorKind::InvalidRequest)
        }
        "DeadlineExceeded" => Some(ErrorKind::Timeout),
        "PermissionDenied" | "Unauthenticated" => Some(ErrorKind::Auth),
        "ResourceExhausted" => Some(ErrorKind::RateLimit),
        "Internal" | "Unavailable" | "DataLoss" => Some(ErrorKind::Server),
        _ => None,
    }
}
