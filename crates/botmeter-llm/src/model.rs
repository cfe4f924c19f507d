//! A model that was looked up before.

use std::{future::Future, sync::Arc};

use futures_core::Stream;
use tracing::Span;

use crate::{
    Call, Cause, ErrorKind, ObservedStream, Provider, Reply, Seen, Usage, observed::observed,
    row::Row, stream,
};

/// One provider and model, found once.
///
/// What it observes borrows nothing of it, so it can be spawned.
#[derive(Clone, Debug)]
pub struct ModelHandle {
    row: Arc<Row>,
    provider: Provider,
    /// As the caller names it, which is what spans carry.
    model: Arc<str>,
}

impl ModelHandle {
    pub(crate) fn new(row: Arc<Row>, provider: Provider, model: &str) -> Self {
        Self { row, provider, model: Arc::from(model) }
    }

    /// A call starts.
    #[inline]
    pub fn start(&self) -> Call {
        Call::start(Arc::clone(&self.row), self.provider, &self.model)
    }

    /// A call without a span starts, as in
    /// [`Llm::start_unspanned`](crate::Llm::start_unspanned).
    pub fn start_unspanned(&self) -> Call {
        Call::with_span(Arc::clone(&self.row), Span::none())
    }

    /// The kind of an error, as in [`Llm::kind_of`](crate::Llm::kind_of).
    pub fn kind_of<M>(&self, error: &impl Cause<M>) -> ErrorKind {
        self.row.classifiers.kind_of(error.error())
    }

    /// Counts the call that this future makes, as
    /// [`Llm::observe`](crate::Llm::observe) does.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe<R, E, M, F>(&self, call: F) -> impl Future<Output = F::Output> + use<R, E, M, F>
    where
        R: Reply,
        E: Cause<M>,
        F: Future<Output = Result<R, E>>,
    {
        self.observe_with(call, R::usage)
    }

    /// Counts the call that this future makes, with a closure that finds the
    /// usage in its reply, as [`Llm::observe_with`](crate::Llm::observe_with)
    /// does.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe_with<T, U, E, M, F, C>(
        &self,
        call: F,
        usage: C,
    ) -> impl Future<Output = F::Output> + use<T, U, E, M, F, C>
    where
        F: Future<Output = Result<T, E>>,
        C: FnOnce(&T) -> U,
        U: Into<Usage>,
        E: Cause<M>,
    {
        let model = self.clone();
        observed(move || model.start(), call, usage)
    }

    /// Counts the call whose reply is a stream, as
    /// [`Llm::observe_stream`](crate::Llm::observe_stream) does.
    ///
    /// # Errors
    ///
    /// The future's own.
    pub fn observe_stream<F, S, T, E, X, C, M, N>(
        &self,
        open: F,
        on_chunk: C,
    ) -> impl Future<Output = Result<ObservedStream<S, C, N>, E>> + use<F, S, T, E, X, C, M, N>
    where
        F: Future<Output = Result<S, E>>,
        S: Stream<Item = Result<T, X>>,
        C: FnMut(&T, &mut Seen<'_>),
        E: Cause<M>,
        X: Cause<N>,
    {
        let model = self.clone();
        stream::open(move || model.start(), open, on_chunk)
    }
}
