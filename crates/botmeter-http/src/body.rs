//! The body of a response, which ends the request when it ends.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Buf;
use http::{StatusCode, header::CONTENT_LENGTH};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::{Method, ServedRequest, Status};

pin_project! {
    /// The body of a response whose request is counted when the body ends.
    #[derive(Debug, Default)]
    pub struct MeteredBody<B> {
        #[pin]
        inner: B,
        unfinished: Option<Unfinished>,
    }
}

/// A request whose response has begun.
#[derive(Debug)]
struct Unfinished {
    request: ServedRequest,
    status: Status,
    /// The bytes that are still to come, if the response says how many there
    /// are. A server stops asking for more once it has them.
    left: Option<u64>,
}

impl<B: Body> MeteredBody<B> {
    pub(crate) fn wrap(
        response: http::Response<B>,
        method: Method,
        request: Option<ServedRequest>,
    ) -> http::Response<Self> {
        let (head, inner) = response.into_parts();
        let status = Status::from(head.status);
        let left = head.headers.get(CONTENT_LENGTH).and_then(|n| n.to_str().ok()?.parse().ok());
        let unfinished = request.map(|request| Unfinished { request, status, left });
        let is_over = inner.is_end_stream() || left == Some(0) || !is_sent(method, head.status);
        let mut body = Self { inner, unfinished };
        if is_over && let Some(unfinished) = body.unfinished.take() {
            unfinished.finish();
        }
        http::Response::from_parts(head, body)
    }
}

/// Whether a response to such a request has a body on the wire. Where it has
/// none, the server drops what there is.
fn is_sent(method: Method, status: StatusCode) -> bool {
    let is_empty = status.is_informational()
        || [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status)
        || method == Method::Head
        || (method == Method::Connect && status.is_success());
    !is_empty
}

impl Unfinished {
    fn finish(self) {
        self.request.finish(self.status);
    }

    fn fail(self) {
        self.request.finish(Status::InternalServerError);
    }

    /// Whether the server may not ask for another frame after this one.
    fn is_over_after<D: Buf>(&mut self, frame: &Frame<D>) -> bool {
        if frame.is_trailers() {
            return true;
        }
        if let (Some(left), Some(data)) = (&mut self.left, frame.data_ref()) {
            *left = left.saturating_sub(data.remaining() as u64);
        }
        self.left == Some(0)
    }
}

impl<B: Body> Body for MeteredBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        // Held here while the body runs, so that a panic drops it.
        let Some(mut unfinished) = this.unfinished.take() else {
            return this.inner.poll_frame(cx);
        };
        let polled = this.inner.as_mut().poll_frame(cx);
        match &polled {
            Poll::Ready(None) => unfinished.finish(),
            Poll::Ready(Some(Err(_))) => unfinished.fail(),
            Poll::Ready(Some(Ok(frame))) => {
                if unfinished.is_over_after(frame) || this.inner.is_end_stream() {
                    unfinished.finish();
                } else {
                    *this.unfinished = Some(unfinished);
                }
            }
            Poll::Pending => *this.unfinished = Some(unfinished),
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
