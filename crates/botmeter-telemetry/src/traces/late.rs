//! What a subscriber is built with before anybody knows where its spans go.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use opentelemetry::{
    Context, KeyValue,
    trace::{Link, SpanKind, TraceId, TraceState},
};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{
        Sampler as SdkSampler, SamplingDecision, SamplingResult, ShouldSample, Span, SpanData,
        SpanProcessor,
    },
};

use super::queue::Queue;
use crate::settings::Sampler;
use botmeter_core::Error;

/// Filled in by the start.
#[derive(Debug, Default)]
pub(super) struct Late {
    way: OnceLock<Way>,
    is_closed: AtomicBool,
}

#[derive(Debug)]
struct Way {
    sampler: SdkSampler,
    queue: Queue,
}

impl Late {
    /// Whether spans are exported now.
    pub(super) fn is_open(&self) -> bool {
        self.way.get().is_some() && !self.is_closed()
    }

    /// Whether none are exported any more.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Acquire)
    }

    /// Lets spans through to this queue from now on.
    pub(super) fn open(&self, sampler: Sampler, queue: Queue) -> Result<(), Error> {
        self.way.set(Way { sampler: of_the_sdk(sampler), queue }).map_err(|_| {
            Error::new(
                "export spans: these `Traces` belong to a telemetry that was started before; \
                 make new ones",
            )
        })
    }

    /// Lets none through any more.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Release);
        // Each place in the program that makes spans remembers whether anybody
        // may want them.
        tracing::callsite::rebuild_interest_cache();
    }
}

fn of_the_sdk(sampler: Sampler) -> SdkSampler {
    let below_a_parent = |sampler| SdkSampler::ParentBased(Box::new(sampler));
    match sampler {
        Sampler::AlwaysOn => SdkSampler::AlwaysOn,
        Sampler::AlwaysOff => SdkSampler::AlwaysOff,
        Sampler::Ratio(ratio) => SdkSampler::TraceIdRatioBased(ratio),
        Sampler::ParentOrAlwaysOn => below_a_parent(SdkSampler::AlwaysOn),
        Sampler::ParentOrAlwaysOff => below_a_parent(SdkSampler::AlwaysOff),
        Sampler::ParentOrRatio(ratio) => below_a_parent(SdkSampler::TraceIdRatioBased(ratio)),
    }
}

/// Keeps nothing until it is told what to keep.
#[derive(Clone, Debug)]
pub(super) struct LateSampler(pub(super) Arc<Late>);

impl ShouldSample for LateSampler {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        match self.0.way.get() {
            Some(way) => way.sampler.should_sample(parent, trace, name, kind, attributes, links),
            None => SamplingResult {
                decision: SamplingDecision::Drop,
                attributes: Vec::new(),
                trace_state: TraceState::default(),
            },
        }
    }
}

/// Hands spans that ended to the queue. Flush and shutdown are the telemetry's,
/// which knows the deadlines.
#[derive(Debug)]
pub(super) struct LateProcessor(pub(super) Arc<Late>);

impl SpanProcessor for LateProcessor {
    fn on_start(&self, _: &mut Span, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if let Some(way) = self.0.way.get() {
            way.queue.push(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
