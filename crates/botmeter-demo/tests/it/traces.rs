//! The spans of the demo: where they go, and where they do not.

use std::future::IntoFuture;

use axum::Router;
use axum::http::Uri;
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::demo::{Demo, Ended};

/// What a demo sent, as path and body, and how it ended. It is told the base of a receiver that
/// takes everything.
async fn run_with(endpoint: impl Fn(&str) -> String) -> (Vec<(String, String)>, Ended) {
    let (inbox, mut received) = mpsc::unbounded_channel::<(String, Bytes)>();
    let receive = async move |uri: Uri, body: Bytes| {
        inbox.send((uri.path().to_owned(), body)).unwrap();
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = endpoint(&format!("http://{}", listener.local_addr().unwrap()));
    let receiver =
        tokio::spawn(axum::serve(listener, Router::new().fallback(receive)).into_future());
    let run = move || {
        let arguments = ["--port", "0", "--for", "2s", "--rate", "50", "--rate-limited", "0.2"];
        let variables =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint), ("RUST_LOG", "info,botmeter_demo=debug")];
        Demo::start(&arguments, &variables).ended()
    };
    let ended = tokio::task::spawn_blocking(run).await.unwrap();
    receiver.abort();
    let mut all = Vec::new();
    while let Ok((path, body)) = received.try_recv() {
        // Names and values are plain text within the encoded message.
        all.push((path, String::from_utf8_lossy(&body).into_owned()));
    }
    (all, ended)
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_spans_at_a_receiver_of_all_signals_and_log_lines_name_them() {
    let (all, Ended { code, stdout, stderr }) = run_with(str::to_owned).await;
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    let of = |wanted: &str| -> String {
        let bodies = all.iter().filter(|(path, _)| path == wanted).map(|(_, body)| body.as_str());
        bodies.collect()
    };
    assert!(of("/v1/metrics").contains("llm.requests"));
    let spans = of("/v1/traces");
    for text in ["botmeter-demo", "chat gpt-4o-mini", "gen_ai.provider.name", "error.type"] {
        assert!(spans.contains(text), "{text:?} is not in {spans:?}");
    }
    let failed = stderr.lines().find(|line| line.contains("a call failed")).unwrap();
    assert!(failed.contains(" trace_id=") && failed.contains(" span_id="), "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn prometheus_is_sent_no_spans_and_one_line_says_so() {
    let (all, Ended { code, stdout, stderr }) =
        run_with(|base| format!("{base}/api/v1/otlp")).await;
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    assert!(!all.is_empty());
    assert!(all.iter().all(|(path, _)| path == "/api/v1/otlp/v1/metrics"), "{all:?}");
    let said: Vec<&str> = stderr.lines().filter(|line| line.contains("spans")).collect();
    assert!(
        matches!(said.as_slice(), [line] if line.contains("no spans are exported")),
        "{stderr}"
    );
}
