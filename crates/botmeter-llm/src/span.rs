//! The span of a call, after OpenTelemetry's conventions for generative AI.
//!
//! Numbers are recorded as `i64`: OpenTelemetry has no other whole numbers, and
//! what does not fit becomes text on the way.
//!
//! A call may end where its subscriber's thread-locals are gone, so that nothing
//! here goes to the subscriber but by [`tell`].

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use botmeter_core::{Outcome, tell};
use futures_core::Stream;
use pin_project_lite::pin_project;
use tracing::{Span, field::Empty, level_filters::LevelFilter, span::Entered};

use crate::{ErrorKind, Provider, Usage};

/// Costs one look at a number if no subscriber wants it.
#[inline]
pub(crate) fn begin(provider: Provider, model: &str) -> Span {
    if LevelFilter::current() < LevelFilter::INFO {
        return Span::none();
    }
    tell(|| open(provider, model)).unwrap_or_else(Span::none)
}

#[cold]
fn open(provider: Provider, model: &str) -> Span {
    tracing::info_span!(
        target: "botmeter_llm",
        "chat",
        otel.name = format_args!("chat {model}"),
        otel.kind = "client",
        otel.status_code = Empty,
        gen_ai.operation.name = "chat",
        gen_ai.provider.name = provider.gen_ai_name(),
        gen_ai.request.model = model,
        gen_ai.response.time_to_first_chunk = Empty,
        gen_ai.usage.input_tokens = Empty,
        gen_ai.usage.output_tokens = Empty,
        gen_ai.usage.cache_read.input_tokens = Empty,
        gen_ai.usage.cache_creation.input_tokens = Empty,
        gen_ai.usage.reasoning.output_tokens = Empty,
        error.type = Empty,
    )
}

#[inline]
pub(crate) fn first_token(span: &Span, seconds: f64) {
    if !span.is_disabled() {
        tell(|| {
            span.record("gen_ai.response.time_to_first_chunk", seconds);
        });
    }
}

/// For what is recorded until the guard is dropped, which wants a [`tell`], too.
#[inline]
pub(crate) fn enter(span: &Span) -> Option<Entered<'_>> {
    if span.is_disabled() { None } else { tell(|| span.enter()) }
}

/// The call ends here, whoever else still holds its span.
#[inline]
pub(crate) fn end(span: Span, outcome: Outcome<ErrorKind>, usage: Option<&Usage>) {
    if !span.is_disabled() {
        tell(|| record_end(&span, outcome, usage));
        tell(|| drop(span));
    }
}

#[cold]
fn record_end(span: &Span, outcome: Outcome<ErrorKind>, usage: Option<&Usage>) {
    if let Some(usage) = usage.filter(|usage| usage.is_plausible()) {
        record_usage(span, usage);
    }
    match outcome {
        Outcome::Finished => {}
        Outcome::Failed(kind) => {
            span.record("otel.status_code", "error");
            span.record("error.type", kind.as_str());
        }
        // Whoever went away had a reason, which need not be an error.
        Outcome::Cancelled => {
            span.record("error.type", outcome.status().as_str());
        }
    }
    // To a subscriber that measures, a span ends when it was left for the last
    // time: a driver may have left it long ago, and a child may close it later.
    drop(span.enter());
}

/// None is left out: then the provider did not say.
fn record_usage(span: &Span, usage: &Usage) {
    let (prompt, completion) = (usage.prompt_tokens(), usage.completion_tokens());
    if prompt + completion > 0 {
        record(span, "gen_ai.usage.input_tokens", prompt);
        record(span, "gen_ai.usage.output_tokens", completion);
    }
    let parts = [
        ("gen_ai.usage.cache_read.input_tokens", usage.cache_read_tokens()),
        ("gen_ai.usage.cache_creation.input_tokens", usage.cache_write_tokens()),
        ("gen_ai.usage.reasoning.output_tokens", usage.reasoning_tokens()),
    ];
    for (field, tokens) in parts {
        if tokens > 0 {
            record(span, field, tokens);
        }
    }
}

fn record(span: &Span, field: &'static str, tokens: u64) {
    // A plausible number always fits.
    if let Ok(tokens) = i64::try_from(tokens) {
        span.record(field, tokens);
    }
}

pin_project! {
    /// A future or a stream with its span, which is entered for each poll and
    /// for its end, so that what it traces is below the span. `tracing` has one
    /// like it, which panics where the subscriber does.
    pub(crate) struct InSpan<F> {
        span: Span,
        #[pin]
        work: Option<F>,
    }

    impl<F> PinnedDrop for InSpan<F> {
        fn drop(mut this: Pin<&mut Self>) {
            this.as_mut().end();
            let span = this.project().span;
            tell(|| *span = Span::none());
        }
    }
}

impl<F> InSpan<F> {
    pub(crate) fn new(span: &Span, work: F) -> Self {
        Self { span: span.clone(), work: Some(work) }
    }

    /// Drops the work, in its span.
    pub(crate) fn end(self: Pin<&mut Self>) {
        let mut this = self.project();
        let entered = enter(this.span);
        this.work.set(None);
        tell(|| drop(entered));
    }
}

impl<F: Future> Future for InSpan<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.span.enter();
        // It is there until the drop.
        this.work.as_pin_mut().map_or(Poll::Pending, |work| work.poll(context))
    }
}

impl<S: Stream> Stream for InSpan<S> {
    type Item = S::Item;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let this = self.project();
        let _entered = this.span.enter();
        this.work.as_pin_mut().map_or(Poll::Ready(None), |work| work.poll_next(context))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.work.as_ref().map_or((0, Some(0)), Stream::size_hint)
    }
}
