//! The demo as it is started from a shell.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use botmeter_demo::provider::Provider;
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::demo::{Demo, Ended, page_with};
use crate::quick;
use crate::tls_front::in_front_of;

/// Whether some series of this name is above zero.
fn moves(page: &str, name: &str) -> bool {
    page.lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix('{')?.rsplit_once("} "))
        .any(|(_, value)| value.parse::<f64>().is_ok_and(|value| value > 0.0))
}

#[test]
fn numbers_move_and_everything_ends_well() {
    let mut demo =
        Demo::start(&["--port", "0", "--for", "4s", "--rate", "50", "--hangs", "0"], &[]);
    let address = demo.address();
    let names = [
        "llm_requests_total",
        "llm_duration_seconds_count",
        "llm_tokens_total",
        "llm_cost_dollars_total",
        "llm_time_to_first_token_seconds_count",
    ];
    page_with(&address, |page| names.iter().all(|name| moves(page, name)));

    let Ended { code, stdout, stderr } = demo.ended();
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.starts_with("provider: its own at http://127.0.0.1:"), "{stdout}");
    assert!(stdout.ends_with("ended: everything was handed over\n"), "{stdout}");
    assert!(stdout.contains(" calls, "), "{stdout}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_demo_well() {
    for signal in ["-INT", "-TERM"] {
        let mut demo = Demo::start(&["--port", "0", "--rate", "50", "--hangs", "0"], &[]);
        let address = demo.address();
        page_with(&address, |page| moves(page, "llm_requests_total"));
        demo.signal(signal);
        let Ended { code, stdout, stderr } = demo.ended();
        assert_eq!(code, Some(0), "{signal}: {stdout}{stderr}");
        assert!(stdout.ends_with("ended: everything was handed over\n"), "{signal}: {stdout}");
    }
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let Ended { code, stdout, stderr } =
        Demo::start(&["--port", &address.port().to_string()], &[]).ended();
    assert_eq!((code, &*stdout), (Some(1), ""), "{stderr}");
    let error = stderr.lines().find(|line| line.starts_with("error: failed to ")).unwrap();
    assert!(error.contains(&address.to_string()), "{stderr}");
    assert!(error.ends_with("; --port chooses another"), "{stderr}");
    assert!(!error.contains("OTEL_"), "{stderr}");
}

#[test]
fn the_port_is_that_of_the_option_else_that_of_the_variable() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let port = address.port().to_string();
    let variables = [("OTEL_EXPORTER_PROMETHEUS_PORT", &*port)];
    let demo = || Demo::start(&["--for", "1s", "--hangs", "0"], &variables);
    let Ended { code, stderr, .. } = demo().ended();
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains(&format!("failed to listen on {address}")), "{stderr}");

    let mut demo = Demo::start(&["--port", "0", "--for", "1s", "--hangs", "0"], &variables);
    assert_ne!(demo.address(), address.to_string());
    assert_eq!(demo.ended().code, Some(0));

    let Ended { code, stderr, .. } =
        Demo::start(&[], &[("OTEL_EXPORTER_PROMETHEUS_PORT", "70000")]).ended();
    assert_eq!(code, Some(2), "{stderr}");
}

