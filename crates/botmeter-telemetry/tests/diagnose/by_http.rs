//! What is found at an endpoint for HTTP.

use std::io::Write;

use super::fakes::{
    black_hole, closed, collector, found, grpc_port, jaeger, prometheus_off, prometheus_on, raw,
    server, web_page, yes,
};
use witness::Receiver;

#[test]
fn prometheus_with_its_receiver_on() {
    let address = server(prometheus_on);
    assert_eq!(
        found(&format!("http://{address}/api/v1/otlp"), &[], "receiver"),
        format!(
            "ok       receiver     an empty POST http://{address}/api/v1/otlp/v1/metrics: 400 Bad \
             Request, \"unsupported content type: , supported: [application/json, \
             application/x-protobuf]\": the OTLP receiver of Prometheus, switched on"
        )
    );
}

#[test]
fn prometheus_with_its_receiver_off() {
    let address = server(prometheus_off);
    assert_eq!(
        found(&format!("http://{address}/api/v1/otlp"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{address}/api/v1/otlp/v1/metrics: 404 Not \
             Found, \"otlp write receiver needs to be enabled with --web.enable-otlp-receiver\": \
             Prometheus, whose OTLP receiver is off\n\
             change: start Prometheus with --web.enable-otlp-receiver"
        )
    );
}

#[test]
fn prometheus_at_another_path() {
    let on = server(prometheus_on);
    assert_eq!(
        found(&format!("http://{on}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{on}/v1/metrics: 404 Not Found, \"404 page \
             not found\": nothing is at this path, but a receiver of metrics is at \
             http://{on}/api/v1/otlp/v1/metrics\n\
             change: OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://{on}/api/v1/otlp/v1/metrics (or \
             the same where the code names it)"
        )
    );
    let off = server(prometheus_off);
    assert_eq!(
        found(&format!("http://{off}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{off}/v1/metrics: 404 Not Found, \"404 \
             page not found\": Prometheus, whose OTLP receiver is off and has another path\n\
             change: start Prometheus with --web.enable-otlp-receiver, and \
             OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://{off}/api/v1/otlp/v1/metrics (or the same \
             where the code names it)"
        )
    );
}

#[test]
fn a_collector() {
    let address = server(collector);
    assert_eq!(
        found(&format!("http://{address}"), &[], "receiver"),
        format!(
            "ok       receiver     an empty POST http://{address}/v1/metrics: 415 Unsupported Media \
             Type, \"415 unsupported media type, supported: [application/json, \
             application/x-protobuf]\": a receiver of metrics"
        )
    );
    let misspelled = found(&format!("http://{address}/v1/metric"), &[], "receiver");
    assert!(
        misspelled.contains(&format!("a receiver of metrics is at http://{address}/v1/metrics")),
        "{misspelled}"
    );
}

#[test]
fn jaeger_which_takes_traces_alone() {
    let address = server(jaeger);
    assert_eq!(
        found(&format!("http://{address}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{address}/v1/metrics: 404 Not Found, \"404 \
             page not found\", but /v1/traces takes traces: a receiver of traces alone, as Jaeger \
             is\n\
             change: send metrics to another receiver, such as a Prometheus of this machine: \
             OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://localhost:9090/api/v1/otlp/v1/metrics (or \
             the same where the code names it)"
        )
    );
}

#[test]
fn a_web_page_for_everything() {
    let address = server(web_page);
    assert_eq!(
        found(&format!("http://{address}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{address}/v1/metrics: 200 OK, \"<!doctype \
             html><title>Dashboard</title>\": no receiver, neither here nor at the usual paths\n\
             change: give the host and port of an OTLP receiver: another server is at this one"
        )
    );
}

#[test]
fn a_server_that_likes_everything() {
    let address = server(yes);
    assert_eq!(
        found(&format!("http://{address}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{address}/v1/metrics: 200 OK, \"{{}}\", and \
             the same at /botmeter-asks-for-nothing: it takes anything and is no receiver\n\
             change: give the host and port of an OTLP receiver: another server is at this one"
        )
    );
}

#[test]
fn receivers_that_look_at_no_content_type() {
    let silent = server(|path, _| match path {
        "/v1/metrics" => ("204 No Content\n", ""),
        _ => ("404 Not Found\n", ""),
    });
    assert_eq!(
        found(&format!("http://{silent}"), &[], "receiver"),
        format!(
            "ok       receiver     an empty POST http://{silent}/v1/metrics: 204 No Content: it \
             takes an empty push, as a receiver does"
        )
    );
    let picky = server(|_, head| {
        if head.contains("content-type: application/x-protobuf") {
            ("200 OK\nContent-Type: application/x-protobuf\r\n", "")
        } else {
            ("400 Bad Request\n", "tell me the type")
        }
    });
    assert_eq!(
        found(&format!("http://{picky}"), &[], "receiver"),
        format!(
            "ok       receiver     an empty POST http://{picky}/v1/metrics: 400 Bad Request, \
             \"tell me the type\", but it takes an empty push: a receiver"
        )
    );
    let hostile = server(|_, _| ("400 Bad Request\n", "no"));
    assert_eq!(
        found(&format!("http://{hostile}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{hostile}/v1/metrics: 400 Bad Request, \
             \"no\"; and to an empty push: an empty POST http://{hostile}/v1/metrics: 400 Bad \
             Request, \"no\"\n\
             change: give the URL of an OTLP receiver: another server is at this one"
        )
    );
}

#[test]
fn a_gate_that_wants_credentials_gets_those_of_the_environment() {
    let address = server(|_, head| {
        if head.contains("authorization: bearer s3cret-token") {
            ("415 Unsupported Media Type\n", "")
        } else {
            ("401 Unauthorized\n", "who are you?")
        }
    });
    let endpoint = format!("http://{address}");
    assert_eq!(
        found(&endpoint, &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{address}/v1/metrics: 401 Unauthorized, \
             \"who are you?\"\n\
             change: check the credentials in OTEL_EXPORTER_OTLP_HEADERS or in the endpoint"
        )
    );
    let variables = [("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer s3cret-token")];
    let let_in = found(&endpoint, &variables, "receiver");
    assert!(let_in.starts_with("ok "), "{let_in}");
    assert!(!let_in.contains("s3cret"), "{let_in}");
}

#[test]
fn a_port_that_speaks_grpc() {
    // As servers in Go do it, and as those in Rust.
    let receiver = Receiver::grpc().start();
    for address in [grpc_port(), receiver.address()] {
        assert_eq!(
            found(&format!("http://{address}"), &[], "receiver"),
            format!(
                "broken   receiver     an empty POST http://{address}/v1/metrics: no answer, for \
                 the port speaks HTTP/2 alone, as gRPC does\n\
                 change: OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=grpc, or give the port for HTTP, \
                 usually 4318"
            )
        );
    }
}

#[cfg(feature = "otlp-tls")]
#[test]
fn a_port_without_tls() {
    let address = server(collector);
    assert_eq!(
        found(&format!("https://{address}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST https://{address}/v1/metrics: no answer, for the \
             port speaks HTTP without TLS\n\
             change: begin the endpoint with http://"
        )
    );
}

#[cfg(not(feature = "otlp-tls"))]
#[test]
fn https_in_a_build_without_it() {
    assert_eq!(
        found("https://localhost:4318", &[], "endpoint"),
        "broken   endpoint     failed to push metrics to \"https://localhost:4318/v1/metrics\": \
         this build has no https\n\
         change: enable the feature `otlp-tls` of the botmeter crate that you depend on"
    );
}

#[test]
fn a_port_that_speaks_tls() {
    let address = raw(|mut stream| {
        // A fatal alert: what came is no handshake.
        let _heard = stream.write_all(&[0x15, 0x03, 0x03, 0, 2, 2, 70, 0, 0]);
    });
    assert_eq!(
        found(&format!("http://{address}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{address}/v1/metrics: no answer, for the \
             port speaks TLS alone\n\
             change: begin the endpoint with https://"
        )
    );
    let in_go =
        server(|_, _| ("400 Bad Request\n", "Client sent an HTTP request to an HTTPS server.\n"));
    assert_eq!(
        found(&format!("http://{in_go}"), &[], "receiver"),
        format!(
            "broken   receiver     an empty POST http://{in_go}/v1/metrics: 400 Bad Request, \
             \"Client sent an HTTP request to an HTTPS server.\"\n\
             change: the receiver wants TLS: begin the endpoint with https://"
        )
    );
}

#[test]
fn a_black_hole() {
    let address = black_hole();
    let variables = [("OTEL_EXPORTER_OTLP_TIMEOUT", "300")];
    assert_eq!(
        found(&format!("http://{address}"), &variables, "receiver"),
        format!(
            "broken   receiver     an empty POST http://{address}/v1/metrics: the connection is \
             taken and not answered within 300ms\n\
             change: look for what listens at this port: a receiver answers an empty push at once"
        )
    );
}

#[test]
fn a_server_that_hangs_up() {
    let address = raw(drop);
    assert_eq!(
        found(&format!("http://{address}"), &[], "receiver"),
        format!(
            "broken   receiver     POST http://{address}/v1/metrics: the connection was closed \
             before there was a whole answer\n\
             change: does an OTLP receiver listen at this port, for HTTP without TLS?"
        )
    );
}

#[test]
fn nobody_there() {
    let address = closed();
    assert_eq!(
        found(&format!("http://{address}"), &[], "network"),
        format!(
            "broken   network      {address} refuses connections: nothing listens there\n\
             change: start the receiver, or give its own port instead of {}; in a container, this \
             host is the container itself: give the service's name, or host.docker.internal \
             (Podman: host.containers.internal) for the machine",
            address.port()
        )
    );
    let receiver = found(&format!("http://{address}"), &[], "receiver");
    assert_eq!(receiver, "skipped  receiver     not looked at: a layer before it is broken");
}

#[test]
fn a_name_that_nobody_knows() {
    let found = found("http://prometheus.invalid:9090/api/v1/otlp", &[], "network");
    let unknown = "broken   network      the name \"prometheus.invalid\" is not known; is it \
                   spelled right, and known where this runs?\n\
                   change: give a host that is known where this runs: the name of a service is \
                   known to the containers of its network alone, and localhost is each container \
                   itself";
    // Without a network, the name servers themselves do not answer.
    let unanswered = "broken   network      nobody could tell the address of \
                      \"prometheus.invalid\" within 5 s\n\
                      change: check the name servers of this machine, or give an address instead \
                      of a name";
    assert!([unknown, unanswered].contains(&found.as_str()), "{found}");
}

#[test]
fn what_is_no_address() {
    assert_eq!(
        found("prometheus:9090", &[], "endpoint"),
        "broken   endpoint     failed to push to \"prometheus:9090\": it has no scheme; begin with \
         http:// or https://\n\
         change: give the URL of a receiver, such as http://localhost:4318/v1/metrics"
    );
    let unknown = [("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")];
    let refusal = found("http://localhost:4318", &unknown, "endpoint");
    assert!(refusal.starts_with("broken   endpoint     failed to use \"http/json\""), "{refusal}");
}

#[test]
fn doubts_about_an_address_are_told_and_the_look_goes_on() {
    let endpoint = |url: &str| found(url, &[], "endpoint");
    assert_eq!(
        endpoint("http://localhost:4317"),
        "ok       endpoint     POST http://localhost:4317/v1/metrics, although port 4317 is \
         usually for gRPC"
    );
    assert_eq!(
        endpoint("http://user:hunter22@localhost:1/push"),
        "ok       endpoint     POST http://***@localhost:1/push, although the path does not end \
         in /v1/metrics"
    );
}
