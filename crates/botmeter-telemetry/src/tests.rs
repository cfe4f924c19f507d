//! What the environment chooses, and what it is told when it makes no sense.

mod traces;

use std::time::Duration;

use botmeter_export::{
    Compression, OtlpSettings, Protocol, ScrapeSettings, Temporality, credentials::Given,
};
use witness::logged;

use crate::{
    endpoint::InCode,
    environment::Environment,
    settings::{Asked, Compiled, LiveSettings, Settings, Silence},
};

type Variables<'a> = &'a [(&'a str, &'a str)];

const ALL: Compiled = Compiled { otlp: true, scrape: true, live: true, traces: true };

fn resolve(variables: Variables<'_>, asked: &Asked) -> Result<Option<Settings>, String> {
    let environment: Environment = variables.iter().copied().collect();
    Settings::resolve(asked, &environment, ALL).map_err(|error| error.to_string())
}

fn settings(variables: Variables<'_>) -> Settings {
    resolve(variables, &Asked::default()).unwrap().unwrap()
}

fn otlp(variables: Variables<'_>) -> OtlpSettings {
    let mut all = vec![("OTEL_METRICS_EXPORTER", "otlp")];
    all.extend_from_slice(variables);
    settings(&all).otlp.unwrap()
}

#[track_caller]
fn refused(variables: Variables<'_>) -> String {
    resolve(variables, &Asked::default()).unwrap_err()
}

fn names(settings: &Settings) -> Vec<&'static str> {
    let Settings { otlp, scrape, stdout, .. } = settings;
    let all = [("otlp", otlp.is_some()), ("scrape", scrape.is_some()), ("stdout", *stdout)];
    all.iter().filter(|(_, runs)| *runs).map(|(name, _)| *name).collect()
}

