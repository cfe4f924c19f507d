//! A process of its own, because a subscriber is installed once in a process.

use std::{
    net::SocketAddr,
    process::{Command, Output},
    time::Duration,
};

use botmeter_llm::{Llm, Provider, Usage};
use botmeter_telemetry::{Builder, Telemetry, traces::Traces};
use tracing::Level;

use crate::receiver::{Receiver, SOON};

const SCENARIO: &str = "TRACES_TEST_SCENARIO";
const ADDRESS: &str = "TRACES_TEST_ADDRESS";

/// What a process does, and what it printed.
pub(crate) fn run(scenario: &str, variables: &[(&str, &str)]) -> Output {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child::main_of_the_child", "--ignored", "--nocapture"])
        .env_clear()
        .env(SCENARIO, scenario)
        .env("OTEL_METRICS_EXPORTER", "none")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

/// What it logged.
pub(crate) fn logged(scenario: &str, variables: &[(&str, &str)]) -> String {
    String::from_utf8(run(scenario, variables).stderr).unwrap()
}

#[test]
#[ignore = "the other tests run it in a process of its own"]
fn main_of_the_child() {
    let builder = Telemetry::builder("my-bot");
    match std::env::var(SCENARIO).unwrap().as_str() {
        "text" => talk(builder.install_subscriber()),
        "json" => talk(builder.json_logs()),
        "everything" => {
            talk(builder.traces(&Traces::new().at_level(Level::TRACE)).install_subscriber());
        }
        "refused" => refused(builder.json_logs()),
        "overload" => overload(builder.json_logs()),
        "twice" => {
            tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap();
            let error = builder.install_subscriber().start::<()>().unwrap_err();
            eprintln!("{error}");
        }
        "wrong" => eprintln!("{:?}", builder.install_subscriber().start::<()>().unwrap_err()),
        other => panic!("{other} is no scenario"),
    }
}

fn talk(builder: Builder) {
    let (telemetry, llm) = builder.start::<Llm>().unwrap();
    tracing::info!("outside of all spans");
    let call = llm.start(Provider::OpenAi, "gpt-4o");
    call.span().in_scope(|| tracing::info!(n = 1, "a word inside"));
    tracing::info!(parent: call.span(), "about it, from elsewhere");
    call.finish(&Usage::including_cache(1, 1));
    telemetry.flush_blocking(SOON).unwrap();
    telemetry.shutdown_blocking(SOON).unwrap();
}

/// More calls than the queue takes, again and again.
fn overload(builder: Builder) {
    let (telemetry, llm) = builder.start::<Llm>().unwrap();
    for _ in 0..3 {
        for _ in 0..10 {
            llm.start(Provider::OpenAi, "gpt-4o").finish(&Usage::unknown());
        }
        telemetry.flush_blocking(SOON).unwrap();
    }
    telemetry.shutdown_blocking(SOON).unwrap();
}

/// Nobody listens for a while.
fn refused(builder: Builder) {
    let address: SocketAddr = std::env::var(ADDRESS).unwrap().parse().unwrap();
    let (telemetry, llm) = builder.otlp_traces(format!("http://{address}")).start::<Llm>().unwrap();
    let call = || llm.start(Provider::OpenAi, "gpt-4o").finish(&Usage::unknown());
    for _ in 0..3 {
        call();
        telemetry.flush_blocking(SOON).unwrap_err();
    }
    let receiver = Receiver::http_at(address);
    call();
    telemetry.flush_blocking(SOON).unwrap();
    assert_eq!(receiver.spans().len(), 1);
    telemetry.shutdown_blocking(Duration::from_secs(5)).unwrap();
}

/// What the child is told where nobody listens.
pub(crate) fn nobody() -> (&'static str, String) {
    let receiver = Receiver::http();
    (ADDRESS, receiver.address().to_string())
}
