//! The server: a thread of its own with a runtime of its own.

use std::{
    convert::Infallible,
    fmt,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
    time::Duration,
};

use http::Request;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Builder,
    sync::watch,
    time::Instant,
};

use super::{
    beside::Beside,
    connection::{Answer, Connection, Line},
    connections::Connections,
    desk::Desk,
    limits::Limits,
    listen::listen,
    page::Page,
};
use crate::{Exports, own_runtime::OwnRuntime};
use botmeter_core::Error;

/// Answers scrapes until it is shut down or dropped.
pub(super) struct Server {
    address: SocketAddr,
    /// When everything has to have ended; dropping it ends everything soon.
    end: watch::Sender<Option<Instant>>,
    thread: Mutex<Option<Thread>>,
}

struct Thread {
    /// Gives the number of answers that were cut off.
    handle: JoinHandle<usize>,
    /// Disconnected once the thread has ended: a handle cannot be waited for
    /// with a deadline.
    gone: mpsc::Receiver<Infallible>,
}

/// How long answers may go on when the server was dropped, not shut down.
const AFTER_DROP: Duration = Duration::from_secs(1);

/// The longest time that can be waited for: the clock has an end.
const LONGEST: Duration = Duration::from_hours(24 * 365);

/// How long to wait when no connection can be accepted, before the next try.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

impl Server {
    /// Listens at this address and answers from now on.
    pub(super) fn start(
        address: SocketAddr,
        page: Page,
        beside: Option<Arc<dyn Beside>>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let failed = |error: std::io::Error| {
            Error::new(format!("start the server for scrapes at {address}")).because(error)
        };
        let runtime = OwnRuntime::of(Builder::new_current_thread().enable_all()).map_err(failed)?;
        let (listener, address, desk) = {
            let _entered = runtime.enter();
            let listener = listen(address)?;
            let address = listener.local_addr().map_err(failed)?;
            (listener, address, Desk::open(page, beside, address))
        };
        let (end, ending) = watch::channel(None);
        let (alive, gone) = mpsc::channel();
        let handle = std::thread::Builder::new()
            .name("botmeter-scrape".to_owned())
            .spawn(move || {
                let _alive = alive;
                runtime.block_on(serve(listener, desk, limits, ending)).unwrap_or_default()
            })
            .map_err(failed)?;
        Ok(Self { address, end, thread: Mutex::new(Some(Thread { handle, gone })) })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops to listen and waits for the answers that are under way, until the
    /// deadline. Called again, it does nothing.
    pub(super) fn shut_down(&self, deadline: Duration) -> Result<(), Error> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Thread { handle, gone }) = thread else { return Ok(()) };
        // The thread has to close what is left before the deadline, too.
        let for_closing = (deadline / 10).min(Duration::from_millis(100));
        let for_answers = deadline.saturating_sub(for_closing).min(LONGEST);
        self.end.send_replace(Some(Instant::now() + for_answers));
        let failed = |why: &str| {
            let address = self.address;
            Error::new(format!("end the server for scrapes at {address} in time: {why}"))
        };
        if gone.recv_timeout(deadline) == Err(mpsc::RecvTimeoutError::Timeout) {
            return Err(failed("it goes on for a moment by itself"));
        }
        match handle.join() {
            Ok(0) => Ok(()),
            Ok(1) => Err(failed("1 answer was cut off")),
            Ok(cut_off) => Err(failed(&format!("{cut_off} answers were cut off"))),
            Err(_panic) => Err(failed("it had panicked before")),
        }
    }
}

/// How many answers were cut off at the end.
async fn serve(
    listener: TcpListener,
    desk: Arc<Desk>,
    limits: Limits,
    mut ending: watch::Receiver<Option<Instant>>,
) -> usize {
    let mut connections = Connections::new(limits);
    let mut rounds = tokio::time::interval(limits.rounds);
    let ending_of_each = ending.clone();
    // Whether there is room for it may have changed since it was waited for.
    let mut next = None;
    loop {
        if connections.has_room()
            && let Some(socket) = next.take()
        {
            let connection = Connection::new(desk.exports().clone());
            let (desk, ending) = (Arc::clone(&desk), ending_of_each.clone());
            let serving = converse(socket, Arc::clone(&connection), desk, limits.head, ending);
            connections.serve(connection, serving);
        }
        tokio::select! {
            accepted = listener.accept(), if next.is_none() => match accepted {
                Ok((socket, _peer)) => next = Some(socket),
                Err(error) => refused(desk.exports(), &error).await,
            },
            () = connections.one_ended() => {}
            _ = rounds.tick() => connections.close_overdue(),
            // An error says that the server was dropped.
            _ = ending.changed() => break,
        }
    }
    drop(listener);
    let deadline = *ending.borrow();
    connections.end_by(deadline.unwrap_or_else(|| Instant::now() + AFTER_DROP)).await
}

/// A client that has gone again is nobody's failure; that no connection can be
/// accepted at all, as when the process has too many files open, is one.
async fn refused(exports: &Exports, error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionReset) {
        exports.failed(Duration::ZERO, &format!("accept a connection: {error}"));
        tokio::time::sleep(AFTER_REFUSAL).await;
    }
}

/// Answers everything that is asked on one connection.
async fn converse(
    socket: TcpStream,
    connection: Arc<Connection>,
    desk: Arc<Desk>,
    head: usize,
    mut ending: watch::Receiver<Option<Instant>>,
) {
    let service = service_fn({
        let connection = Arc::clone(&connection);
        move |request: Request<Incoming>| {
            let (desk, connection) = (Arc::clone(&desk), Arc::clone(&connection));
            async move {
                let answer = desk.answer(&request, &connection).await;
                Ok::<_, Infallible>(answer.map(|body| Answer::new(body, connection)))
            }
        }
    });
    let serving = http1::Builder::new()
        // The time that a request takes is watched with all other times.
        .header_read_timeout(None)
        .max_header_size(head)
        .max_buf_size(4 * head)
        .serve_connection(TokioIo::new(Line::new(socket, connection)), service);
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        _ = ending.changed() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        let error = Error::new("serve a scraper").because(error).chain();
        tracing::debug!(error, "the connection of a scraper ended early");
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}
