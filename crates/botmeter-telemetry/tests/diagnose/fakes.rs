//! Servers that answer as real ones do, or as none should.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

use botmeter_telemetry::{Diagnosis, Environment};

/// What a server answers: status line and headers, and the body.
type Answer = (&'static str, &'static str);

/// A server that answers each request by its path, for as long as the test
/// runs. The head of the request is given, too.
pub(super) fn server(answer: fn(path: &str, head: &str) -> Answer) -> SocketAddr {
    raw(move |stream| {
        let mut reader = BufReader::new(&stream);
        let mut head = String::new();
        while reader.read_line(&mut head).is_ok_and(|length| length > 2) {}
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let (status_and_headers, body) = answer(&path, &head.to_ascii_lowercase());
        let (status, headers) =
            status_and_headers.split_once('\n').unwrap_or((status_and_headers, ""));
        let length = body.len();
        let sent = write!(
            &stream,
            "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
        // Somebody who hung up has heard enough.
        drop(sent);
    })
}

/// A server that does this with each connection.
pub(super) fn raw(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serve = std::sync::Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = std::sync::Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// Reads whatever comes and never says a word.
pub(super) fn black_hole() -> SocketAddr {
    raw(|mut stream| {
        let mut part = [0; 1024];
        while stream.read(&mut part).is_ok_and(|length| length > 0) {}
    })
}

/// As gRPC servers in Go do it: settings first, then the end for whoever does
/// not begin with HTTP/2.
pub(super) fn grpc_port() -> SocketAddr {
    raw(|mut stream| {
        let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0x40, 0];
        if stream.write_all(&settings).is_ok() {
            let mut part = [0; 16];
            let _heard = stream.read(&mut part);
        }
    })
}

/// An address where nobody listens any more.
pub(super) fn closed() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn has_type(head: &str) -> bool {
    head.contains("content-type: application/x-protobuf")
}

fn not_found() -> Answer {
    ("404 Not Found\nContent-Type: text/plain; charset=utf-8\r\n", "404 page not found\n")
}

/// Prometheus 3.15 with `--web.enable-otlp-receiver`.
pub(super) fn prometheus_on(path: &str, head: &str) -> Answer {
    match path {
        "/api/v1/otlp/v1/metrics" if has_type(head) => ("200 OK\n", ""),
        "/api/v1/otlp/v1/metrics" => (
            "400 Bad Request\nContent-Type: text/plain; charset=utf-8\r\n",
            "unsupported content type: , supported: [application/json, application/x-protobuf]\n",
        ),
        _ => not_found(),
    }
}

/// Prometheus 3.15 without it.
pub(super) fn prometheus_off(path: &str, _: &str) -> Answer {
    match path {
        "/api/v1/otlp/v1/metrics" => (
            "404 Not Found\nContent-Type: text/plain; charset=utf-8\r\n",
            "otlp write receiver needs to be enabled with --web.enable-otlp-receiver\n",
        ),
        _ => not_found(),
    }
}

fn otlp(head: &str) -> Answer {
    if has_type(head) {
        ("200 OK\nContent-Type: application/x-protobuf\r\n", "\n\0")
    } else {
        (
            "415 Unsupported Media Type\nContent-Type: text/plain\r\n",
            "415 unsupported media type, supported: [application/json, application/x-protobuf]",
        )
    }
}

/// A Collector 0.155 with a pipeline of metrics.
pub(super) fn collector(path: &str, head: &str) -> Answer {
    if path == "/v1/metrics" { otlp(head) } else { not_found() }
}

/// Jaeger 2.2.
pub(super) fn jaeger(path: &str, head: &str) -> Answer {
    if path == "/v1/traces" { otlp(head) } else { not_found() }
}

/// A page for everything, as single-page applications are served.
pub(super) fn web_page(_: &str, _: &str) -> Answer {
    ("200 OK\nContent-Type: text/html\r\n", "<!doctype html><title>Dashboard</title>")
}

/// A server of nothing in particular that likes everything.
pub(super) fn yes(_: &str, _: &str) -> Answer {
    ("200 OK\nContent-Type: application/json\r\n", "{}")
}

/// What is found at this endpoint, by layer: `ok`, `broken` or `skipped`, the
/// evidence and the change.
pub(super) fn found(endpoint: &str, variables: &[(&str, &str)], layer: &str) -> String {
    let environment: Environment = variables.iter().copied().collect();
    let diagnosis = Diagnosis::of_endpoint(endpoint, &environment);
    let finding = diagnosis.of(layer).unwrap();
    // The evidence in one line with the rest.
    finding.to_string().replace("\n                      ", "\n")
}
