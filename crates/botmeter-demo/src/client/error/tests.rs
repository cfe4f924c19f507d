//! What is read from a refusal, and from a chain of causes.

use super::*;

fn refusal(body: &str) -> Refusal {
    match CallError::refused(400, &HeaderMap::new(), body.as_bytes(), None) {
        CallError::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_code_is_read_from_every_shape_that_providers_use() {
    for (body, code, message) in [
        (
            r#"{"error":{"message":"too long","type":"t","code":"context_length_exceeded"}}"#,
            Some("context_length_exceeded"),
            "too long",
        ),
        (r#"{"error":{"message":"no","type":"overloaded","code":null}}"#, Some("overloaded"), "no"),
        (r#"{"error":{"message":"no","code":429}}"#, Some("429"), "no"),
        (r#"{"error":{}}"#, None, r#"{"error":{}}"#),
        (r#"{"error":"a text"}"#, None, r#"{"error":"a text"}"#),
        ("<html>\n <b>no</b>\n</html>", None, "<html> <b>no</b> </html>"),
        ("", None, ""),
    ] {
        let refusal = refusal(body);
        assert_eq!((refusal.code.as_deref(), &*refusal.message), (code, message), "{body}");
    }
}

#[test]
fn retry_after_is_read_as_seconds_and_as_a_date() {
    let read = |value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, value.parse().unwrap());
        retry_after(&headers)
    };
    assert_eq!(read("2"), Some(Duration::from_secs(2)));
    assert_eq!(read("0.25"), Some(Duration::from_millis(250)));
    assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
    let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_mins(1));
    let wait = read(&later).unwrap();
    assert!(wait > Duration::from_secs(50) && wait <= Duration::from_mins(1), "{wait:?}");
    for nonsense in ["soon", "-1", "inf", "NaN", ""] {
        assert_eq!(read(nonsense), None, "{nonsense}");
    }
}

#[test]
fn a_long_body_is_cut_and_the_key_is_blanked_first() {
    let key = Key::new("sk-secret");
    let body = format!("{} sk-secret {}", "a".repeat(EXCERPT - 6), "b".repeat(9000));
    let text = excerpt(body.as_bytes(), Some(&key));
    assert_eq!(text, format!("{} *** b…", "a".repeat(EXCERPT - 6)));
}

#[test]
fn the_innermost_io_error_gives_the_kind() {
    let refused = || io::Error::from(io::ErrorKind::ConnectionRefused);
    for (error, expected) in [
        (refused(), io::ErrorKind::ConnectionRefused),
        (io::Error::other(refused()), io::ErrorKind::ConnectionRefused),
        (io::Error::other("no reason"), io::ErrorKind::Other),
    ] {
        let text = error.to_string();
        let CallError::Network { kind, .. } = CallError::network(Box::new(error)) else {
            panic!("not a network error");
        };
        assert_eq!(kind, expected, "{text}");
    }
}
