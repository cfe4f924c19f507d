//! The tower layer.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use http::request::Parts;
use http_body::Body;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::{Http, Method, ServedRequest, Status, body::MeteredBody};

/// Counts the requests of the services that it wraps.
///
/// Made by [`Http::layer`].
#[derive(Clone, Debug)]
pub struct HttpLayer<F> {
    http: Http,
    route: F,
}

/// A service whose requests are counted.
#[derive(Clone, Debug)]
pub struct HttpService<S, F> {
    inner: S,
    http: Http,
    route: F,
}

pin_project! {
    /// The future of a response whose request is counted.
    #[derive(Debug)]
    pub struct ResponseFuture<T> {
        #[pin]
        inner: T,
        method: Method,
        request: Option<ServedRequest>,
    }
}

impl<F> HttpLayer<F> {
    pub(crate) fn new(http: Http, route: F) -> Self {
        Self { http, route }
    }
}

impl<S, F: Clone> Layer<S> for HttpLayer<F> {
    type Service = HttpService<S, F>;

    fn layer(&self, inner: S) -> Self::Service {
        HttpService { inner, http: self.http.clone(), route: self.route.clone() }
    }
}

impl<S, F, Q, P> Service<http::Request<Q>> for HttpService<S, F>
where
    S: Service<http::Request<Q>, Response = http::Response<P>>,
    F: Fn(&Parts) -> Option<&str>,
    P: Body,
{
    type Response = http::Response<MeteredBody<P>>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Q>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let method = Method::from(&parts.method);
        // Before the service sees the request: it may panic here already.
        let served = self.http.start(method, (self.route)(&parts));
        let inner = self.inner.call(http::Request::from_parts(parts, body));
        ResponseFuture { inner, method, request: Some(served) }
    }
}

impl<T, P, E> Future for ResponseFuture<T>
where
    T: Future<Output = Result<http::Response<P>, E>>,
    P: Body,
{
    type Output = Result<http::Response<MeteredBody<P>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Held here while the service runs: if it panics, the request is
        // dropped by the panic, even if somebody catches it around this future
        // and drops the future later.
        let request = this.request.take();
        match this.inner.poll(cx) {
            Poll::Pending => {
                *this.request = request;
                Poll::Pending
            }
            Poll::Ready(Ok(response)) => {
                Poll::Ready(Ok(MeteredBody::wrap(response, *this.method, request)))
            }
            Poll::Ready(Err(error)) => {
                if let Some(request) = request {
                    request.finish(Status::InternalServerError);
                }
                Poll::Ready(Err(error))
            }
        }
    }
}
