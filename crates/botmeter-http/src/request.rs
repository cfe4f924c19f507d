//! One request, from its arrival to the end of its response.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use botmeter_core::{Counter, Each, Histogram, Meter, UpDownCounter};

use crate::{
    Method, Status,
    instruments::{REQUEST_DURATION, REQUESTS, REQUESTS_IN_FLIGHT},
};

/// All handles of one method and route.
#[derive(Debug)]
pub(crate) struct Row {
    meter: Meter,
    method: Method,
    route: Box<str>,
    requests: Each<Status, OnceLock<Counter>>,
    duration: Histogram,
    in_flight: UpDownCounter,
}

impl Row {
    pub(crate) fn bind(meter: &Meter, method: Method, route: &str) -> Self {
        let row = Self {
            meter: meter.clone(),
            method,
            route: route.into(),
            requests: Each::new(|_| OnceLock::new()),
            duration: REQUEST_DURATION.bind(meter, (method, route)),
            in_flight: REQUESTS_IN_FLIGHT.bind(meter, (method,)),
        };
        for status in EXPECTED {
            row.requests(*status);
        }
        row
    }

    fn requests(&self, status: Status) -> &Counter {
        let bind = || REQUESTS.bind(&self.meter, (self.method, &self.route, status));
        self.requests[status].get_or_init(bind)
    }
}

/// The codes that every route can end with, whatever its handler does. Their
/// series are there from the start, so that `increase()` sees the first
/// failure; sixty more for each route would drown the page.
const EXPECTED: &[Status] = &[Status::Ok, Status::ClientClosedRequest, Status::InternalServerError];

/// One method and route, found once; its series exist from now on.
#[derive(Clone, Debug)]
pub struct RouteHandle(Arc<Row>);

impl RouteHandle {
    pub(crate) fn new(row: Arc<Row>) -> Self {
        Self(row)
    }

    /// A request arrives.
    #[inline]
    pub fn start(&self) -> ServedRequest {
        ServedRequest::start(Arc::clone(&self.0))
    }
}

/// One request, counted once, at its end.
///
/// For servers that are no tower service; for those that are, there is
/// [`Http::layer`](crate::Http::layer). Ends with [`finish`](Self::finish).
/// Dropped without a word, as a future is when its client goes away, it ends
/// with [499](Status::ClientClosedRequest); dropped by a panic, with 500.
///
/// A request ends once; a second end does not compile:
///
/// ```compile_fail,E0382
/// # use botmeter_http::{Http, Method, Status};
/// # use botmeter_http::core::{Domain, Meter, backend::Discard};
/// # let http = Http::register(&Meter::new(Discard));
/// let request = http.start(Method::Get, Some("/runs/{id}"));
/// request.finish(Status::Ok);
/// request.finish(Status::Ok);
/// ```
#[derive(Debug)]
#[must_use = "a request that is dropped at once counts as 499"]
pub struct ServedRequest {
    row: Arc<Row>,
    started: Instant,
    status: Option<Status>,
}

impl ServedRequest {
    pub(crate) fn start(row: Arc<Row>) -> Self {
        row.in_flight.add(1);
        Self { row, started: Instant::now(), status: None }
    }

    /// The client has the whole response, or as much of it as the server can
    /// know.
    pub fn finish(mut self, status: impl Into<Status>) {
        self.status = Some(status.into());
    }

    /// How long the request has been going on.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The one place where a request ends.
impl Drop for ServedRequest {
    fn drop(&mut self) {
        let status = self.status.unwrap_or_else(Status::unsaid);
        self.row.in_flight.add(-1);
        self.row.requests(status).add(1);
        self.row.duration.record(self.started.elapsed().as_secs_f64());
    }
}
