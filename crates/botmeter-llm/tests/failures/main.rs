//! Which kind a failure gets: what providers send, and what clients print of
//! it.

#![cfg(test)]

mod makers;
mod morning;
mod sellers;

use std::{
    error::Error,
    fmt, io,
    panic::{self, AssertUnwindSafe},
};

use botmeter_llm::{
    Classify, ErrorKind, Llm, LlmConfig, Provider,
    core::{Memory, Meter},
};
use proptest::prelude::*;

use makers::MAKERS;
use morning::{MORNING, QUOTED};
use sellers::SELLERS;

use ErrorKind::{ContentFilter, Network, Quota, RateLimit, Server, Timeout, Unknown};

/// An error with this text, and what caused it.
#[derive(Debug)]
struct Printed(String, Option<Box<dyn Error + Send + Sync>>);

impl fmt::Display for Printed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Printed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.1.as_deref()?)
    }
}

fn printed(text: &str) -> Printed {
    Printed(text.to_owned(), None)
}

fn caused(text: &str, by: impl Error + Send + Sync + 'static) -> Printed {
    Printed(text.to_owned(), Some(Box::new(by)))
}

/// The kinds that differ from what they should be, with what is wrong.
fn wrong(failures: impl Iterator<Item = (&'static str, ErrorKind, ErrorKind)>) -> Vec<String> {
    failures
        .filter(|(_, told, right)| told != right)
        .map(|(what, told, right)| format!("{what}: {told}, not {right}"))
        .collect()
}

#[test]
fn what_clients_print_has_its_kind() {
    let quoted = QUOTED.iter().map(|((who, _, _, text, _), kind)| (who, text, kind));
    let all = MORNING
        .iter()
        .chain(MAKERS)
        .chain(SELLERS)
        .map(|(who, _, _, text, kind)| (who, text, kind));
    let told = all.chain(quoted).map(|(who, text, kind)| {
        let wrapped = caused("answer the user", printed(text));
        assert_eq!(ErrorKind::of(&wrapped), ErrorKind::of_text(text), "{who}");
        (*who, ErrorKind::of_text(text), *kind)
    });
    assert_eq!(wrong(told), [""; 0]);
    assert_eq!((MORNING.len(), MAKERS.len() + SELLERS.len() >= 40), (12, true));
}

#[test]
fn what_providers_send_has_its_kind() {
    let all = MORNING
        .iter()
        .chain(MAKERS)
        .chain(SELLERS)
        .chain(QUOTED.iter().map(|(failure, _)| failure));
    let told = all
        .filter(|(_, status, ..)| *status > 0)
        .map(|(who, status, code, _, kind)| (*who, ErrorKind::of_http(*status, *code), *kind));
    assert_eq!(wrong(told), [""; 0]);
}

#[tokio::test]
async fn a_type_in_the_chain_has_its_kind() {
    let elapsed = tokio::time::timeout(std::time::Duration::ZERO, std::future::pending::<()>());
    let elapsed = elapsed.await.unwrap_err();
    let junk = serde_json::from_str::<u32>(r#"{"say": "timeout at line 1"}"#).unwrap_err();
    let sent = |cause: Printed| caused("error sending request for url (http://a/)", cause);
    let all: Vec<(&str, Printed, ErrorKind)> = vec![
        (
            "refused",
            sent(caused("client error (Connect)", io(io::ErrorKind::ConnectionRefused))),
            Network,
        ),
        ("connect", sent(printed("client error (Connect)")), Network),
        ("timed out", sent(printed("operation timed out")), Timeout),
        (
            "too slow to connect",
            sent(caused("client error (Connect)", io(io::ErrorKind::TimedOut))),
            Timeout,
        ),
        ("elapsed", caused("ask the model", elapsed), Timeout),
        ("unreadable", caused("error decoding response body", junk), Server),
        (
            "cut",
            caused(
                "error decoding response body",
                caused(
                    "request or response body error",
                    printed("error reading a body from connection"),
                ),
            ),
            Network,
        ),
        (
            "an unknown certificate",
            sent(caused(
                "client error (Connect)",
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    printed("invalid peer certificate: UnknownIssuer"),
                ),
            )),
            Network,
        ),
        (
            "hidden in an I/O error",
            caused("ask", io::Error::other(io(io::ErrorKind::TimedOut))),
            Timeout,
        ),
        ("its own kind", caused("HTTP 500: connection timed out", ContentFilter), ContentFilter),
        (
            "a type beats a status",
            caused("429 Too Many Requests", io(io::ErrorKind::ConnectionReset)),
            Network,
        ),
    ];
    let told = all.iter().map(|(what, error, kind)| (*what, ErrorKind::of(error), *kind));
    assert_eq!(wrong(told), [""; 0]);
}

fn io(kind: io::ErrorKind) -> io::Error {
    io::Error::from(kind)
}

#[test]
fn a_number_is_a_status_only_where_one_stands() {
    for text in [
        "max_tokens is too large: 512",
        "listening on 127.0.0.1:429",
        "https://status.example/500 says nothing",
        "read 404 lines of the code",
        "the price is 4.29, limit 429",
        "gpt-500 and llama429b",
        "status: 200",
        "http 4290",
    ] {
        assert_eq!(ErrorKind::of_text(text), Unknown, "{text}");
    }
    for text in ["status=429", "429", "(429)", "code:429", "failed with status code was 429."] {
        assert_eq!(ErrorKind::of_text(text), RateLimit, "{text}");
    }
}

/// Words that would decide if they were not quoted.
fn telling() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "429 Too Many Requests",
        "timed out",
        "insufficient_quota",
        "status: 500",
        "HTTP 401",
        "rate limit",
        "context_length_exceeded",
        "connection",
        " ",
        "'s",
        "\"",
        "}",
        ">",
        "`",
        "\n",
        "content filter",
        "at line 1 column 2",
        "overloaded_error",
        "{",
        "operation timed out",
    ];
    let piece = prop_oneof![proptest::sample::select(WORDS).prop_map(str::to_owned), ".{0,8}"];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_quoted_ever_decides(
        before in proptest::sample::select(&[
            "", "ask the model: ", "429 Too Many Requests: ", "request failed with status 404, ",
            "HTTP status server error (503 Service Unavailable) ", "it broke ",
            "rate_limit_error: slow down ", "connection reset by peer: ",
        ][..]),
        (open, close) in proptest::sample::select(&[
            ("\"", "\""), ("'", "'"), ("`", "`"), ("{", "}"), ("<", ">"), ("“", "”"), ("«", "»"),
            ("\n", "\n"), ("{", ""), ("content:", ""), ("Body: ", ""),
        ][..]),
        inside in telling(),
        after in telling(),
    ) {
        let text = format!("{before}{open}{inside}{close}{after}");
        let kind = ErrorKind::of_text(before);
        prop_assert_eq!(ErrorKind::of_text(&text), kind, "{:?}", text);
        prop_assert_eq!(ErrorKind::of(&printed(&text)), kind, "{:?}", text);
        let json = caused(&text, printed(&text));
        prop_assert_eq!(ErrorKind::of(&json), kind, "{:?}", text);
    }
}

