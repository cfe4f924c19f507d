//! Programs that are asked to end by the system, each a process of its own.

#![cfg(test)]
#![cfg(unix)]

use std::{
    env,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use botmeter_core::{Counter, Domain, Instrument, Meter, Unit};
use botmeter_telemetry::{StopSignal, Telemetry, stop_requested};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{metric::Data, number_data_point::Value},
};

use witness::Receiver;

/// Set in the process that is asked to end: the endpoint, and its runtime.
const ENDPOINT: &str = "BOTMETER_TEST_SIGNALS_TO";
const RUNTIME: &str = "BOTMETER_TEST_SIGNALS_ON";
const READY: &str = "the program works";
const SOON: Duration = Duration::from_secs(20);

static JOBS: Instrument<Counter, ()> =
    Instrument::counter("test.jobs", Unit::of("{job}"), "Jobs that were done.");

struct Jobs(Counter);

impl Domain for Jobs {
    const NAME: &'static str = "jobs";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        Self(JOBS.bind(meter, ()))
    }
}

fn start() -> (Telemetry, Jobs) {
    Telemetry::builder("my-bot")
        .otlp(env::var(ENDPOINT).unwrap())
        .interval(Duration::from_hours(1))
        .start::<Jobs>()
        .unwrap()
}

/// What ends with the program: the job that was under way.
fn finish(jobs: &Jobs, signal: StopSignal) {
    jobs.0.add(1);
    println!("ended by {signal}");
}

async fn program() {
    let (stop, other) = (stop_requested().unwrap(), stop_requested().unwrap());
    // One that waits no more is in nobody's way.
    drop(stop_requested().unwrap());
    let (telemetry, jobs) = start();
    jobs.0.add(41);
    println!("{READY}");
    let signal = stop.await;
    assert_eq!(other.await, signal, "each that waits is told");
    finish(&jobs, signal);
    telemetry.shutdown(SOON).await.unwrap();
}

fn program_without_a_runtime() {
    let stop = stop_requested().unwrap();
    let (telemetry, jobs) = start();
    jobs.0.add(41);
    println!("{READY}");
    finish(&jobs, stop.wait());
    telemetry.shutdown_blocking(SOON).unwrap();
}

#[test]
fn a_program_that_is_asked_to_end_hands_everything_over() {
    if let Ok(runtime) = env::var(RUNTIME) {
        return match runtime.as_str() {
            "current-thread" => {
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                runtime.block_on(program());
            }
            "multi-thread" => {
                let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
                runtime.block_on(program());
            }
            _ => program_without_a_runtime(),
        };
    }
    for (runtime, signal, told) in [
        ("current-thread", "-TERM", "SIGTERM"),
        ("multi-thread", "-TERM", "SIGTERM"),
        ("none", "-TERM", "SIGTERM"),
        ("none", "-INT", "Ctrl-C"),
    ] {
        let receiver = Receiver::http().start();
        let mut child = Command::new(env::current_exe().unwrap())
            .args([
                "--nocapture",
                "--exact",
                "a_program_that_is_asked_to_end_hands_everything_over",
            ])
            .env(ENDPOINT, receiver.endpoint())
            .env(RUNTIME, runtime)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.ends_with(&format!("{READY}\n")) {
            assert_ne!(printed.read_line(&mut line).unwrap(), 0, "{runtime}: {line}");
        }
        let kill = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let code = code_of(&mut child);
        let mut rest = String::new();
        printed.read_to_string(&mut rest).unwrap();
        assert_eq!(code, Some(0), "{runtime}, {signal}: {rest}");
        assert!(rest.contains(&format!("ended by {told}\n")), "{runtime}, {signal}: {rest}");
        let last = receiver.requests().pop().expect("something was handed over");
        assert_eq!(jobs_in(&last), Some(42), "{runtime}, {signal}");
    }
}

/// How the process ended, which does not take forever.
fn code_of(child: &mut Child) -> Option<i32> {
    let deadline = Instant::now() + SOON;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("the program does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn jobs_in(request: &ExportMetricsServiceRequest) -> Option<i64> {
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    let mut metrics = scopes.flat_map(|scope| &scope.metrics);
    let jobs = metrics.find(|metric| metric.name == "test.jobs")?;
    let Some(Data::Sum(sum)) = &jobs.data else { return None };
    // Where the push of the start came first, a zero stands before it.
    match sum.data_points.last()?.value? {
        Value::AsInt(count) => Some(count),
        Value::AsDouble(_) => None,
    }
}
