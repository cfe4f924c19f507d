//! The answers to requests, apart from what was drawn for them.

use std::fmt::Display;

use botmeter_view::html;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

pub(crate) const HTML: &str = "text/html; charset=utf-8";
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

/// The answer before there is anything to draw, which asks again by itself.
pub(crate) fn early() -> Response<Bytes> {
    let mut early = wrong(
        StatusCode::SERVICE_UNAVAILABLE,
        "nothing was read yet; the first reading is on its way, so look again in a second",
    );
    for name in [header::RETRY_AFTER, header::REFRESH] {
        early.headers_mut().insert(name, HeaderValue::from_static("1"));
    }
    early
}

/// The answer to those whom the others leave no time for.
pub(crate) fn crowded() -> Response<Bytes> {
    wrong(
        StatusCode::SERVICE_UNAVAILABLE,
        "too many ask for this page at once; ask again in a moment",
    )
}

/// What nobody reads, because whoever asked has left.
pub(crate) fn unwanted() -> Response<Bytes> {
    wrong(StatusCode::SERVICE_UNAVAILABLE, "nobody waits for this page any more")
}

/// Something that could not be answered because of a mistake here.
pub fn broken() -> Response<Bytes> {
    wrong(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be drawn, which is a bug")
}

pub(crate) fn wrong(status: StatusCode, why: impl Display) -> Response<Bytes> {
    answer(status, TEXT, format!("{why}\n"))
}

pub(crate) fn answer(
    status: StatusCode,
    kind: &'static str,
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, html::CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}
