//! One connection: what it waits for, and what became of the answer.

use std::{
    convert::Infallible,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
    time::Instant,
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::{limits::Limits, page::PageBody};
use crate::Exports;

/// Why a connection can be spared; the first sooner than the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Idle {
    /// Nothing is to be done until its next request is there.
    Waiting,
    /// Its answer is there, and it does not take it, or takes long.
    Lingering,
}

/// What is known of a connection, by those who serve it and by those who
/// decide when it has lasted too long.
#[derive(Debug)]
pub(super) struct Connection {
    doing: Mutex<Doing>,
    exports: Exports,
}

#[derive(Clone, Copy, Debug)]
enum Doing {
    /// The next request has not begun.
    Silent { since: Instant },
    /// A request is on its way.
    Asking { since: Instant },
    /// An answer is being made, or taken once it is offered.
    Answering { since: Instant, taking: Option<Taking>, what: Wanted, is_written: bool },
    /// It has ended.
    Ended,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Metrics,
    /// A page of somebody else, which takes a while, and which nobody asks for
    /// who closes but one side: this end means that whoever asked has left.
    Page,
    /// What is there at once.
    Word,
}

/// An answer that is there to be taken.
#[derive(Clone, Copy, Debug)]
struct Taking {
    since: Instant,
    /// When some of it was last taken.
    moved: Instant,
}

/// Why an answer is lost that was not taken.
pub(super) const NOT_IN_TIME: &str = "the scraper did not take its answer in time";

impl Connection {
    pub(super) fn new(exports: Exports) -> Arc<Self> {
        Arc::new(Self { doing: Mutex::new(Doing::Silent { since: Instant::now() }), exports })
    }

    /// A request has arrived whole.
    pub(super) fn asked(&self, what: Wanted) {
        let since = Instant::now();
        *self.doing() = Doing::Answering { since, taking: None, what, is_written: false };
    }

    /// The answer is made. How long that took is not the asker's fault.
    fn offered(&self) {
        if let Doing::Answering { taking, .. } = &mut *self.doing() {
            let now = Instant::now();
            *taking = Some(Taking { since: now, moved: now });
        }
    }

    /// Some of the answer was taken.
    fn moved(&self) {
        if let Doing::Answering { taking: Some(taking), .. } = &mut *self.doing() {
            taking.moved = Instant::now();
        }
    }

    /// How it may be closed in favor of another, if it may, and since when.
    pub(super) fn gives_way(&self, limits: &Limits) -> Option<(Idle, Instant)> {
        match *self.doing() {
            Doing::Silent { since } | Doing::Asking { since } => Some((Idle::Waiting, since)),
            Doing::Answering { taking: Some(Taking { since, moved }), .. }
                if moved.elapsed() > limits.lingering || since.elapsed() > limits.standstill =>
            {
                Some((Idle::Lingering, since))
            }
            Doing::Answering { .. } | Doing::Ended => None,
        }
    }

    /// Why the connection has lasted too long, if it has.
    pub(super) fn overdue(&self, limits: &Limits) -> Option<&'static str> {
        match *self.doing() {
            Doing::Silent { since } if since.elapsed() > limits.silence => {
                Some("nothing was asked")
            }
            Doing::Asking { since } if since.elapsed() > limits.asking => {
                Some("the request never ended")
            }
            Doing::Answering { taking: Some(taking), .. }
                if taking.since.elapsed() > limits.answering
                    || taking.moved.elapsed() > limits.standstill =>
            {
                Some(NOT_IN_TIME)
            }
            _ => None,
        }
    }

    /// It ends here, whatever it does. Whether an answer was lost by it.
    pub(super) fn end(&self, reason: &str) -> bool {
        let was = std::mem::replace(&mut *self.doing(), Doing::Ended);
        match was {
            Doing::Answering { since, what: Wanted::Metrics, .. } => {
                self.exports.failed(since.elapsed(), reason);
                true
            }
            Doing::Answering { .. } => true,
            Doing::Silent { .. } | Doing::Asking { .. } | Doing::Ended => false,
        }
    }

    fn is_answered(&self) -> bool {
        matches!(*self.doing(), Doing::Answering { .. })
    }

    /// Whether whoever closes its side may wait for the answer nevertheless.
    fn is_awaited(&self) -> bool {
        let is_unmade_page =
            matches!(*self.doing(), Doing::Answering { what: Wanted::Page, taking: None, .. });
        self.is_answered() && !is_unmade_page
    }

    /// Bytes of a request have arrived.
    fn heard(&self) {
        let mut doing = self.doing();
        if matches!(*doing, Doing::Silent { .. }) {
            *doing = Doing::Asking { since: Instant::now() };
        }
    }

    /// The last byte of the answer was written, though perhaps not sent.
    fn written(&self) {
        if let Doing::Answering { is_written, .. } = &mut *self.doing() {
            *is_written = true;
        }
    }

    /// What was written so far was sent.
    fn sent(&self) {
        let delivered = {
            let mut doing = self.doing();
            match *doing {
                Doing::Answering { since, what, is_written: true, .. } => {
                    *doing = Doing::Silent { since: Instant::now() };
                    (what == Wanted::Metrics).then(|| since.elapsed())
                }
                _ => None,
            }
        };
        if let Some(took) = delivered {
            self.exports.succeeded(took);
        }
    }

    fn doing(&self) -> MutexGuard<'_, Doing> {
        self.doing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of an answer, which tells when it is written.
#[derive(Debug)]
pub(super) struct Answer {
    body: PageBody,
    connection: Arc<Connection>,
}

impl Answer {
    pub(super) fn new(body: PageBody, connection: Arc<Connection>) -> Self {
        connection.offered();
        Self { body, connection }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The server lets go of a body once it has written it.
impl Drop for Answer {
    fn drop(&mut self) {
        if self.body.is_end_stream() {
            self.connection.written();
        }
    }
}

/// The socket, which tells what comes in and when everything is out.
#[derive(Debug)]
pub(super) struct Line {
    socket: TcpStream,
    connection: Arc<Connection>,
    /// Who is to learn, once the answer is sent, that nothing more comes.
    end: Option<Waker>,
}

impl Line {
    pub(super) fn new(socket: TcpStream, connection: Arc<Connection>) -> Self {
        Self { socket, connection, end: None }
    }
}

/// A client may close its side once it has asked, and still gets its answer,
/// unless that is a page which has yet to be made: that nothing more comes is
/// told afterwards. Whoever reads meanwhile learns
/// of a connection that was torn down, and then nothing is made for it.
impl AsyncRead for Line {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.socket).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.connection.heard();
        } else if self.end.is_none() || self.connection.is_awaited() {
            if self.end.replace(cx.waker().clone()).is_none() {
                // The request may be whole, which shows once it was looked at.
                cx.waker().wake_by_ref();
            }
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.socket).poll_write(cx, bytes))?;
        self.connection.moved();
        Poll::Ready(Ok(taken))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.socket).poll_write_vectored(cx, slices))?;
        self.connection.moved();
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    /// Called once all that was written is handed to the socket.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.socket).poll_flush(cx))?;
        self.connection.sent();
        if !self.connection.is_answered()
            && let Some(reader) = &self.end
        {
            reader.wake_by_ref();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// However a connection ends, an answer that it still owed is lost.
impl Drop for Line {
    fn drop(&mut self) {
        let _was_owed = self.connection.end("the scraper hung up before it had its answer");
    }
}
