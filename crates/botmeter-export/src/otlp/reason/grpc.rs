//! Why a push by gRPC failed.

use std::{error::Error, io, net::IpAddr, time::Duration};

use tonic::{Code, Status};

use super::{super::target::Target, Rejected, causes, excerpt};
use crate::{Protocol, failure::Failure};

/// Why the call failed.
pub(in super::super) fn of_status(target: &Target, status: &Status) -> String {
    let request = target.request(Protocol::Grpc);
    if let Some(error) = first_io_error(status) {
        return super::of_io(&request, target, Protocol::Grpc, error);
    }
    let mut text = excerpt(target, status.message().as_bytes());
    let mut source = status.source();
    while let Some(cause) = source {
        let more = excerpt(target, cause.to_string().as_bytes());
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = cause.source();
    }
    let advice = of_code(target, status.code(), status.source().is_some(), &text);
    format!("{request}: {:?}, {text:?}; {advice}", status.code())
}

/// Why there was no answer. Nobody tells how much of the time went to the name.
pub(in super::super) fn of_timeout(target: &Target, timeout: Duration) -> String {
    let reason = super::of_timeout(&target.request(Protocol::Grpc), timeout);
    if target.host().trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return reason;
    }
    format!("{reason} does the name server answer?")
}

/// What the receiver took only a part of; nothing if it took all.
pub(in super::super) fn of_partial_success(
    target: &Target,
    rejected: Option<Rejected>,
) -> Option<Failure> {
    super::of_partial(&target.request(Protocol::Grpc), target, rejected)
}

fn of_code(target: &Target, code: Code, is_local: bool, text: &str) -> String {
    let advice = match code {
        // The limit is ours, whichever code tonic chose.
        Code::OutOfRange | Code::ResourceExhausted if is_too_long(text) => {
            "no receipt is that long: something else than an OTLP receiver answers there"
        }
        Code::Unimplemented => causes::of_no_receiver(target),
        Code::Unavailable if !is_local => causes::NOT_NOW,
        Code::Unauthenticated | Code::PermissionDenied => causes::CREDENTIALS,
        Code::ResourceExhausted => {
            "the receiver limits the size or the rate: raise its limit or push less often"
        }
        Code::InvalidArgument => causes::of_rejection(text),
        Code::DeadlineExceeded => "the receiver is overloaded or far away",
        _ => return causes::of_text(target, Protocol::Grpc, text),
    };
    advice.to_owned()
}

/// Whether the receiver says that this request is larger than it takes, as the
/// servers of grpc-go, tonic, grpc-java and Envoy do. tonic has the same words
/// for our own limit, which an answer was beyond.
pub(in super::super) fn is_too_large(status: &Status, bytes: usize) -> bool {
    let text = status.message();
    let words = ["larger than max", "exceeds maximum", "too large"];
    let is_size = words.iter().any(|words| text.contains(words));
    let is_theirs = !is_too_long(text) || text.contains(&format!("found {bytes} bytes"));
    is_size && is_theirs && matches!(status.code(), Code::ResourceExhausted | Code::OutOfRange)
}

fn is_too_long(text: &str) -> bool {
    let words = ["decoded message length too large", "exceeded while decompressing"];
    words.iter().any(|words| text.contains(words))
}

fn first_io_error(status: &Status) -> Option<&io::Error> {
    let mut next = status.source();
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<io::Error>() {
            return Some(found);
        }
        next = cause.source();
    }
    None
}
