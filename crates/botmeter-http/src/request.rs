//! One request, from its arrival to the end of its response.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use botmeter_core::{Counter, Each, Event, Guard, Histogram, Meter, Outcome, UpDownCounter};

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
#[derive(Debug)]
#[must_use = "a request that is dropped at once counts as 499"]
pub struct ServedRequest(Guard<Serving>);

#[derive(Debug)]
struct Serving {
    row: Arc<Row>,
    status: Status,
}

impl ServedRequest {
    pub(crate) fn start(row: Arc<Row>) -> Self {
        Self(Guard::start(Serving { row, status: Status::ClientClosedRequest }))
    }

    /// The client has the whole response, or as much of it as the server can
    /// know.
    pub fn finish(mut self, status: impl Into<Status>) {
        self.0.event_mut().status = status.into();
        self.0.finish();
    }

    /// How long the request has been going on.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Event for Serving {
    fn started(&self) {
        self.row.in_flight.add(1);
    }

    fn ended(&mut self, outcome: Outcome, took: Duration) {
        // Nobody says of a request that it failed, so this was a panic.
        let has_panicked = outcome == Outcome::Failed(());
        let status = if has_panicked { Status::InternalServerError } else { self.status };
        self.row.in_flight.add(-1);
        self.row.requests(status).add(1);
        self.row.duration.took(took);
    }
}
