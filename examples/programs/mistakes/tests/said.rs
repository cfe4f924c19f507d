//! What a program without a subscriber says of each mistake.

use std::net::TcpListener;

use local_servers::{Program, Said};

/// The program, at a page that is nobody's else, with these variables.
fn run(mistake: &str, variables: &[(&str, &str)]) -> Said {
    let program = Program::new(env!("CARGO_BIN_EXE_mistakes"))
        .argument(mistake)
        .variable("OTEL_EXPORTER_PROMETHEUS_PORT", "0");
    variables.iter().fold(program, |program, (name, value)| program.variable(name, value)).run(&[])
}

/// It goes on to its own end, and says one line with all of these words.
#[track_caller]
fn warned(mistake: &str, variables: &[(&str, &str)], words: &[&str]) {
    let said = run(mistake, variables);
    assert_eq!(said.code, Some(0), "{said:#?}");
    let has_all = |line: &&String| words.iter().all(|part| line.contains(part));
    assert_eq!(said.errors.iter().filter(has_all).count(), 1, "{words:?}: {said:#?}");
    let is_ours =
        |line: &String| line.starts_with("botmeter WARN: ") || line.starts_with("botmeter ERROR: ");
    assert!(said.errors.iter().all(is_ours), "{said:#?}");
}

/// It does not start, and says these words of it.
#[track_caller]
fn refused(variables: &[(&str, &str)], words: &str) {
    let said = run("", variables);
    assert_eq!(said.code, Some(1), "{said:#?}");
    assert!(said.errors.iter().any(|line| line.contains(words)), "{words}: {said:#?}");
}

#[test]
fn a_program_without_a_mistake_says_nothing() {
    let said = run("", &[]);
    assert_eq!((said.code, said.errors.as_slice()), (Some(0), &[][..]), "{said:#?}");
    let said = run("", &[("OTEL_METRICS_EXPORTER", "none")]);
    assert_eq!((said.code, said.errors.as_slice()), (Some(0), &[][..]), "{said:#?}");
}

#[test]
fn a_price_that_a_call_cannot_be_priced_by_is_said() {
    let words = ["`Price::cache_read`", "model=\"gpt-4o-mini\""];
    warned("a price without a rate for the cache", &[], &words);
}

#[test]
fn a_label_that_overflows_is_said() {
    let words = ["`Builder::limit`", "label=\"model\" limit=2"];
    warned("a model for every customer", &[], &words);
}

#[test]
fn an_event_after_the_end_is_said() {
    warned("an event after the end", &[], &["keep Telemetry alive until the last bot has ended"]);
}

#[test]
fn a_name_that_is_one_letter_off_is_said() {
    let variable = ("OTEL_EXPORTER_PROMETHEUS_PROT", "9000");
    warned("", &[variable], &["if OTEL_EXPORTER_PROMETHEUS_PORT is meant, correct its name"]);
}

#[test]
fn a_page_that_cannot_be_served_is_said() {
    for (port, words) in [
        ("abc", "\"abc\" from the environment variable OTEL_EXPORTER_PROMETHEUS_PORT"),
        ("70000", "\"70000\" from the environment variable OTEL_EXPORTER_PROMETHEUS_PORT"),
    ] {
        refused(&[("OTEL_EXPORTER_PROMETHEUS_PORT", port)], words);
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let words = "the port is in use; end the program that uses it, or choose another port";
    refused(&[("OTEL_EXPORTER_PROMETHEUS_PORT", &port)], words);
}

#[test]
fn a_value_that_means_nothing_is_said() {
    let exporters = "use a comma-separated list of otlp, prometheus, console, none";
    refused(&[("OTEL_METRICS_EXPORTER", "promtheus")], exporters);
    refused(
        &[("OTEL_SDK_DISABLED", "yes")],
        "\"yes\" from the environment variable OTEL_SDK_DISABLED",
    );
}

#[cfg(not(feature = "otlp"))]
mod without_otlp {
    use super::*;

    #[test]
    fn an_endpoint_that_the_build_cannot_push_to_is_said() {
        let variable = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        warned("", &[variable], &["metrics are not pushed", "enable the feature `otlp`"]);
    }

    #[test]
    fn an_exporter_that_the_build_does_not_have_is_said() {
        refused(
            &[("OTEL_METRICS_EXPORTER", "otlp")],
            "this build does not have it; enable the feature `otlp`",
        );
    }
}

#[cfg(feature = "otlp")]
mod with_otlp {
    use local_servers::{Receiver, nobody};

    use super::*;

    fn endpoint(url: &str) -> (&str, &str) {
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    }

    #[test]
    fn an_endpoint_that_is_none_is_said() {
        refused(&[endpoint("localhost:4318")], "it has no scheme; begin with http:// or https://");
        refused(&[endpoint("https://localhost:4318")], "enable the feature `otlp-tls`");
        let grpc = ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
        refused(&[endpoint("http://localhost:4317"), grpc], "enable the feature `otlp-grpc`");
    }

    #[test]
    fn a_setting_of_the_push_that_means_nothing_is_said() {
        for (name, value) in [
            ("PROTOCOL", "http/json"),
            ("COMPRESSION", "zstd"),
            ("TIMEOUT", "10s"),
            ("TIMEOUT", "0"),
            ("HEADERS", "alone"),
        ] {
            let name = format!("OTEL_EXPORTER_OTLP_{name}");
            let words = format!("the environment variable {name}: ");
            refused(&[endpoint("http://127.0.0.1:1"), (&name, value)], &words);
        }
    }

    #[test]
    fn a_receiver_that_is_not_there_is_said_without_its_password() {
        let gone = nobody();
        let url = format!("http://user:pass-word@{gone}");
        let ends = ["telemetry ended, and not all was delivered"];
        warned("", &[endpoint(&url)], &ends);
        let said = run("", &[endpoint(&url)]);
        let refused = "connection refused; nothing listens there";
        assert!(said.errors.iter().any(|line| line.contains(refused)), "{said:#?}");
        assert!(!said.errors.concat().contains("pass-word"), "{said:#?}");
    }

    #[test]
    fn a_second_telemetry_of_one_identity_is_said() {
        let receiver = Receiver::start();
        let words = ["another telemetry of this process pushes as this instance"];
        warned("two telemetries", &[endpoint(&receiver.url())], &words);
    }

    #[test]
    fn a_program_that_does_not_end_its_telemetry_hears_of_it() {
        let receiver = Receiver::start();
        warned("no end", &[endpoint(&receiver.url())], &["telemetry was dropped without shutdown"]);
        assert_eq!(receiver.last("telemetry.startup", &[]), Some(1.0));
    }
}
