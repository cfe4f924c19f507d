//! What a program says of its calls when it starts.

use std::error::Error;

use crate::{Classify, ErrorKind, PriceBook, classify::Classifiers, gen_ai::Naming};

/// How calls are recorded, for `Builder::configure` of `botmeter-telemetry`, or
/// [`Llm::with_config`](crate::Llm::with_config): at which prices, under which names, and who knows why they fail.
///
/// By default there are no prices, so every call is unpriced; calls have their
/// own names alone; and failures are told by [`ErrorKind::of`].
///
/// ```
/// # use botmeter_llm::core::{Memory, Meter};
/// use botmeter_llm::{ErrorKind, Llm, LlmConfig, PriceBook};
/// # use std::num::ParseIntError as TheirError;
///
/// let config = LlmConfig::new()
///     .prices(PriceBook::built_in())
///     .classify_with(|error: &TheirError| Some(ErrorKind::Server));
/// let llm = Llm::with_config(&Meter::new(Memory::new()), config);
/// # assert_eq!(llm.kind_of(&"x".parse::<u8>().unwrap_err()), ErrorKind::Server);
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct LlmConfig {
    pub(crate) prices: Option<PriceBook>,
    pub(crate) naming: Naming,
    pub(crate) classifiers: Classifiers,
}

impl LlmConfig {
    /// No prices, own names alone, no classifiers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Prices all calls by this book, which replaces one that was given
    /// before.
    pub fn prices(self, book: PriceBook) -> Self {
        Self { prices: Some(book), ..self }
    }

    /// Records each call twice: under its own names, which the boards and
    /// alerts need, and under those of OpenTelemetry's GenAI conventions
    /// (version 1.41), for dashboards that are made for them.
    ///
    /// ```
    /// # use botmeter_llm::core::{Memory, Meter};
    /// use botmeter_llm::{Llm, LlmConfig, Provider, Usage};
    ///
    /// # let memory = Memory::new();
    /// let config = LlmConfig::new().gen_ai();
    /// // let builder = Telemetry::builder("my-bot").configure::<Llm>(config);
    /// # let llm = Llm::with_config(&Meter::new(memory.clone()), config);
    /// llm.start(Provider::Mistral, "ministral").finish(&Usage::including_cache(12, 3));
    /// # let called = [
    /// #     ("gen_ai_operation_name", "chat"),
    /// #     ("gen_ai_provider_name", "mistral_ai"),
    /// #     ("gen_ai_request_model", "ministral"),
    /// # ];
    /// # let calls = memory.value("gen_ai_client_operation_duration_seconds_count", &called);
    /// # assert_eq!(calls, Some(1.0));
    /// ```
    ///
    /// | convention | in Prometheus |
    /// |---|---|
    /// | `gen_ai.client.operation.duration` | `gen_ai_client_operation_duration_seconds` |
    /// | `gen_ai.client.token.usage` | `gen_ai_client_token_usage` |
    /// | `gen_ai.client.operation.time_to_first_chunk` | `gen_ai_client_operation_time_to_first_chunk_seconds` |
    ///
    /// Where they differ from the conventions:
    ///
    /// - Attributes have underscores on both routes, `gen_ai_request_model`: what
    ///   Prometheus makes of `gen_ai.request.model`. A store that keeps the dots
    ///   sees other attributes.
    /// - `error.type` is missing, because a label here always has a value, and
    ///   dashboards take any value for a failure. Durations are those of all
    ///   calls, however they ended; `llm_errors_total` tells failures apart.
    /// - `gen_ai.client.operation.time_per_output_chunk` is missing: a call knows
    ///   of its first chunk and of its end, not of each chunk between them.
    /// - `gen_ai_operation_name` is always `chat`.
    /// - The bounds of token usage lie half a token above the conventional ones,
    ///   and count the same.
    pub fn gen_ai(self) -> Self {
        Self { naming: Naming::AndGenAi, ..self }
    }

    /// Asks errors of this type for their kind, wherever one stands in a chain
    /// of causes; see [`Classify`].
    pub fn classify<E: Classify + Error + 'static>(self) -> Self {
        self.classify_with(E::error_kind)
    }

    /// Asks this for the kind of errors of somebody else's type, wherever one
    /// stands in a chain of causes. What is said here counts before all that
    /// [`ErrorKind::of`] finds; `None` says nothing, and so does a panic. Of
    /// two for one type, the first one that says something counts.
    ///
    /// ```
    /// # use botmeter_llm::core::{Memory, Meter};
    /// # use std::{error::Error, fmt};
    /// use botmeter_llm::{ErrorKind, Llm, LlmConfig};
    ///
    /// /// Of a client library.
    /// #[derive(Debug)]
    /// struct Refused { status: u16, code: Option<String> }
    /// # impl fmt::Display for Refused {
    /// #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("refused") }
    /// # }
    /// # impl Error for Refused {}
    ///
    /// let config = LlmConfig::new().classify_with(|refused: &Refused| {
    ///     Some(ErrorKind::of_http(refused.status, refused.code.as_deref()))
    /// });
    /// let llm = Llm::with_config(&Meter::new(Memory::new()), config);
    ///
    /// let empty = Refused { status: 429, code: Some("insufficient_quota".to_owned()) };
    /// assert_eq!(llm.kind_of(&empty), ErrorKind::Quota);
    /// ```
    pub fn classify_with<E: Error + 'static>(
        mut self,
        kind_of: impl Fn(&E) -> Option<ErrorKind> + Send + Sync + 'static,
    ) -> Self {
        self.classifiers.add(kind_of);
        self
    }
}
