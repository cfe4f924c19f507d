//! The same calls, also under the names of OpenTelemetry's GenAI conventions.

mod labels;

use std::time::Duration;

use botmeter_core::{Each, Histogram, Instrument, Meter, Unit, buckets};

use crate::{Provider, Usage};
use labels::{Operation, ProviderName, RequestModel, TokenType};

/// Under which names calls are recorded.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Naming {
    #[default]
    Own,
    AndGenAi,
}

impl Naming {
    pub(crate) fn gen_ai<T>(self, make: impl FnOnce() -> T) -> Option<T> {
        match self {
            Self::Own => None,
            Self::AndGenAi => Some(make()),
        }
    }
}

/// The handles of one provider and model.
#[derive(Debug)]
pub(crate) struct GenAi {
    duration: Histogram,
    tokens: Each<TokenType, Histogram>,
}

impl GenAi {
    pub(crate) fn bind(meter: &Meter, (provider, model): (Provider, &str)) -> Self {
        let (chat, provider) = (Operation::Chat, ProviderName::from(provider));
        Self {
            duration: DURATION.bind(meter, (chat, provider, model)),
            tokens: Each::new(|kind| TOKEN_USAGE.bind(meter, (chat, provider, model, kind))),
        }
    }

    /// Only a call that streams has a first chunk.
    pub(crate) fn bind_first_chunk(
        meter: &Meter,
        (provider, model): (Provider, &str),
    ) -> Histogram {
        TIME_TO_FIRST_CHUNK.bind_late(meter, (Operation::Chat, provider.into(), model))
    }

    pub(crate) fn ended(&self, took: Duration) {
        self.duration.record(took.as_secs_f64());
    }

    pub(crate) fn consumed(&self, usage: &Usage) {
        let (prompt, completion) = (usage.prompt_tokens(), usage.completion_tokens());
        // No call is without tokens: none means that the provider did not say.
        if prompt + completion > 0 {
            self.tokens[TokenType::Input].record(prompt as f64);
            self.tokens[TokenType::Output].record(completion as f64);
        }
    }
}

static DURATION: Instrument<Histogram, (Operation, ProviderName, RequestModel)> =
    Instrument::histogram(
        "gen_ai.client.operation.duration",
        Unit::SECONDS,
        "Time from the start of a call to a model to its end, however it ended.",
        buckets::LLM,
    );
static TOKEN_USAGE: Instrument<Histogram, (Operation, ProviderName, RequestModel, TokenType)> =
    Instrument::histogram(
        "gen_ai.client.token.usage",
        Unit::of("{token}"),
        "Billable tokens of one call to a model, by direction.",
        TOKENS,
    );
static TIME_TO_FIRST_CHUNK: Instrument<Histogram, (Operation, ProviderName, RequestModel)> =
    Instrument::histogram(
        "gen_ai.client.operation.time_to_first_chunk",
        Unit::SECONDS,
        "Time from the start of a streamed call to a model to its first chunk.",
        buckets::LLM,
    );