#[test]
fn the_environment_chooses_the_backends() {
    let cases: &[(Variables<'_>, &[&str])] = &[
        (&[], &["scrape"]),
        (&[("OTEL_METRICS_EXPORTER", "")], &["scrape"]),
        (&[("OTEL_METRICS_EXPORTER", "otlp")], &["otlp"]),
        (&[("OTEL_METRICS_EXPORTER", "otlp, Prometheus,console")], &["otlp", "scrape", "stdout"]),
        (&[("OTEL_METRICS_EXPORTER", "none")], &[]),
        (&[("OTEL_EXPORTER", "otlp")], &["otlp"]),
        (&[("OTEL_EXPORTER", "stdout")], &["stdout"]),
        (&[("OTEL_EXPORTER", "stdout"), ("OTEL_METRICS_EXPORTER", "otlp")], &["otlp"]),
        (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")], &["otlp", "scrape"]),
    ];
    for (variables, expected) in cases {
        assert_eq!(names(&settings(variables)), *expected, "{variables:?}");
    }
}

#[test]
fn what_the_program_asks_for_runs_beside_what_the_environment_chooses() {
    let asked = Asked { stdout: true, ..Asked::default() };
    let of = |variables| names(&resolve(variables, &asked).unwrap().unwrap());
    assert_eq!(of(&[]), ["stdout"]);
    assert_eq!(of(&[("OTEL_METRICS_EXPORTER", "otlp")]), ["otlp", "stdout"]);
    assert_eq!(of(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")]), ["otlp", "stdout"]);
}

#[test]
fn the_live_page_is_where_scrapes_are_answered() {
    let asked = Asked { live: Some(LiveSettings::default()), ..Asked::default() };
    let of = |variables| resolve(variables, &asked).map(Option::unwrap);
    let has = |variables| {
        let settings = of(variables).unwrap();
        (settings.scrape, settings.live.is_some())
    };
    let here = Some(ScrapeSettings::Listen("127.0.0.1:9464".parse().unwrap()));
    assert_eq!(has(&[]), (here, true));
    assert_eq!(has(&[("OTEL_METRICS_EXPORTER", "otlp")]), (here, true));
    assert_eq!(has(&[("OTEL_METRICS_EXPORTER", "none")]), (here, true));
    assert_eq!(has(&[("BOTMETER_LIVE", "FALSE")]), (here, false));
    assert_eq!(
        has(&[("BOTMETER_LIVE", "false"), ("OTEL_METRICS_EXPORTER", "otlp")]),
        (None, false)
    );
    let everywhere = of(&[("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0")]).unwrap_err();
    assert!(everywhere.contains("serve the live page at 0.0.0.0:9464: other machines reach it"));
}

#[test]
fn a_live_page_that_cannot_be_is_not_missed_in_silence() {
    let environment: Environment = [("BOTMETER_LIVE", "true")].into_iter().collect();
    let why = |live| {
        let compiled = Compiled { live, ..ALL };
        Settings::resolve(&Asked::default(), &environment, compiled).unwrap_err().to_string()
    };
    assert!(why(false).contains("enable the feature `live`"), "{}", why(false));
    assert!(why(true).contains("the program gives no boards"), "{}", why(true));
}

#[test]
fn a_backend_of_the_program_replaces_the_default() {
    let asked = Asked { has_own: true, ..Asked::default() };
    let of = |variables| names(&resolve(variables, &asked).unwrap().unwrap());
    assert!(of(&[]).is_empty());
    assert_eq!(of(&[("OTEL_METRICS_EXPORTER", "prometheus")]), ["scrape"]);
}

#[test]
fn the_sdk_can_be_turned_off() {
    let off = resolve(&[("OTEL_SDK_DISABLED", "TRUE")], &Asked::default()).unwrap();
    assert_eq!(off, None);
    assert!(resolve(&[("OTEL_SDK_DISABLED", "false")], &Asked::default()).unwrap().is_some());
}

#[test]
fn the_endpoint_is_completed() {
    let signal = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    let older = "OTEL_METRICS_ENDPOINT";
    let base = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let cases: &[(Variables<'_>, &str)] = &[
        (&[], "http://localhost:4318/v1/metrics"),
        (&[(base, "http://c:4318")], "http://c:4318/v1/metrics"),
        (&[(base, "http://c:4318/")], "http://c:4318/v1/metrics"),
        (&[(base, "http://c:4318/v1/metrics")], "http://c:4318/v1/metrics"),
        (&[(base, "https://c/otlp?x=1")], "https://c/otlp/v1/metrics?x=1"),
        (&[(base, "http://p:9090/api/v1/otlp")], "http://p:9090/api/v1/otlp/v1/metrics"),
        // Thanos receives at this very path.
        (&[(signal, "http://t:10908/api/v1/otlp")], "http://t:10908/api/v1/otlp"),
        (
            &[(signal, "http://p:9090/api/v1/otlp/v1/metrics")],
            "http://p:9090/api/v1/otlp/v1/metrics",
        ),
        (&[(signal, "http://c:4318")], "http://c:4318/v1/metrics"),
        (&[(signal, "http://c:4318/custom/")], "http://c:4318/custom/"),
        (&[(signal, "http://[::1]:4318")], "http://[::1]:4318/v1/metrics"),
        (
            &[(signal, "http://a:1"), (older, "http://b:1"), (base, "http://c:1")],
            "http://a:1/v1/metrics",
        ),
        (&[(older, "http://b:1"), (base, "http://c:1")], "http://b:1/v1/metrics"),
        (&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], "http://localhost:4317"),
        (&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"), (base, "http://c:4317/")], "http://c:4317"),
    ];
    for (variables, expected) in cases {
        assert_eq!(otlp(variables).endpoint, *expected, "{variables:?}");
    }
}

#[test]
fn the_program_may_mean_a_base_or_a_path_as_it_is() {
    let endpoint = |given: fn(Given) -> InCode, url: &str| {
        let asked = Asked { endpoint: Some(given(Given(url.to_owned()))), ..Asked::default() };
        resolve(&[], &asked).unwrap().unwrap().otlp.unwrap().endpoint
    };
    let thanos = "http://t:10908/api/v1/otlp";
    let log = logged(|| {
        assert_eq!(endpoint(InCode::Any, thanos), format!("{thanos}/v1/metrics"));
        assert_eq!(endpoint(InCode::OfSignal, thanos), thanos);
        assert_eq!(endpoint(InCode::OfSignal, "http://t:10908"), "http://t:10908/v1/metrics");
        assert_eq!(otlp(&[("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", thanos)]).endpoint, thanos);
    });
    assert_eq!(log, "", "there is nothing to correct");
    let log = logged(|| drop(endpoint(InCode::OfSignal, "http://t:10908/custom")));
    assert!(log.contains("does not end in /v1/metrics; it is used as it is"), "{log}");
}

#[test]
fn everything_else_of_a_push_comes_from_the_environment() {
    let settings = otlp(&[
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20abc, x-team = bots ,"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "2500"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "Delta"),
    ]);
    assert_eq!(
        settings,
        OtlpSettings::new("http://localhost:4317")
            .protocol(Protocol::Grpc)
            .headers(vec![
                ("authorization".to_owned(), "Bearer abc".to_owned()),
                ("x-team".to_owned(), "bots".to_owned()),
            ])
            .timeout(Duration::from_millis(2500))
            .compression(Compression::Gzip)
            .temporality(Temporality::Delta)
    );
    let shown = format!("{settings:?}");
    assert!(shown.contains("authorization") && !shown.contains("abc"), "{shown}");
}

#[test]
fn the_interval_is_in_milliseconds_and_the_program_beats_the_environment() {
    let variable = [("OTEL_METRIC_EXPORT_INTERVAL", "500")];
    assert_eq!(settings(&[]).interval, Duration::from_secs(15));
    assert_eq!(settings(&variable).interval, Duration::from_millis(500));
    let asked = Asked { interval: Some(Duration::from_secs(1)), ..Asked::default() };
    let interval = resolve(&variable, &asked).unwrap().unwrap().interval;
    assert_eq!(interval, Duration::from_secs(1));
}

#[test]
fn the_address_to_listen_on_has_two_spellings() {
    let address = |variables: Variables<'_>| match settings(variables).scrape.unwrap() {
        ScrapeSettings::Listen(address) => address.to_string(),
        other => unreachable!("nothing asked for {other:?}"),
    };
    let (host, port) = ("OTEL_EXPORTER_PROMETHEUS_HOST", "OTEL_EXPORTER_PROMETHEUS_PORT");
    assert_eq!(address(&[]), "127.0.0.1:9464");
    assert_eq!(address(&[(host, "0.0.0.0"), (port, "0")]), "0.0.0.0:0");
    assert_eq!(address(&[(host, "::1")]), "[::1]:9464");
    assert_eq!(address(&[("PROMETHEUS_ENDPOINT", "0.0.0.0:9000")]), "0.0.0.0:9000");
    assert_eq!(address(&[("PROMETHEUS_ENDPOINT", "0.0.0.0:9000"), (port, "1")]), "127.0.0.1:1");
}

#[test]
fn the_service_is_named_by_code_then_variable_then_attribute_then_builder() {
    let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=a%20b,team=bots,service.version=2");
    let variable = ("OTEL_SERVICE_NAME", "from-variable");
    let name = |variables: Variables<'_>, code: Option<&str>| {
        let asked = Asked {
            default_name: "builder".to_owned(),
            service_name: code.map(str::to_owned),
            ..Asked::default()
        };
        resolve(variables, &asked).unwrap().unwrap().resource.service_name
    };
    assert_eq!(name(&[attributes, variable], Some("code")), "code");
    assert_eq!(name(&[attributes, variable], None), "from-variable");
    assert_eq!(name(&[attributes], None), "a b");
    assert_eq!(name(&[], None), "builder");
    let resource = settings(&[attributes]).resource;
    assert_eq!(resource.attributes, [("team".to_owned(), "bots".to_owned())]);
    assert_eq!(resource.version, "2");
    assert!(resource.instance_id.ends_with(&format!(":{}", std::process::id())));
}

#[test]
fn an_empty_name_is_none_and_the_last_of_doubled_attributes_counts() {
    let attributes = |text: &str| settings(&[("OTEL_RESOURCE_ATTRIBUTES", text)]).resource;
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let asked = Asked { default_name: "builder".to_owned(), ..Asked::default() };
    for empty in ["service.name=", "service.name=a,service.name= ", "service.name=%20"] {
        let variables = [("OTEL_RESOURCE_ATTRIBUTES", empty)];
        let resource = resolve(&variables, &asked).unwrap().unwrap().resource;
        assert_eq!(resource.service_name, "builder", "{empty}");
        assert!(resource.attributes.is_empty(), "{empty}");
    }
    let empty = attributes("service.version=,service.instance.id=");
    assert_eq!(empty.version, "unknown");
    assert!(empty.instance_id.ends_with(&format!(":{}", std::process::id())));
    let doubled = attributes("service.name=a,x=1,service.name=b,y=2,x=3");
    assert_eq!(doubled.service_name, "b");
    assert_eq!(doubled.attributes, [pair("y", "2"), pair("x", "3")]);
    let asked = Asked { attributes: vec![pair("x", "4"), pair("x", "5")], ..asked };
    let variables = [("OTEL_RESOURCE_ATTRIBUTES", "x=1,x=2")];
    let resource = resolve(&variables, &asked).unwrap().unwrap().resource;
    assert_eq!(resource.attributes, [pair("x", "5")]);
}

#[test]
fn an_escape_is_a_percent_sign_and_two_digits_of_utf_8() {
    let attribute = |value: &str| {
        let text = format!("key={value}");
        resolve(&[("OTEL_RESOURCE_ATTRIBUTES", &text)], &Asked::default())
            .map(|settings| settings.unwrap().resource.attributes.remove(0).1)
    };
    assert_eq!(attribute("%c3%A9%2B+").unwrap(), "\u{e9}++");
    for value in ["%+F", "%-1", "%zz", "%", "%4", "50%", "% 1", "%\u{e9}"] {
        let refusal = attribute(value).unwrap_err();
        assert!(refusal.ends_with(
            "part 1 has a percent sign without two hexadecimal digits behind it; write key=value,\
             key=value, and a percent sign as %25"
        ), "{value}: {refusal}");
    }
    for value in ["%FF", "%C3x"] {
        let refusal = attribute(value).unwrap_err();
        assert!(refusal.contains("is not UTF-8 when it is decoded"), "{value}: {refusal}");
    }
}

#[test]
fn what_has_to_be_encoded_in_a_password_is_told_without_the_password() {
    for (url, shown) in [
        ("http://joe:hunter/2@h:4318", "http://***@h:4318"),
        ("http://joe:7/2@h:4318/v1/metrics", "http://***@h:4318/v1/metrics"),
        ("http://joe:hunter@2@h:4318", "http://***@h:4318"),
        ("http://joe:hunter?2@h:4318", "http://***"),
        ("http://joe:hunter#2@h:4318", "http://***"),
    ] {
        let refusal = refused(&[("OTEL_EXPORTER_OTLP_ENDPOINT", url)]);
        assert_eq!(
            refusal,
            format!(
                "use {shown:?} from the environment variable OTEL_EXPORTER_OTLP_ENDPOINT: an @ \
                 stands where none may; percent-encode user and password: / as %2F, ? as %3F, # \
                 as %23 and @ as %40, which goes for an @ in a path, too"
            ),
        );
    }
    for (password, why) in [
        ("%+F", "the password has a percent sign without two hexadecimal digits behind it"),
        ("%FF", "the password is not UTF-8 when it is decoded"),
    ] {
        let refusal =
            refused(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://joe:{password}@h"))]);
        assert!(refusal.contains(why) && !refusal.contains(password), "{refusal}");
    }
}

#[test]
fn an_endpoint_without_its_feature_and_a_choice_of_none_are_known() {
    let compiled = Compiled { otlp: false, scrape: true, live: false, traces: false };
    let silence = |variables: Variables<'_>, compiled| {
        let environment: Environment = variables.iter().copied().collect();
        Settings::resolve(&Asked::default(), &environment, compiled).unwrap().unwrap().silence
    };
    let base = "OTEL_EXPORTER_OTLP_ENDPOINT";
    let endpoint = (base, "http://c:4318");
    assert_eq!(silence(&[endpoint], compiled), Some(Silence::CannotPush(base)));
    assert_eq!(silence(&[endpoint], ALL), None);
    assert_eq!(silence(&[], compiled), None);
    // Somebody chose, and not to push.
    assert_eq!(silence(&[endpoint, ("OTEL_METRICS_EXPORTER", "prometheus")], compiled), None);
    let none = ("OTEL_METRICS_EXPORTER", "none");
    assert_eq!(silence(&[endpoint, none], ALL), Some(Silence::Chosen));
}

#[test]
fn what_cannot_be_understood_is_quoted_with_its_variable() {
    let endpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    let cases: &[(&str, &str, &str)] = &[
        ("OTEL_SDK_DISABLED", "maybe", "use one of true, false"),
        ("OTEL_METRICS_EXPORTER", "jaeger", "otlp, prometheus, console, none"),
        ("OTEL_METRICS_EXPORTER", "none,otlp", "none stands alone"),
        ("OTEL_EXPORTER", "prometheus", "use one of otlp, stdout"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json", "use one of http/protobuf, grpc"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "give milliseconds"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", "above zero"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd", "use one of gzip, none"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "-1", "give milliseconds"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "99999", "from 0 to 65535"),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "no such host", "host name or address"),
        ("PROMETHEUS_ENDPOINT", "9464", "give host:port"),
        (endpoint, "localhost:4318", "begin with http:// or https://"),
        (endpoint, "ftp://c", "use http or https"),
        (endpoint, "http://", "names no host"),
        (endpoint, "http://:4318", "names no host"),
        (endpoint, "http://c:port", "is not a port"),
        (endpoint, "http://c:0", "is not a port"),
        (endpoint, "http://c d", "no spaces"),
        (endpoint, "http://[::1", "ends with a bracket"),
    ];
    for (name, value, remedy) in cases {
        // The scrape address and the endpoint are both looked at.
        let exporter = ("OTEL_METRICS_EXPORTER", "otlp,prometheus");
        let variables: Vec<(&str, &str)> = match *name {
            "OTEL_METRICS_EXPORTER" | "OTEL_EXPORTER" => vec![(name, value)],
            _ => vec![exporter, (name, value)],
        };
        let error = refused(&variables);
        assert!(error.contains(name) && error.contains(remedy), "{name}={value}: {error}");
        assert!(error.contains(&format!("{value:?}")), "{name}={value}: {error}");
    }
}

#[test]
fn credentials_are_never_shown() {
    let secret = "s3cret";
    let headers = refused(&[
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_HEADERS", &format!("a=b,{secret}")),
    ]);
    assert!(headers.contains("part 2 has no equals sign"), "{headers}");
    let url = format!("http://user:{secret}@c:port");
    let endpoint = refused(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &url)]);
    assert!(endpoint.contains("is not a port"), "{endpoint}");
    let fine = otlp(&[("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://user:{secret}@c:4318"))]);
    let shown = format!("{fine:?} {:?}", Environment::from_iter([("A", secret)]));
    for text in [headers, endpoint, shown] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[test]
fn grpc_has_no_path() {
    let error = refused(&[
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317/v1/metrics"),
    ]);
    assert!(error.contains("gRPC has no path"), "{error}");
}