#[test]
fn a_bad_value_is_told_at_once() {
    let Ended { code, stdout, stderr } = Demo::start(&["--hangs", "2"], &[]).ended();
    assert_eq!((code, &*stdout), (Some(2), ""));
    assert!(stderr.starts_with("error: invalid value '2' for '--hangs <SHARE>'"), "{stderr}");

    let Ended { code, stderr, .. } =
        Demo::start(&["--port", "0"], &[("OTEL_METRICS_EXPORTER", "pigeon")]).ended();
    assert_eq!(code, Some(1));
    assert!(stderr.contains("\"pigeon\"") && stderr.contains("OTEL_METRICS_EXPORTER"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_pushed_if_the_environment_says_so() {
    let (inbox, mut pushes) = mpsc::unbounded_channel::<Bytes>();
    let receive = async move |body: Bytes| inbox.send(body).unwrap();
    let routes = Router::new().route("/v1/metrics", post(receive));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let receiver = tokio::spawn(axum::serve(listener, routes).into_future());

    let run = move || {
        let arguments = ["--port", "0", "--for", "2s", "--rate", "50", "--hangs", "0"];
        let variables = [
            ("OTEL_METRICS_EXPORTER", "otlp"),
            ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &*endpoint),
        ];
        Demo::start(&arguments, &variables).ended()
    };
    let Ended { code, stdout, stderr } = tokio::task::spawn_blocking(run).await.unwrap();
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    receiver.abort();

    let mut last = None;
    while let Ok(push) = pushes.try_recv() {
        last = Some(push);
    }
    // Names are plain text within the encoded message.
    let last = String::from_utf8_lossy(&last.unwrap()).into_owned();
    for text in ["botmeter-demo", "llm.requests", "llm.cost", "gpt-4o-mini", "success"] {
        assert!(last.contains(text), "{text:?} is not in {last:?}");
    }
}

#[test]
fn telemetry_that_is_off_counts_nothing_and_says_so() {
    let arguments = ["--port", "0", "--for", "1s", "--hangs", "0"];
    let Ended { code, stdout, stderr } =
        Demo::start(&arguments, &[("OTEL_SDK_DISABLED", "true")]).ended();
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.starts_with("metrics: off, because OTEL_SDK_DISABLED is true\n"), "{stdout}");
    assert!(stdout.ends_with("\nended\n") && !stdout.contains(" calls, "), "{stdout}");
}

#[test]
fn what_could_not_be_pushed_is_told_at_the_end() {
    // Nobody listens there any more.
    let receiver = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", receiver.local_addr().unwrap());
    drop(receiver);
    let mut demo = Demo::start(
        &["--port", "0", "--for", "1s"],
        &[("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &endpoint)],
    );
    demo.address();
    let Ended { code, stderr, .. } = demo.ended();
    assert_eq!(code, Some(1), "{stderr}");
    let last = stderr.lines().next_back().unwrap();
    assert!(last.starts_with("error: failed to shutdown telemetry: otlp: "), "{stderr}");
    assert!(last.contains(" data points are not delivered: POST http://"), "{stderr}");
}

#[test]
fn a_server_that_never_answers_holds_the_end_up_until_the_deadline_only() {
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", hole.local_addr().unwrap());
    let mut demo = Demo::start(
        &["--port", "0", "--for", "1s"],
        &[("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &endpoint)],
    );
    demo.address();
    let begin = Instant::now();
    let Ended { code, stderr, .. } = demo.ended();
    // One second, what is under way, the last metrics, and a busy machine.
    assert!(begin.elapsed() < Duration::from_secs(1 + 3 + 5 + 6), "{:?}", begin.elapsed());
    assert_eq!(code, Some(1), "{stderr}");
    let last = stderr.lines().next_back().unwrap();
    assert!(last.contains(" data points are not delivered, without an answer yet"), "{stderr}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_called_over_https_if_this_machine_trusts_it() {
    let provider = Provider::start(quick()).await.unwrap();
    let (port, certificate) = in_front_of(provider.address()).await;
    let folder = tempfile::tempdir().unwrap();
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, certificate).unwrap();

    let run = move || {
        let url = format!("https://localhost:{port}/v1");
        let mut demo = Demo::start(
            &[
                "--port",
                "0",
                "--rate",
                "20",
                "--for",
                "2s",
                "--provider-url",
                &url,
                "--model",
                "small",
            ],
            &[("SSL_CERT_FILE", trusted.to_str().unwrap()), ("BOTMETER_PROVIDER_KEY", "sk-1")],
        );
        let address = demo.address();
        let page = page_with(&address, |page| moves(page, "llm_tokens_total"));
        (page, demo.ended())
    };
    let (page, Ended { code, stdout, stderr }) = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(page.contains(r#"llm_tokens_total{provider="other",model="small"}"#), "{page}");
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.contains(", 0 errors, "), "{stdout}");
    // Nobody knows what this model costs, and that is said.
    assert!(stdout.contains(" calls without a known price)"), "{stdout}");
}

#[test]
fn the_key_is_printed_nowhere() {
    let variables = [("BOTMETER_PROVIDER_KEY", "sk-demo-secret"), ("RUST_LOG", "trace")];
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let arguments =
        ["--port", "0", "--for", "1s", "--rate", "50", "--provider-url", &url, "--model", "m"];
    let Ended { code, stdout, stderr } = Demo::start(&arguments, &variables).ended();
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("latest error: connection to the provider failed"), "{stdout}");
    assert!(!stdout.contains("sk-demo") && !stderr.contains("sk-demo"), "{stdout}{stderr}");
}
