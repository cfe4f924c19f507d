//! Calls to models as spans.

use std::time::Duration;

use botmeter_llm::{ErrorKind, Provider, Reply, Usage};
use opentelemetry_proto::tonic::trace::v1::Span;
use tracing::Instrument;

use crate::{
    receiver::{Receiver, reading},
    setup::Program,
};

/// What the span says of the one call that is made here.
fn span_of(call: impl FnOnce(&Program)) -> Span {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[]);
    program.run(|| call(&program));
    program.flush().unwrap();
    receiver.span("chat gpt-4o")
}

const COMMON: &str = "\n  gen_ai.operation.name=\"chat\"\n  gen_ai.provider.name=\"azure.ai.openai\"\n  \
                      gen_ai.request.model=\"gpt-4o\"";
const TARGET: &str = "\n  target=\"botmeter_llm\"";

#[test]
fn a_reply_says_what_it_consumed() {
    let span = span_of(|program| {
        let call = program.llm.start(Provider::Azure, "gpt-4o");
        let usage = Usage::excluding_cache(400, 200).cache_read(600).cache_write(50).reasoning(40);
        call.finish(&usage);
    });
    assert_eq!(
        reading(&span),
        format!(
            "chat gpt-4o [client]{COMMON}\n  gen_ai.usage.cache_creation.input_tokens=50\n  \
             gen_ai.usage.cache_read.input_tokens=600\n  gen_ai.usage.input_tokens=1050\n  \
             gen_ai.usage.output_tokens=200\n  gen_ai.usage.reasoning.output_tokens=40{TARGET}"
        )
    );
}

#[test]
fn a_failure_says_why() {
    let span = span_of(|program| {
        program.llm.start(Provider::Azure, "gpt-4o").fail(ErrorKind::RateLimit);
    });
    assert_eq!(
        reading(&span),
        format!("chat gpt-4o [client] error \"\"\n  error.type=\"rate_limit\"{COMMON}{TARGET}")
    );
}

#[test]
fn a_call_that_is_dropped_is_cancelled_and_says_what_it_consumed() {
    let span = span_of(|program| {
        let mut call = program.llm.model(Provider::Azure, "gpt-4o").start();
        call.consumed(&Usage::including_cache(3, 0));
    });
    assert_eq!(
        reading(&span),
        format!(
            "chat gpt-4o [client]\n  error.type=\"cancelled\"{COMMON}\n  \
             gen_ai.usage.input_tokens=3\n  gen_ai.usage.output_tokens=0{TARGET}"
        )
    );
}

#[test]
fn what_cannot_be_or_was_not_told_is_left_out() {
    for usage in [Usage::unknown(), Usage::including_cache(-1, 5)] {
        let span = span_of(|program| program.llm.start(Provider::Azure, "gpt-4o").finish(&usage));
        assert_eq!(reading(&span), format!("chat gpt-4o [client]{COMMON}{TARGET}"));
    }
}

#[test]
fn a_stream_says_when_it_began() {
    let span = span_of(|program| {
        let mut call = program.llm.start(Provider::Azure, "gpt-4o");
        call.first_token();
        call.finish(&Usage::unknown());
    });
    let key = "gen_ai.response.time_to_first_chunk";
    assert!(span.attributes.iter().any(|attribute| attribute.key == key), "{span:?}");
}

#[test]
fn a_span_lasts_as_long_as_its_call_although_it_was_left_before() {
    let span = span_of(|program| {
        let call = program.llm.start(Provider::Azure, "gpt-4o");
        call.span().in_scope(|| {});
        std::thread::sleep(Duration::from_millis(30));
        call.finish(&Usage::unknown());
    });
    let took = Duration::from_nanos(span.end_time_unix_nano - span.start_time_unix_nano);
    assert!(took >= Duration::from_millis(30), "{took:?}");
}

struct Nothing;

impl Reply for Nothing {
    fn usage(&self) -> Usage {
        Usage::unknown()
    }
}

#[test]
fn what_a_driver_traces_is_below_the_call_and_the_call_below_the_program() {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, &[]);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let driver = async {
        tokio::task::yield_now().await;
        tracing::info_span!("POST").in_scope(|| {});
        Ok::<_, std::io::Error>(Nothing)
    };
    program.run(|| {
        let call = program.llm.observe(Provider::OpenAi, "gpt-4o", driver);
        runtime.block_on(call.instrument(tracing::info_span!("run"))).map(drop).unwrap();
    });
    program.flush().unwrap();
    let [run, call, post] = ["run", "chat gpt-4o", "POST"].map(|name| receiver.span(name));
    assert_eq!(post.parent_span_id, call.span_id);
    assert_eq!(call.parent_span_id, run.span_id);
    assert!(run.parent_span_id.is_empty());
}
