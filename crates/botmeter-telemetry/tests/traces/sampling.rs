//! Which spans are kept, and that metrics do not care.

use botmeter_llm::{Provider, Usage};
use botmeter_telemetry::Sampler;

use crate::{receiver::Receiver, setup::Program};

fn calls_counted(program: &Program) -> Option<f64> {
    let labels = [("provider", "openai"), ("model", "gpt-4o"), ("status", "success")];
    program.memory.value("llm_requests_total", &labels)
}

/// How many of so many calls become spans.
fn kept(variables: &[(&str, &str)], calls: u32) -> usize {
    let receiver = Receiver::http();
    let program = Program::with(&receiver, variables);
    program.run(|| {
        for _ in 0..calls {
            let call = program.llm.start(Provider::OpenAi, "gpt-4o");
            call.finish(&Usage::including_cache(1, 1));
        }
    });
    program.flush().unwrap();
    assert_eq!(calls_counted(&program), Some(f64::from(calls)), "all are counted");
    assert_eq!(program.counts().1, 0);
    receiver.spans().len()
}

#[test]
fn metrics_count_everything_whatever_is_kept() {
    assert_eq!(kept(&[], 20), 20);
    assert_eq!(kept(&[("OTEL_TRACES_SAMPLER", "always_on")], 20), 20);
    assert_eq!(kept(&[("OTEL_TRACES_SAMPLER", "always_off")], 20), 0);
    assert_eq!(kept(&[("OTEL_TRACES_SAMPLER", "parentbased_always_off")], 20), 0);
    assert_eq!(kept(&[("OTEL_TRACES_SAMPLER", "traceidratio")], 20), 20);
    let ratio = ("OTEL_TRACES_SAMPLER_ARG", "0");
    assert_eq!(kept(&[("OTEL_TRACES_SAMPLER", "traceidratio"), ratio], 20), 0);
    // The odds against are those of a coin that falls on one side 200 times.
    let some = kept(
        &[("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"), ("OTEL_TRACES_SAMPLER_ARG", "0.5")],
        200,
    );
    assert!(some > 0 && some < 200, "{some}");
}

#[test]
fn the_program_beats_the_environment() {
    let receiver = Receiver::http();
    let variables = [
        ("OTEL_TRACES_SAMPLER", "always_off"),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_BSP_SCHEDULE_DELAY", "3600000"),
    ];
    let endpoint = receiver.endpoint();
    let program =
        Program::build(&botmeter_telemetry::traces::Traces::new(), &variables, |builder| {
            builder.otlp_traces(endpoint).sampler(Sampler::AlwaysOn)
        })
        .unwrap();
    program.span();
    program.flush().unwrap();
    assert_eq!(receiver.spans().len(), 1);
}
