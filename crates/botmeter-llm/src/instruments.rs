//! The instruments of calls to model providers.

use botmeter_core::{
    Counter, FloatCounter, Histogram, Instrument, Status, Unit, UpDownCounter, buckets,
};

use crate::labels::{ErrorKind, Model, Provider};

/// Calls, counted once at their end.
pub static REQUESTS: Instrument<Counter, (Provider, Model, Status)> = Instrument::counter(
    "llm.requests",
    Unit::of("{request}"),
    "Calls to model providers, counted once at their end, by how they ended.",
);
/// Failed calls by reason.
pub static ERRORS: Instrument<Counter, (Provider, Model, ErrorKind)> = Instrument::counter(
    "llm.errors",
    Unit::of("{error}"),
    "Calls to model providers that ended with an error, by its type.",
);
/// How long calls take.
pub static DURATION: Instrument<Histogram, (Provider, Model, Status)> = Instrument::histogram(
    "llm.duration",
    Unit::SECONDS,
    "Time from the start of a call to its end, retries, failures and cancellations included.",
    buckets::LLM,
);
/// Calls that have not ended.
pub static IN_FLIGHT: Instrument<UpDownCounter, (Provider, Model)> = Instrument::up_down_counter(
    "llm.requests.in_flight",
    Unit::of("{request}"),
    "Calls to model providers that have started and not ended.",
);
/// Tokens in both directions.
pub static TOKENS: Instrument<Counter, (Provider, Model)> = Instrument::counter(
    "llm.tokens",
    Unit::of("{token}"),
    "Billable tokens exchanged with the model: prompt and completion together.",
);
/// Tokens of prompts.
pub static TOKENS_PROMPT: Instrument<Counter, (Provider, Model)> = Instrument::counter(
    "llm.tokens.prompt",
    Unit::of("{token}"),
    "Billable tokens sent to the model, those read from and written to its cache included.",
);
/// Tokens of completions.
pub static TOKENS_COMPLETION: Instrument<Counter, (Provider, Model)> = Instrument::counter(
    "llm.tokens.completion",
    Unit::of("{token}"),
    "Billable tokens received from the model, reasoning included.",
);
/// Prompt tokens from the provider's cache.
pub static TOKENS_CACHE_READ: Instrument<Counter, (Provider, Model)> = Instrument::counter(
    "llm.tokens.cache_read",
    Unit::of("{token}"),
    "Prompt tokens that the provider read from its cache; part of the prompt tokens.",
);
/// Prompt tokens into the provider's cache.
pub static TOKENS_CACHE_WRITE: Instrument<Counter, (Provider, Model)> = Instrument::counter(
    "llm.tokens.cache_write",
    Unit::of("{token}"),
    "Prompt tokens that the provider wrote to its cache; part of the prompt tokens.",
);
/// Completion tokens spent on reasoning.
pub static TOKENS_REASONING: Instrument<Counter, (Provider, Model)> = Instrument::counter(
    "llm.tokens.reasoning",
    Unit::of("{token}"),
    "Completion tokens that the model spent on reasoning; part of the completion tokens.",
);
/// Money spent.
pub static COST: Instrument<FloatCounter, (Provider, Model)> = Instrument::float_counter(
    "llm.cost.dollars",
    Unit::of("{USD}"),
    "Cost of calls in US dollars, at the prices that were known when they ended.",
);
/// Calls whose cost is not known.
pub static COST_UNPRICED: Instrument<Counter, (Provider, Model)> = Instrument::counter(
    "llm.cost.unpriced",
    Unit::of("{request}"),
    "Calls whose cost is missing, because no price was known or the provider named no tokens.",
);
/// Refusals because of too many calls.
pub static RATE_LIMITS: Instrument<Counter, (Provider, Model)> = Instrument::counter(
    "llm.rate_limit.events",
    Unit::of("{event}"),
    "Times that a provider asked for fewer calls, those that a retry mended included.",
);
/// Attempts after the first.
pub static RETRIES: Instrument<Counter, (Provider, Model, ErrorKind)> = Instrument::counter(
    "llm.retries",
    Unit::of("{retry}"),
    "Attempts after the first, by what made the one before fail.",
);
/// How long a stream takes to begin.
pub static TIME_TO_FIRST_TOKEN: Instrument<Histogram, (Provider, Model)> = Instrument::histogram(
    "llm.time_to_first_token",
    Unit::SECONDS,
    "Time from the start of a streamed call to its first token.",
    buckets::LLM,
);
/// How fast a stream flows.
pub static TIME_PER_OUTPUT_TOKEN: Instrument<Histogram, (Provider, Model)> = Instrument::histogram(
    "llm.time_per_output_token",
    Unit::SECONDS,
    "Time per token of a streamed reply after its first token.",
    buckets::TOKEN,
);