/// A client's, which says nothing in words.
#[derive(Debug)]
struct Refused(u16, &'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection timed out")
    }
}

impl Error for Refused {}

/// A program's own.
#[derive(Debug)]
enum Asked {
    Empty,
    Panics,
    Refused(Refused),
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HTTP 503")
    }
}

impl Error for Asked {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(refused) => Some(refused),
            Self::Empty | Self::Panics => None,
        }
    }
}

impl Classify for Asked {
    fn error_kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Empty => Some(Quota),
            Self::Panics => panic!("on purpose"),
            Self::Refused(_) => None,
        }
    }
}

struct Bench {
    memory: Memory,
    llm: Llm,
}

impl Bench {
    fn new(config: LlmConfig) -> Self {
        let memory = Memory::new();
        let llm = Llm::with_config(&Meter::new(memory.clone()), config);
        Self { memory, llm }
    }

    fn failed(&self, kind: ErrorKind) -> f64 {
        let labels = [("provider", "openai"), ("model", "gpt-4o"), ("error_type", kind.as_str())];
        self.memory.value("llm_errors_total", &labels).unwrap()
    }
}

fn classified() -> LlmConfig {
    LlmConfig::new()
        .classify::<Asked>()
        .classify_with(|refused: &Refused| Some(ErrorKind::of_http(refused.0, Some(refused.1))))
}

#[test]
fn whoever_knows_an_error_is_asked_first_wherever_it_stands() {
    let (llm, plain) = (Bench::new(classified()).llm, Bench::new(LlmConfig::new()).llm);
    assert_eq!((llm.kind_of(&Asked::Empty), plain.kind_of(&Asked::Empty)), (Quota, Server));

    let refused = || Asked::Refused(Refused(429, "insufficient_quota"));
    assert_eq!((llm.kind_of(&refused()), plain.kind_of(&refused())), (Quota, Server));
    let deep = anyhow::Error::from(refused()).context("ask").context("answer");
    assert_eq!(llm.kind_of(&deep), Quota);
    let sent: Box<dyn Error + Send + Sync> = Box::new(refused());
    let kept: Box<dyn Error> = Box::new(io::Error::other(refused()));
    assert_eq!((llm.kind_of(&sent), llm.kind_of(&kept)), (Quota, Quota));
    assert_eq!(llm.model(Provider::OpenAi, "gpt-4o").kind_of(&sent), Quota);
}

#[tokio::test]
async fn a_classifier_that_panics_says_nothing_and_harms_nothing() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| ()));
    let bench = Bench::new(classified());
    let ask = async { Err::<(), _>(Asked::Panics) };
    let usage = |(): &()| None;
    let failed = bench.llm.observe_with(Provider::OpenAi, "gpt-4o", ask, usage).await;
    let unprintable = ErrorKind::of(&Unprintable);
    panic::set_hook(hook);
    assert!(matches!(failed, Err(Asked::Panics)));
    assert_eq!((bench.failed(Server), bench.failed(Unknown)), (1.0, 0.0));
    assert_eq!(unprintable, Unknown);
}

#[derive(Debug)]
struct Unprintable;

impl fmt::Display for Unprintable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("on purpose")
    }
}

impl Error for Unprintable {}

#[test]
fn an_error_without_end_is_told_in_time() {
    /// Its own cause, and a text without end.
    #[derive(Debug)]
    struct Endless;

    impl fmt::Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("HTTP 429 ")?;
            loop {
                f.write_str("and on ")?;
            }
        }
    }

    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    let told = panic::catch_unwind(AssertUnwindSafe(|| ErrorKind::of(&Endless)));
    assert_eq!(told.unwrap(), RateLimit);
}
