//! A streamed reply, and the call that it belongs to.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll},
};

use botmeter_core::observe;
use futures_core::Stream;
use pin_project_lite::pin_project;

use crate::{Call, Cause, Usage, span::InSpan};

/// What the chunks of a stream told so far, for the closure of
/// [`Llm::observe_stream`](crate::Llm::observe_stream).
#[derive(Debug)]
pub struct Seen<'a>(&'a mut Call);

impl Seen<'_> {
    /// A token of the reply is here. Only the first one counts, so this can be
    /// called for each chunk that has text, reasoning or a tool call; the first
    /// chunk of many providers has a role and nothing else.
    pub fn token(&mut self) {
        self.0.first_token();
    }

    /// What the provider bills so far. Of several, the largest number of each
    /// kind of token counts, because providers add up: some name the prompt at
    /// the beginning and the completion at the end, some both with each chunk.
    pub fn usage(&mut self, usage: impl Into<Usage>) {
        self.0.consumed_at_least(usage.into());
    }

    /// The reply is complete. A stream that is dropped from now on is finished
    /// and not cancelled, for programs that do not read to the end; usage may
    /// still come.
    pub fn finish(&mut self) {
        self.0.completed();
    }
}

pin_project! {
    /// The chunks of a streamed reply, as they are; beside them, its call is
    /// counted.
    ///
    /// Made by [`Llm::observe_stream`](crate::Llm::observe_stream), which says
    /// how the call ends. Past its end it stays at its end, whatever the
    /// client's stream does then.
    #[must_use = "a stream that is dropped at once counts as cancelled"]
    pub struct ObservedStream<S, C, M> {
        // The stream goes before its call: what it holds belongs to it.
        #[pin]
        chunks: InSpan<S>,
        call: Option<Call>,
        on_chunk: C,
        cause: PhantomData<fn() -> M>,
    }
}

impl<S, T, E, C, M> Stream for ObservedStream<S, C, M>
where
    S: Stream<Item = Result<T, E>>,
    E: Cause<M>,
    C: FnMut(&T, &mut Seen<'_>),
{
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let mut this = self.project();
        // Held here meanwhile: if the stream or the closure panics, the call is
        // dropped by the panic, even if somebody catches it around this stream.
        let held = this.call.take();
        let Poll::Ready(next) = this.chunks.as_mut().poll_next(context) else {
            *this.call = held;
            return Poll::Pending;
        };
        match (&next, held) {
            (Some(Ok(chunk)), Some(mut call)) => {
                (this.on_chunk)(chunk, &mut Seen(&mut call));
                *this.call = Some(call);
            }
            (Some(Err(error)), Some(call)) => call.fail_because(error),
            (None, held) => {
                this.chunks.end();
                if let Some(mut call) = held {
                    call.completed();
                }
            }
            (Some(_), None) => {}
        }
        Poll::Ready(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunks.size_hint()
    }
}

impl<S, C, M> fmt::Debug for ObservedStream<S, C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObservedStream").field("call", &self.call).finish_non_exhaustive()
    }
}

/// The future that opens a stream, whose call starts when it is first polled.
pub(crate) fn open<F, S, T, E, X, C, M, N>(
    start: impl FnOnce() -> Call,
    open: F,
    on_chunk: C,
) -> impl Future<Output = Result<ObservedStream<S, C, N>, E>>
where
    F: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, X>>,
    E: Cause<M>,
    X: Cause<N>,
    C: FnMut(&T, &mut Seen<'_>),
{
    observe(
        move || {
            let call = start();
            let open = InSpan::new(call.span(), open);
            ((), Opening { open, parts: Some((call, on_chunk)), causes: PhantomData })
        },
        |(), _| (),
    )
}

pin_project! {
    struct Opening<F, C, M, N> {
        #[pin]
        open: InSpan<F>,
        parts: Option<(Call, C)>,
        causes: PhantomData<fn() -> (M, N)>,
    }
}

impl<F, S, E, C, M, N> Future for Opening<F, C, M, N>
where
    F: Future<Output = Result<S, E>>,
    E: Cause<M>,
{
    type Output = Result<ObservedStream<S, C, N>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        // Held here meanwhile, as in the stream itself.
        let held = this.parts.take();
        let Poll::Ready(opened) = this.open.poll(context) else {
            *this.parts = held;
            return Poll::Pending;
        };
        // It is there until the end, past which nobody polls.
        let Some((call, on_chunk)) = held else { return Poll::Pending };
        Poll::Ready(match opened {
            Ok(chunks) => Ok(ObservedStream {
                chunks: InSpan::new(call.span(), chunks),
                call: Some(call),
                on_chunk,
                cause: PhantomData,
            }),
            Err(error) => {
                call.fail_because(&error);
                Err(error)
            }
        })
    }
}
