//! What the command line takes and what it refuses.

use super::*;

fn read(arguments: &[&str]) -> Result<Options, String> {
    let arguments = std::iter::once("botmeter-demo").chain(arguments.iter().copied());
    Options::read_from(arguments).map_err(|error| error.to_string())
}

#[test]
fn the_definition_of_the_options_is_sound() {
    Options::command().debug_assert();
}

#[test]
fn without_options_the_demo_calls_its_own_provider() {
    let options = read(&[]).unwrap();
    assert_eq!(options.run_for, None);
    assert_eq!((options.host, options.port), (LOOPBACK, 9464));
    assert_eq!(options.models(), DEFAULT_MODELS);
    assert_eq!(options.call_timeout(), Duration::from_secs(5));
    assert!(options.provider_url.is_none());
    assert_eq!(options.profile().check(), Ok(()));
}

#[test]
fn every_option_is_taken() {
    let options = read(&[
        "--for",
        "1m30s",
        "--host",
        "0.0.0.0",
        "--port",
        "0",
        "--rate",
        "12.5",
        "--concurrency",
        "3",
        "--streaming",
        "1",
        "--timeout",
        "250ms",
        "--model",
        "a",
        "--model",
        "b",
        "--seed",
        "9",
        "--rate-limited",
        "0.1",
        "--server-errors",
        "0.11",
        "--unauthorized",
        "0.12",
        "--filtered",
        "0.13",
        "--malformed",
        "0.14",
        "--hangs",
        "0.15",
        "--dropped",
        "0.16",
    ])
    .unwrap();
    assert_eq!(options.run_for, Some(Duration::from_secs(90)));
    assert_eq!(options.host, IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    assert_eq!((options.port, options.rate, options.concurrency.get()), (0, 12.5, 3));
    assert_eq!(options.streaming, Share::ALL);
    assert_eq!(options.call_timeout(), Duration::from_millis(250));
    let share = |share| Share::new(share).unwrap();
    assert_eq!(
        options.profile(),
        Profile {
            models: vec!["a".into(), "b".into()],
            faults: Faults {
                rate_limited: share(0.1),
                server_errors: share(0.11),
                unauthorized: share(0.12),
                filtered: share(0.13),
                malformed: share(0.14),
                hangs: share(0.15),
                dropped: share(0.16),
            },
            context_tokens: 8_000,
            seed: 9,
            ..Profile::default()
        }
    );
}

#[test]
fn a_provider_by_url_gets_a_key_and_more_time() {
    let options =
        read(&["--provider-url", "https://host/v1", "--provider-key", "sk-1", "--model", "m"])
            .unwrap();
    assert_eq!(options.provider_url.as_ref().unwrap().to_string(), "https://host/v1");
    assert_eq!(options.provider_key, Some(Key::new("sk-1")));
    assert_eq!(options.call_timeout(), Duration::from_mins(1));
    assert!(!format!("{options:?}").contains("sk-1"), "{options:?}");
}

#[test]
fn every_bad_value_is_quoted_with_what_is_possible() {
    for (arguments, message) in [
        (
            &["--for", "10"][..],
            "invalid value '10' for '--for <DURATION>': time unit needed, for example 10sec or \
             10ms; write it like 30s, 2m or 1m30s",
        ),
        (
            &["--for", "0s"],
            "invalid value '0s' for '--for <DURATION>': it must be longer than nothing",
        ),
        (
            &["--timeout", "soon"],
            "invalid value 'soon' for '--timeout <DURATION>': expected number at 0; write it \
             like 30s, 2m or 1m30s",
        ),
        (
            &["--port", "70000"],
            "invalid value '70000' for '--port <N>': it is no port; give a number from 0 to 65535",
        ),
        (
            &["--rate", "0"],
            "invalid value '0' for '--rate <CALLS_PER_SECOND>': it must be at least one in an \
             hour (0.0003) and at most 10000",
        ),
        (
            &["--rate", "NaN"],
            "invalid value 'NaN' for '--rate <CALLS_PER_SECOND>': it must be at least one in \
             an hour (0.0003) and at most 10000",
        ),
        (
            &["--rate", "fast"],
            "invalid value 'fast' for '--rate <CALLS_PER_SECOND>': it is not a number; write \
             it like 5 or 0.5",
        ),
        (
            &["--concurrency", "0"],
            "invalid value '0' for '--concurrency <CALLS>': number would be zero for non-zero \
             type",
        ),
        (
            &["--hangs", "1.5"],
            "invalid value '1.5' for '--hangs <SHARE>': share 1.5 is not between 0 and 1; 1.5 \
             percent is 0.015",
        ),
        (
            &["--streaming=-1"],
            "invalid value '-1' for '--streaming <SHARE>': share -1 is not between 0 and 1",
        ),
        (&["--model", " "], "invalid value ' ' for '--model <NAME>': a model needs a name"),
        (
            &["--seed", "x"],
            "invalid value 'x' for '--seed <NUMBER>': invalid digit found in string",
        ),
        (
            &["--provider-url", "host", "--model", "m"],
            "invalid value 'host' for '--provider-url <URL>': provider URL \"host\" does not \
             begin with http:// or https://",
        ),
        (
            &["--hangs", "0.9", "--dropped", "0.2"],
            "the shares of faults add up to 1.185, which is more than 1 (rate-limited 0.04, \
             server-errors 0.02, unauthorized 0.005, filtered 0.01, malformed 0.01, hangs 0.9, \
             dropped 0.2); lower some of them",
        ),
    ] {
        let error = read(arguments).unwrap_err();
        assert_eq!(error.lines().next().unwrap(), format!("error: {message}"), "{arguments:?}");
    }
}

#[test]
fn a_real_provider_needs_a_model_and_cannot_be_told_to_fail() {
    let error = read(&["--provider-url", "https://host/v1"]).unwrap_err();
    assert!(error.contains("not provided"), "{error}");
    assert!(error.contains("--model <NAME>"), "{error}");

    let error =
        read(&["--provider-url", "https://host", "--model", "m", "--hangs", "0.1"]).unwrap_err();
    assert!(error.contains("'--hangs <SHARE>'"), "{error}");
    assert!(error.contains("'--provider-url <URL>'"), "{error}");
}
