//! All handles of one provider and model.

use std::{sync::Arc, time::Duration};

use botmeter_core::{Counter, DropReason, Each, FloatCounter, Histogram, Meter, UpDownCounter};

use crate::{
    ErrorKind, Price, Provider, Status, Usage,
    classify::Classifiers,
    clock::Clock,
    gen_ai::{GenAi, Naming},
    instruments::{
        COST, COST_UNPRICED, DURATION, ERRORS, IN_FLIGHT, RATE_LIMITS, REQUESTS, RETRIES,
        TIME_PER_OUTPUT_TOKEN, TIME_TO_FIRST_TOKEN, TOKENS, TOKENS_CACHE_READ, TOKENS_CACHE_WRITE,
        TOKENS_COMPLETION, TOKENS_PROMPT, TOKENS_REASONING,
    },
    price::Gaps,
};

/// Bound once per provider and model, so that an event looks up nothing but
/// its row.
#[derive(Debug)]
pub(crate) struct Row {
    meter: Meter,
    /// Kept here, because the fast one's `Instant::now` finds its clock in a
    /// thread-local, which may be gone where a call ends.
    pub(crate) clock: Clock,
    pub(crate) classifiers: Arc<Classifiers>,
    price: Option<Price>,
    gaps: Gaps,
    requests: Each<Status, Counter>,
    errors: Each<ErrorKind, Counter>,
    duration: Each<Status, Histogram>,
    pub(crate) in_flight: UpDownCounter,
    tokens: Counter,
    prompt: Counter,
    completion: Counter,
    cache_read: Counter,
    cache_write: Counter,
    reasoning: Counter,
    cost: FloatCounter,
    unpriced: Counter,
    rate_limits: Counter,
    retries: Each<ErrorKind, Counter>,
    pub(crate) first_token: FirstToken,
    per_output_token: Histogram,
    gen_ai: Option<GenAi>,
}

/// What all rows of a domain have alike.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) classifiers: Arc<Classifiers>,
    pub(crate) naming: Naming,
}

impl Row {
    pub(crate) fn bind(
        meter: &Meter,
        labels: (Provider, &str),
        price: Option<Price>,
        shared: &Shared,
    ) -> Self {
        let (provider, model) = labels;
        let Shared { clock, classifiers, naming } = shared;
        Self {
            meter: meter.clone(),
            clock: clock.clone(),
            classifiers: Arc::clone(classifiers),
            price,
            gaps: Gaps::new(labels),
            requests: Each::new(|status| REQUESTS.bind(meter, (provider, model, status))),
            errors: Each::new(|kind| ERRORS.bind(meter, (provider, model, kind))),
            duration: Each::new(|status| DURATION.bind(meter, (provider, model, status))),
            in_flight: IN_FLIGHT.bind(meter, labels),
            tokens: TOKENS.bind(meter, labels),
            prompt: TOKENS_PROMPT.bind(meter, labels),
            completion: TOKENS_COMPLETION.bind(meter, labels),
            cache_read: TOKENS_CACHE_READ.bind(meter, labels),
            cache_write: TOKENS_CACHE_WRITE.bind(meter, labels),
            reasoning: TOKENS_REASONING.bind(meter, labels),
            cost: COST.bind(meter, labels),
            unpriced: COST_UNPRICED.bind(meter, labels),
            rate_limits: RATE_LIMITS.bind(meter, labels),
            retries: Each::new(|kind| RETRIES.bind(meter, (provider, model, kind))),
            // Most models never stream; an empty histogram each would double
            // the page.
            first_token: FirstToken {
                own: TIME_TO_FIRST_TOKEN.bind_late(meter, labels),
                gen_ai: naming.gen_ai(|| GenAi::bind_first_chunk(meter, labels)),
            },
            per_output_token: TIME_PER_OUTPUT_TOKEN.bind_late(meter, labels),
            gen_ai: naming.gen_ai(|| GenAi::bind(meter, labels)),
        }
    }

    pub(crate) fn ended(&self, status: Status, took: Duration) {
        self.in_flight.add(-1);
        self.requests[status].add(1);
        self.duration[status].record(took.as_secs_f64());
        if let Some(gen_ai) = &self.gen_ai {
            gen_ai.ended(took);
        }
    }

    pub(crate) fn failed(&self, kind: ErrorKind) {
        self.errors[kind].add(1);
        self.attempt_failed(kind);
    }

    pub(crate) fn retried(&self, kind: ErrorKind) {
        self.retries[kind].add(1);
        self.attempt_failed(kind);
    }

    /// Tokens and money. A usage that cannot be true is not counted as tokens,
    /// and its cost is missing.
    pub(crate) fn consumed(&self, usage: &Usage) {
        if !usage.is_plausible() {
            self.meter.dropped(DropReason::Implausible);
            self.unpriced.add(1);
            return;
        }
        let (prompt, completion) = (usage.prompt_tokens(), usage.completion_tokens());
        self.tokens.add(prompt + completion);
        self.prompt.add(prompt);
        self.completion.add(completion);
        add_any(&self.cache_read, usage.cache_read_tokens());
        add_any(&self.cache_write, usage.cache_write_tokens());
        add_any(&self.reasoning, usage.reasoning_tokens());
        if let Some(gen_ai) = &self.gen_ai {
            gen_ai.consumed(usage);
        }
        match self.price.and_then(|price| price.of(usage)) {
            // No call is without tokens: none means that the provider did not
            // say, and a cost of zero would hide that.
            Some(dollars) if prompt + completion > 0 => self.cost.add(dollars),
            Some(_) => self.unpriced.add(1),
            None => {
                self.unpriced.add(1);
                if let Some(price) = &self.price {
                    self.gaps.look(price, usage);
                }
            }
        }
    }

    /// The provider bills what it sent until then, and said nothing of tokens.
    pub(crate) fn broke_off(&self) {
        self.unpriced.add(1);
    }

    /// The pace of a stream after its first token.
    pub(crate) fn streamed(&self, took: Duration, usage: &Usage) {
        let after_the_first = usage.completion_tokens().saturating_sub(1);
        if after_the_first > 0 && usage.is_plausible() {
            self.per_output_token.record(took.as_secs_f64() / after_the_first as f64);
        }
    }

    fn attempt_failed(&self, kind: ErrorKind) {
        if kind == ErrorKind::RateLimit {
            self.rate_limits.add(1);
        }
    }
}

/// The time to the first token, under each of its names.
#[derive(Debug)]
pub(crate) struct FirstToken {
    own: Histogram,
    gen_ai: Option<Histogram>,
}

impl FirstToken {
    pub(crate) fn record(&self, seconds: f64) {
        self.own.record(seconds);
        if let Some(gen_ai) = &self.gen_ai {
            gen_ai.record(seconds);
        }
    }
}

/// Most calls have none, and the series is at zero already.
fn add_any(counter: &Counter, n: u64) {
    if n > 0 {
        counter.add(n);
    }
}