/// The powers of four, half a token higher: no bound may be integral.
const TOKENS: &[f64] = &[
    1.5,
    4.5,
    16.5,
    64.5,
    256.5,
    1_024.5,
    4_096.5,
    16_384.5,
    65_536.5,
    262_144.5,
    1_048_576.5,
    4_194_304.5,
    16_777_216.5,
    67_108_864.5,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use botmeter_core::{Memory, Registered};

    use super::*;
    use crate::{ErrorKind, Llm, LlmConfig};

    #[test]
    fn a_call_is_recorded_under_both_names() {
        let memory = Memory::new();
        let llm = Llm::with_config(&Meter::new(memory.clone()), LlmConfig::new().gen_ai());
        let mut call = llm.start(Provider::XAi, "grok-3-mini");
        call.first_token();
        call.finish(&Usage::excluding_cache(10, 4).cache_read(5));
        llm.start(Provider::XAi, "grok-3-mini").fail(ErrorKind::Server);
        drop(llm.start(Provider::XAi, "grok-3-mini"));
        let impossible = Usage::including_cache(1, 1).cache_read(2);
        llm.start(Provider::XAi, "grok-3-mini").finish(&impossible);

        let text = memory.text();
        let series: Vec<&str> = text
            .lines()
            .filter(|line| line.starts_with("gen_ai_") && !line.contains("_bucket{"))
            .filter(|line| !line.contains("_seconds_sum{"))
            .collect();
        let called = "gen_ai_operation_name=\"chat\",gen_ai_provider_name=\"x_ai\",\
                      gen_ai_request_model=\"grok-3-mini\"";
        assert_eq!(
            series,
            [
                format!("gen_ai_client_operation_duration_seconds_count{{{called}}} 4"),
                format!("gen_ai_client_operation_time_to_first_chunk_seconds_count{{{called}}} 1"),
                format!("gen_ai_client_token_usage_sum{{{called},gen_ai_token_type=\"input\"}} 15"),
                format!(
                    "gen_ai_client_token_usage_count{{{called},gen_ai_token_type=\"input\"}} 1"
                ),
                format!("gen_ai_client_token_usage_sum{{{called},gen_ai_token_type=\"output\"}} 4"),
                format!(
                    "gen_ai_client_token_usage_count{{{called},gen_ai_token_type=\"output\"}} 1"
                ),
            ],
            "\n{text}"
        );
        let own = [("provider", "xai"), ("model", "grok-3-mini")];
        assert_eq!(memory.value("llm_tokens_prompt_total", &own), Some(15.0));
    }

    #[test]
    fn usage_that_nobody_told_is_no_usage_of_zero() {
        let memory = Memory::new();
        let llm = Llm::with_config(&Meter::new(memory.clone()), LlmConfig::new().gen_ai());
        llm.start(Provider::XAi, "grok-3-mini").finish(&Usage::unknown());
        let moved = memory.moved();
        assert!(moved.iter().any(|line| line.starts_with("gen_ai_client_operation_duration")));
        assert!(!moved.iter().any(|line| line.contains("token_usage")), "{moved:#?}");
    }

    #[test]
    fn only_the_own_names_are_there_by_default() {
        let names = |registered: Registered| -> BTreeSet<String> {
            registered.instruments.iter().map(|one| one.prometheus_name()).collect()
        };
        let (own, both) = (
            names(Registered::of::<Llm>()),
            names(Registered::with::<Llm>(LlmConfig::new().gen_ai())),
        );
        assert!(own.is_subset(&both));
        let added: Vec<_> = both.difference(&own).collect();
        assert_eq!(
            added,
            [
                "gen_ai_client_operation_duration_seconds",
                "gen_ai_client_operation_time_to_first_chunk_seconds",
                "gen_ai_client_token_usage",
            ]
        );
    }

    #[test]
    fn every_provider_has_a_name_of_its_own_that_leads_back_to_it() {
        let names: BTreeSet<_> =
            Provider::ALL.iter().map(|one| ProviderName::from(*one).as_str()).collect();
        assert_eq!(names.len(), ProviderName::ALL.len());
        for provider in Provider::ALL {
            assert_eq!(Provider::named(ProviderName::from(*provider).as_str()), *provider);
        }
    }

    #[test]
    fn more_models_than_the_limit_become_other_under_both_names() {
        let memory = Memory::new();
        let llm = Llm::with_config(&Meter::new(memory.clone()), LlmConfig::new().gen_ai());
        for n in 0..150 {
            llm.start(Provider::Ollama, &format!("model-{n}"))
                .finish(&Usage::including_cache(1, 1));
        }
        let others = [
            ("gen_ai_operation_name", "chat"),
            ("gen_ai_provider_name", "ollama"),
            ("gen_ai_request_model", "other"),
        ];
        let calls = memory.value("gen_ai_client_operation_duration_seconds_count", &others);
        assert_eq!(calls, Some(50.0));
    }
}
