//! An OTLP receiver of metrics in this process, which decodes what arrives and
//! can be told to misbehave.
//!
//! It runs on a thread of its own, so the test may have any async runtime or
//! none. It ends when it is dropped.

mod serve;

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use tokio::runtime::Runtime;

/// Whom a push was meant for, among its headers by either protocol.
pub const AUTHORITY: &str = "host";
/// The longest that [`Receiver::wait_for`] waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running receiver.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    protocol: Protocol,
    state: Arc<State>,
    runtime: Option<Runtime>,
}

/// A receiver before it runs.
#[derive(Debug)]
#[must_use = "nothing listens before start"]
pub struct Builder {
    protocol: Protocol,
    address: SocketAddr,
    behavior: Behavior,
}

/// What is done with a push. What is not accepted is not kept.
#[derive(Clone, Debug)]
pub enum Behavior {
    /// Takes it.
    Accept,
    /// Takes it after a while.
    AcceptAfter(Duration),
    /// Takes it, and says that some points were rejected.
    Reject {
        /// How many.
        points: i64,
        /// Why.
        message: &'static str,
    },
    /// Answers with this; for gRPC, the body is the message of its status.
    Answer {
        /// The status of HTTP, or a code of gRPC.
        status: u16,
        /// Names and values.
        headers: &'static [(&'static str, &'static str)],
        /// The rest.
        body: &'static str,
    },
    /// Takes it unless a point is more than ten minutes ahead of the clock, as
    /// Prometheus does.
    AcceptNoFuture,
    /// Takes it and ends the connection instead of answering.
    AcceptAndClose,
    /// Takes what is encoded in so many bytes, and no more.
    AcceptUpTo(usize),
    /// Reads it and never answers.
    Hang,
    /// Ends the connection without an answer.
    Close,
}

/// One push that was accepted.
#[derive(Clone, Debug)]
pub struct Push {
    /// Names and values of the HTTP headers or the gRPC metadata.
    pub headers: Vec<(String, String)>,
    /// What was in it.
    pub request: ExportMetricsServiceRequest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Http,
    Grpc,
}

#[derive(Debug)]
struct State {
    behavior: Mutex<Behavior>,
    pushes: Mutex<Vec<Push>>,
    attempts: Mutex<usize>,
}

impl Receiver {
    /// One that takes protobuf by HTTP, gzipped or not, at `/v1/metrics`.
    pub fn http() -> Builder {
        Builder::of(Protocol::Http)
    }

    /// One that takes gRPC.
    pub fn grpc() -> Builder {
        Builder::of(Protocol::Grpc)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint to push to: the full URL for HTTP, the base for gRPC.
    pub fn endpoint(&self) -> String {
        match self.protocol {
            Protocol::Http => format!("http://{}/v1/metrics", self.address),
            Protocol::Grpc => format!("http://{}", self.address),
        }
    }

    /// Whether it takes HTTP, and not gRPC.
    pub fn is_http(&self) -> bool {
        self.protocol == Protocol::Http
    }

    /// Does this with every push from now on.
    pub fn behave(&self, behavior: Behavior) {
        *lock(&self.state.behavior) = behavior;
    }

    /// The pushes that were accepted, with their headers.
    pub fn pushes(&self) -> Vec<Push> {
        lock(&self.state.pushes).clone()
    }

    /// Keeps none of the pushes so far.
    pub fn forget(&self) {
        lock(&self.state.pushes).clear();
    }

    /// The contents of the pushes that were accepted.
    pub fn requests(&self) -> Vec<ExportMetricsServiceRequest> {
        self.pushes().into_iter().map(|push| push.request).collect()
    }

    /// How many pushes arrived, accepted or not.
    pub fn attempts(&self) -> usize {
        *lock(&self.state.attempts)
    }

    /// Waits until `find` finds something in what was accepted.
    ///
    /// # Panics
    ///
    /// When nothing was found in time.
    pub fn wait_for<T>(&self, find: impl Fn(&[ExportMetricsServiceRequest]) -> Option<T>) -> T {
        let begin = Instant::now();
        loop {
            let requests = self.requests();
            if let Some(found) = find(&requests) {
                return found;
            }
            assert!(begin.elapsed() < PATIENCE, "not found in {requests:#?}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Builder {
    fn of(protocol: Protocol) -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self { protocol, address, behavior: Behavior::Accept }
    }

    /// Listens at this address instead of at any free port.
    pub fn at(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Does this with the pushes.
    pub fn behaving(mut self, behavior: Behavior) -> Self {
        self.behavior = behavior;
        self
    }

    /// Listens from now on.
    ///
    /// # Panics
    ///
    /// When the address cannot be had.
    pub fn start(self) -> Receiver {
        let Self { protocol, address, behavior } = self;
        let listener = TcpListener::bind(address).expect("the address should be free");
        listener.set_nonblocking(true).expect("a listener can be non-blocking");
        let address = listener.local_addr().expect("a listener has an address");
        let state = Arc::new(State {
            behavior: Mutex::new(behavior),
            pushes: Mutex::default(),
            attempts: Mutex::default(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("receiver")
            .enable_all()
            .build()
            .expect("a runtime can be made");
        runtime.spawn(serve::connections(listener, protocol, Arc::clone(&state)));
        Receiver { address, protocol, state, runtime: Some(runtime) }
    }
}

impl Drop for Receiver {
    /// Waits until the port is free, on another thread: this may happen inside
    /// the test's own runtime, where a runtime must not be waited for.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            let ending = thread::spawn(move || runtime.shutdown_timeout(PATIENCE));
            let _ended = ending.join();
        }
    }
}

impl State {
    fn arrived(&self) -> Behavior {
        *lock(&self.attempts) += 1;
        lock(&self.behavior).clone()
    }

    fn keep(&self, push: Push) {
        lock(&self.pushes).push(push);
    }

    fn is_closing(&self) -> bool {
        matches!(*lock(&self.behavior), Behavior::Close)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
