//! From a number to the trace behind it.

use std::{collections::BTreeMap, iter};

use botmeter_llm::{Provider, Usage};
use botmeter_telemetry::traces::Traces;
use http::{HeaderMap, HeaderValue, Method, header::ACCEPT};
use http_body_util::BodyExt as _;
use tracing::Instrument as _;

use crate::{receiver::Receiver, setup::Program};

fn started(receiver: &Receiver, sampler: &'static str) -> Program {
    let endpoint = receiver.endpoint();
    let variables = [("OTEL_BSP_SCHEDULE_DELAY", "3600000"), ("OTEL_TRACES_SAMPLER", sampler)];
    let traces = Traces::new();
    Program::build(&traces, &variables, |builder| builder.otlp_traces(endpoint).scrape_mounted())
        .unwrap()
}

/// The series of a page of OpenMetrics that have an exemplar, with its trace,
/// its span and its value.
fn exemplars(program: &Program) -> BTreeMap<String, (String, String, f64)> {
    let asked = HeaderValue::from_static("application/openmetrics-text; version=1.0.0");
    let headers: HeaderMap = iter::once((ACCEPT, asked)).collect();
    let page = program.telemetry.page().unwrap().answer(&Method::GET, &headers).into_body();
    let page = futures_executor::block_on(page.collect()).unwrap().to_bytes();
    let page = String::from_utf8(page.to_vec()).unwrap();
    assert!(page.ends_with("# EOF\n"), "{page}");
    page.lines()
        .filter_map(|line| line.split_once(" # {trace_id=\""))
        .map(|(sample, exemplar)| {
            let (series, _count) = sample.rsplit_once(' ').unwrap();
            let (trace, exemplar) = exemplar.split_once("\",span_id=\"").unwrap();
            let (span, exemplar) = exemplar.split_once("\"} ").unwrap();
            let value = exemplar.split_once(' ').unwrap().0.parse().unwrap();
            (series.to_owned(), (trace.to_owned(), span.to_owned(), value))
        })
        .collect()
}

fn hex(id: &[u8]) -> String {
    id.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

const SUCCESSES: &str =
    "llm_requests_total{provider=\"openai\",model=\"gpt-4o\",status=\"success\"}";

fn call(program: &Program) {
    let call = program.llm.start(Provider::OpenAi, "gpt-4o");
    call.finish(&Usage::including_cache(1_000, 20));
}

#[test]
fn the_numbers_of_a_call_lead_to_its_own_span() {
    let receiver = Receiver::http();
    let program = started(&receiver, "always_on");
    program.run(|| tracing::info_span!("a chat").in_scope(|| call(&program)));
    program.flush().unwrap();

    let span = receiver.span("chat gpt-4o");
    let found = exemplars(&program);
    let (trace, id, value) = &found[SUCCESSES];
    assert_eq!((trace, id, *value), (&hex(&span.trace_id), &hex(&span.span_id), 1.0));
    let durations: Vec<_> =
        found.keys().filter(|series| series.starts_with("llm_duration_seconds_bucket")).collect();
    assert_eq!(durations.len(), 1, "{found:?}");
    assert!(found.values().all(|(of, ..)| *of == hex(&span.trace_id)), "{found:?}");
}

#[test]
fn a_number_leads_to_the_last_span_it_was_recorded_in() {
    let receiver = Receiver::http();
    let program = started(&receiver, "always_on");
    program.run(|| {
        call(&program);
        let work = async { call(&program) };
        futures_executor::block_on(work.instrument(tracing::info_span!("the last one")));
    });
    program.flush().unwrap();

    let last = receiver.span("the last one");
    assert_eq!(exemplars(&program)[SUCCESSES].0, hex(&last.trace_id));
}

#[test]
fn no_number_leads_to_a_span_that_is_not_kept() {
    let receiver = Receiver::http();
    let program = started(&receiver, "always_off");
    program.run(|| call(&program));
    program.flush().unwrap();
    assert_eq!(exemplars(&program), BTreeMap::new());
}
