//! Credentials of the environment are sent, and never said: not by this
//! library, and not by those that it stands on.

use std::{env, fmt::Debug, process::Command};

use botmeter_core::{Domain, Meter};
use botmeter_telemetry::{Environment, OtlpSettings, Telemetry};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use super::setup::{NEVER, Pushing, SOON, STARTS, grpc, http, start};
use witness::{AUTHORITY, Behavior, Receiver};

/// Where the process that this test starts shall push to, and how.
const ENDPOINT: &str = "BOTMETER_TEST_CREDENTIALS_TO";
const PROTOCOL: &str = "BOTMETER_TEST_CREDENTIALS_BY";
const NAME: &str = "otlp::credentials::credentials_of_the_environment_are_sent_and_never_logged";
/// No part of these may be seen.
const SECRETS: [&str; 3] = ["s3cr3t-token", "hunter22", "tenant-key"];
const HEADERS: &str = "authorization=Bearer%20s3cr3t-token,x-key=tenant-key";

#[test]
fn credentials_of_the_environment_are_sent_and_never_logged() {
    if let Ok(endpoint) = env::var(ENDPOINT) {
        return push(&endpoint, &env::var(PROTOCOL).unwrap());
    }
    for protocol in ["http/protobuf", "grpc"] {
        let is_grpc = protocol == "grpc";
        let receiver = if is_grpc { Receiver::grpc() } else { Receiver::http() }.start();
        let address = receiver.address();
        let (accepted, refused) =
            (logged(&format!("http://robot:hunter22@{address}"), protocol), {
                receiver.behave(Behavior::Answer {
                    // Forbidden, and the code of gRPC for it.
                    status: if is_grpc { 7 } else { 403 },
                    headers: &[],
                    body: "Bearer s3cr3t-token with tenant-key of hunter22 may not",
                });
                logged(&format!("http://robot:hunter22@{address}"), protocol)
            });
        let push = receiver.pushes().remove(0);
        for (name, value) in [("authorization", "Bearer s3cr3t-token"), ("x-key", "tenant-key")] {
            let sent = (name.to_owned(), value.to_owned());
            assert!(push.headers.contains(&sent), "{name} is sent");
        }
        assert!(accepted.contains("the end"), "{accepted}");
        assert!(refused.contains("*** with *** of"), "the answer is quoted: {refused}");
    }
}

/// Everything that a process with these credentials logs, prints and shows.
fn logged(endpoint: &str, protocol: &str) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--nocapture", "--exact", NAME])
        .env(ENDPOINT, endpoint)
        .env(PROTOCOL, protocol)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{failed}");
    for secret in SECRETS {
        for line in printed.lines().chain(failed.lines()) {
            assert!(!line.contains(secret), "it says {secret}: {line}");
        }
    }
    printed
}

struct Starts;

impl Domain for Starts {
    const NAME: &'static str = "starts";
    type Config = ();

    fn register_with(meter: &Meter, (): ()) -> Self {
        STARTS.bind(meter, ()).add(1);
        Self
    }
}

fn push(endpoint: &str, protocol: &str) {
    tracing::subscriber::set_global_default(Everything).unwrap();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_HEADERS", HEADERS),
    ];
    let environment: Environment = variables.into_iter().collect();
    let started =
        Telemetry::builder("my-bot").environment(environment).interval(NEVER).start::<Starts>();
    let (telemetry, _) = started.unwrap();
    println!("{telemetry:?} {:?}", telemetry.settings());
    let flushed = telemetry.flush_blocking(SOON);
    println!("{:?}", flushed.map_err(|error| error.chain()));
    let ended = telemetry.shutdown_blocking(SOON);
    println!("{:?}", ended.map_err(|error| error.chain()));
    println!("the end");
}

/// Prints every event and every span of every library.
struct Everything;

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Print(attributes.metadata().target()));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Print("a span"));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Print(event.metadata().target()));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Print<'a>(&'a str);

impl Visit for Print<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        println!("{}: {}={value:?}", self.0, field.name());
    }
}

/// By both protocols alike, and in a header: gRPC would put them into the
/// authority, which every proxy logs and nobody reads as credentials.
#[test]
fn user_and_password_of_the_endpoint_are_sent_as_a_header_by_both_protocols() {
    // Base64 of `robot:hunter/22%`.
    let basic = ("authorization".to_owned(), "Basic cm9ib3Q6aHVudGVyLzIyJQ==".to_owned());
    for (receiver, settings) in [
        (Receiver::http().start(), http as fn(String) -> OtlpSettings),
        (Receiver::grpc().start(), grpc),
    ] {
        let address = receiver.address();
        let endpoint = receiver.endpoint().replace("//", "//robot:hunter%2f22%25@");
        let pushing = Pushing::with(settings(endpoint.clone()));
        STARTS.bind(&pushing.meter, ()).add(1);
        pushing.flush().unwrap();
        let sent = receiver.pushes().remove(0).headers;
        assert!(sent.contains(&basic), "{sent:?}");
        assert!(sent.contains(&(AUTHORITY.to_owned(), address.to_string())), "{sent:?}");

        // A header that somebody chose is more than what the URL says.
        receiver.forget();
        let headers = vec![("Authorization".to_owned(), "Bearer token".to_owned())];
        let pushing = Pushing::with(settings(endpoint).headers(headers));
        STARTS.bind(&pushing.meter, ()).add(1);
        pushing.flush().unwrap();
        let sent = receiver.pushes().remove(0).headers;
        let mut sent = sent.iter().filter(|(name, _)| name == "authorization");
        assert_eq!(sent.next().map(|(_, value)| value.as_str()), Some("Bearer token"));
        assert_eq!(sent.next(), None);
    }
}

#[test]
fn headers_of_the_message_and_of_the_connection_are_refused_with_their_names() {
    for settings in [http("http://127.0.0.1:9/v1/metrics"), grpc("http://127.0.0.1:9")] {
        for name in [
            "Content-Length",
            "transfer-encoding",
            "host",
            "connection",
            "keep-alive",
            "te",
            "upgrade",
            "trailer",
            "content-type",
            "content-encoding",
            "expect",
            "proxy-connection",
            "grpc-timeout",
        ] {
            let headers = vec![(name.to_owned(), "s3cret-value".to_owned())];
            let refusal = start(&settings.clone().headers(headers)).unwrap_err().chain();
            assert_eq!(
                refusal,
                format!(
                    "push metrics to {:?}: the header {name:?} belongs to the message or the \
                     connection, which the client sets up itself; take it out of \
                     OTEL_EXPORTER_OTLP_HEADERS",
                    settings.endpoint
                )
            );
        }
    }
}
