//! Secrets in every setting that can hold one, through every failure that is
//! cheap to make: no line of our log, no error and nothing that is printed for
//! debugging shows any of them, in whatever form.

use std::{
    env,
    fmt::Debug,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    process::Command,
    thread,
    time::Duration,
};

use botmeter_telemetry::{Builder, Diagnosis, Environment, Telemetry};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use super::setup::NEVER;
use witness::{Behavior, Receiver};

/// What every secret has in it, so that it is found in any part of one.
const CANARY: &str = "c4nary";
/// As they are sent: the header for `USER`, and the one for `PROXY_USER`.
const BASIC: &str = "am9lYzRuYXJ5OnB3YzRuYXJ5LzFAMg";
const PROXY_BASIC: &str = "cHJveHljNG5hcnk6cHJveHlwd2M0bmFyeS8x";
const USER: &str = "joec4nary:pwc4nary%2F1%402";
const PROXY_USER: &str = "proxyc4nary:proxypwc4nary%2F1";
const QUERY: &str = "api_key=queryc4nary%2Bx&c4nary";
const HEADERS: &str = "x-token=Bearer%20tokenc4nary,x-key=keyc4nary%2F%2B";
/// All that an angry receiver knows of us, in the forms that it may choose.
const QUOTES: &str = "joec4nary pwc4nary/1@2 pwc4nary%2f1%402 am9lYzRuYXJ5OnB3YzRuYXJ5LzFAMg== \
                      tokenc4nary keyc4nary/+ keyc4nary%2F%2B";

const INSIDE: &str = "BOTMETER_TEST_CANARIES";
const NAME: &str = "otlp::canaries::secrets_are_shown_by_no_failure";
const SHORT: Duration = Duration::from_secs(3);

#[test]
fn secrets_are_shown_by_no_failure() {
    match env::var(INSIDE).as_deref() {
        Ok("proxy") => return fails_at_a_proxy(),
        Ok(_) => return fails_in_every_way(),
        Err(_) => {}
    }
    let said = told("directly", None);
    for reason in [
        "metrics are pushed",
        "the first push of metrics arrived",
        "connection refused",
        "is not known",
        "401 Unauthorized",
        "307 Temporary Redirect",
        "rejected 2 data points",
        "Unauthenticated",
        "it has no scheme",
        "percent-encode",
        "gRPC has no path",
        "is not a port",
        "no spaces",
        "has no equals sign",
        "the name of header 1",
        "the value of the header \"x-key\"",
    ] {
        assert!(said.contains(reason), "no failure says {reason:?}: {said}");
    }
    let refusing = answering(|head| {
        let quote = head.lines().collect::<Vec<_>>().join(" ");
        format!("HTTP/1.1 407 No {quote}\r\ncontent-length: 0\r\n\r\n")
    });
    for proxy in [refusing, SocketAddr::from((Ipv4Addr::LOCALHOST, 9))] {
        let said = told("proxy", Some(&format!("http://{PROXY_USER}@{proxy}")));
        assert!(said.contains("which HTTP_PROXY names"), "{said}");
    }
}

/// What a process says that fails in this way.
fn told(way: &str, proxy: Option<&str>) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--nocapture", "--exact", NAME]).env(INSIDE, way);
    for variable in ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        command.env_remove(variable).env_remove(variable.to_lowercase());
    }
    let output = command.envs(proxy.map(|proxy| ("HTTP_PROXY", proxy))).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    for form in [CANARY, BASIC, PROXY_BASIC] {
        let shown: Vec<&str> = told.lines().filter(|line| line.contains(form)).collect();
        assert!(shown.is_empty(), "{form} is shown:\n{}", shown.join("\n"));
    }
    told
}

fn fails_at_a_proxy() {
    tracing::subscriber::set_global_default(OurLines).unwrap();
    push("http", "far.invalid:4318", "/v1/metrics", HEADERS);
}

