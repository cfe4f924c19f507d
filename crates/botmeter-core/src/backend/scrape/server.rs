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

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::Instant,
};

use super::{
    connection::{Answer, Connection, Line},
    connections::{Connections, Limits},
    listen::listen,
    page::{Page, prose},
    route::Route,
};
use crate::Error;

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
    pub(super) fn start(address: SocketAddr, page: Page, limits: Limits) -> Result<Self, Error> {
        let listener = listen(address)?;
        let failed = |error: std::io::Error| {
            Error::new(format!("start the server for scrapes at {address}")).because(error)
        };
        let address = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            // Renders take turns: side by side, they would wait for one
            // another inside the exporter.
            .max_blocking_threads(1)
            .thread_name("botmeter-render")
            .build()
            .map_err(failed)?;
        let listener = {
            let _entered = runtime.enter();
            TcpListener::from_std(listener).map_err(failed)?
        };
        let (end, ending) = watch::channel(None);
        let (alive, gone) = mpsc::channel();
        let handle = std::thread::Builder::new()
            .name("botmeter-scrape".to_owned())
            .spawn(move || {
                let _alive = alive;
                let cut_off = runtime.block_on(serve(listener, page, limits, ending));
                // A render that is still under way ends by itself.
                runtime.shutdown_background();
                cut_off
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
    page: Page,
    limits: Limits,
    mut ending: watch::Receiver<Option<Instant>>,
) -> usize {
    let mut connections = Connections::new(limits);
    let mut rounds = tokio::time::interval(limits.rounds);
    let ending_of_each = ending.clone();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.has_room() => match accepted {
                Ok((socket, _peer)) => {
                    let connection = Connection::new(page.exports().clone());
                    let serving = converse(
                        socket,
                        Arc::clone(&connection),
                        page.clone(),
                        limits.head,
                        ending_of_each.clone(),
                    );
                    connections.serve(connection, serving);
                }
                Err(error) => refused(&page, &error).await,
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
async fn refused(page: &Page, error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionReset) {
        page.exports().failed(Duration::ZERO, &format!("accept a connection: {error}"));
        tokio::time::sleep(AFTER_REFUSAL).await;
    }
}

/// Answers everything that is asked on one connection.
async fn converse(
    socket: TcpStream,
    connection: Arc<Connection>,
    page: Page,
    head: usize,
    mut ending: watch::Receiver<Option<Instant>>,
) {
    let service = service_fn({
        let connection = Arc::clone(&connection);
        move |request: Request<Incoming>| {
            let (page, connection) = (page.clone(), Arc::clone(&connection));
            async move {
                let answer = answer(&request, page, &connection).await;
                Ok::<_, Infallible>(answer.map(|body| Answer::new(body, connection)))
            }
        }
    });
    let serving = http1::Builder::new()
        // The time that a request takes is watched with all other times.
        .header_read_timeout(None)
        .max_header_size(head)
        .max_buf_size(4 * head)
        // A client may close its side once it has asked.
        .half_close(true)
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

/// Rendering is done elsewhere: a large page takes longer than the others who
/// ask, and those who knock, should wait.
async fn answer(
    request: &Request<Incoming>,
    page: Page,
    connection: &Connection,
) -> Response<Bytes> {
    let method = request.method().clone();
    let route = Route::of(request.uri().path());
    connection.asked(route == Route::Metrics && method == Method::GET);
    if let Some(answer) = route.answer(&method) {
        return answer;
    }
    let headers = request.headers().clone();
    let rendering = tokio::task::spawn_blocking(move || page.respond(&method, &headers));
    rendering.await.unwrap_or_else(|error| {
        let _was_owed = connection.end(&format!("render the page: {error}"));
        let text = "the page could not be rendered\n";
        prose(&Method::GET, StatusCode::INTERNAL_SERVER_ERROR, text)
    })
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}