fn fails_in_every_way() {
    tracing::subscriber::set_global_default(OurLines).unwrap();
    let (http, grpc) = (Receiver::http().start(), Receiver::grpc().start());
    let rejects = || Behavior::Reject { points: 2, message: QUOTES };
    let answers = |status| Behavior::Answer { status, headers: &[], body: QUOTES };
    let of_http = [Behavior::Accept, rejects(), answers(401)];
    let of_grpc = [Behavior::Accept, rejects(), answers(16)];
    for (receiver, protocol, behaviors) in [(&http, "http", of_http), (&grpc, "grpc", of_grpc)] {
        for behavior in behaviors {
            receiver.behave(behavior);
            push(protocol, &receiver.address().to_string(), "", HEADERS);
        }
    }
    let echo = answering(|head| {
        let body = format!("{head} {QUOTES}");
        format!("HTTP/1.1 401 Unauthorized\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    });
    let redirect = answering(|head| {
        let place = head.split(' ').nth(1).unwrap_or_default();
        let away = format!("http://{USER}@elsewhere.example{place}");
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {away}\r\ncontent-length: 0\r\n\r\n")
    });
    for place in [&*echo.to_string(), &*redirect.to_string(), "127.0.0.1:9", "far.invalid:4318"] {
        push("http", place, &format!("/v1/metrics?{QUERY}"), HEADERS);
    }
    for protocol in ["http", "grpc"] {
        for header in [
            "x-key=keyc4nary%0Abreak",
            "keyc4nary",
            "authorization: Bearer c4nary==",
            "x-key=keyc4nary%zz",
            "x-key=keyc4nary%FF",
            "content-length=c4nary",
        ] {
            push(protocol, "127.0.0.1:9", "", header);
        }
        for endpoint in [
            "joec4nary:pwc4nary@h:4318",
            "joec4nary:pwc4nary/1@h:4318",
            "http:/joec4nary:pwc4nary@h:4318",
            "joec4nary://pwc4nary@h:4318",
            "joec4nary:pwc4nary@http://h:4318",
            "ftp://joec4nary:pwc4nary@h:4318",
            "http://joec4nary:pwc4nary/1@h:4318",
            "http://joec4nary:pwc4nary?1@h:4318",
            "http://joec4nary:pwc4nary#1@h:4318",
            "http://joec4nary:pwc4nary@2@h:4318",
            "http://joec4nary:1/pwc4nary@h:4318",
            "http://joec4nary:pwc4nary%zz@h:4318",
            "http://joec4nary:pwc4nary%FF@h:4318",
            "http://joec4nary:pwc4nary@h:port",
            "http://joec4nary:pwc4nary@:4318",
            "http://joec4nary:pwc4nary@h h",
            "http://joec4nary:pwc4nary@h:4317/v1/c4nary@h?c4nary",
            "http://joec4nary:pwc4nary@h:4317/v1/metrics?c4nary",
            "http://h:port?api_key=queryc4nary",
            "http://h:4318?api_key=query c4nary",
            "http://h:4318/v1/metrics?mail=c4nary@example&key=queryc4nary",
            "http://h:4318/v1/metrics#fragmentc4nary",
            "https://joec4nary:pwc4nary@127.0.0.1:9?api_key=queryc4nary",
        ] {
            start(protocol, endpoint, "");
        }
    }
}

/// Pushes to that host and path with user and password.
fn push(protocol: &str, host: &str, path: &str, headers: &str) {
    start(protocol, &format!("http://{USER}@{host}{path}"), headers);
}

/// Once with the endpoint in variables, and once in the code.
fn start(protocol: &str, endpoint: &str, headers: &str) {
    let protocol = if protocol == "grpc" { "grpc" } else { "http/protobuf" };
    let variables = vec![
        ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
        ("OTEL_EXPORTER_OTLP_HEADERS", headers),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"),
    ];
    let code = Environment::from_iter(variables.clone());
    show(with_traces(Telemetry::builder("my-bot").otlp(endpoint), endpoint), &code);
    println!("{:?}", Diagnosis::of_endpoint(endpoint, &code));
    let mut all = variables;
    all.extend([("OTEL_METRICS_EXPORTER", "otlp"), ("OTEL_TRACES_EXPORTER", "otlp")]);
    all.push(("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint));
    if cfg!(not(feature = "traces")) {
        all.retain(|(name, _)| *name != "OTEL_TRACES_EXPORTER");
    }
    show(listening(Telemetry::builder("my-bot")), &Environment::from_iter(all));
}

#[cfg(feature = "traces")]
fn with_traces(builder: Builder, endpoint: &str) -> Builder {
    listening(builder.otlp_traces(endpoint))
}

#[cfg(not(feature = "traces"))]
fn with_traces(builder: Builder, _: &str) -> Builder {
    builder
}

#[cfg(feature = "traces")]
fn listening(builder: Builder) -> Builder {
    builder.traces(&botmeter_telemetry::traces::Traces::new())
}

#[cfg(not(feature = "traces"))]
fn listening(builder: Builder) -> Builder {
    builder
}

/// Whatever can be seen from the start to the end.
fn show(builder: Builder, environment: &Environment) {
    let builder = builder.environment(environment.clone()).interval(NEVER);
    println!("{builder:?} {environment:?}");
    let (telemetry, ()) = match builder.start() {
        Ok(started) => started,
        Err(error) => return println!("{error} {error:?} {}", error.chain()),
    };
    println!("{telemetry:?} {:?}", telemetry.settings());
    let diagnosis = telemetry.diagnose_blocking();
    println!("{diagnosis} {diagnosis:?}");
    if let Err(error) = telemetry.shutdown_blocking(SHORT) {
        println!("{error} {error:?} {}", error.chain());
    }
}

/// A server that answers the head of each request with a text.
fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let answer = answer(&head(&mut stream));
            // Whoever went away needs no answer.
            let _answered = stream.write_all(answer.as_bytes());
        }
    });
    address
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut part = [0; 4096];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(length) if length > 0 => head.extend_from_slice(&part[..length]),
            _ => break,
        }
    }
    let text = String::from_utf8_lossy(&head).into_owned();
    text.split("\r\n\r\n").next().unwrap_or_default().to_owned()
}

/// Prints everything that this library logs, at whatever level.
struct OurLines;

impl Subscriber for OurLines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("botmeter")
    }

    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut Print);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Print);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Print);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Print;

impl Visit for Print {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        println!("log: {}={value:?}", field.name());
    }
}
