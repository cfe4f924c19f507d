//! The program between a provider that fails in every way there is and a
//! receiver of what it pushes.

use local_servers::{Answer, Program, Provider, Receiver, Said, nobody, refusal, reply, stream};

fn run(provider: &str, receiver: &Receiver, questions: &[&str]) -> Said {
    let said = Program::new(env!("CARGO_BIN_EXE_chat-bot"))
        .argument("1000")
        .variable("OPENAI_BASE_URL", provider)
        .variable("OPENAI_API_KEY", "a key")
        .pushing_to(receiver.url())
        .run(questions);
    assert_eq!(said.code, Some(0), "{said:#?}");
    said
}

#[test]
fn answers_are_pushed_with_their_cost() {
    let streamed = Answer::stream(stream(&["forty-", "two"]));
    let provider = Provider::start(vec![Answer::json(200, reply("42")), streamed]);
    let receiver = Receiver::start();
    let said = run(&provider.url(), &receiver, &["What is it?", "slowly What is it?"]);
    assert_eq!(said.output, "42\nforty-two\n");
    assert_eq!(said.errors, [""; 0]);
    let succeeded = [("provider", "openai"), ("model", "gpt-4o-mini"), ("status", "success")];
    assert_eq!(receiver.last("llm.requests", &succeeded), Some(2.0));
    assert_eq!(receiver.last("llm.cost.dollars", &succeeded[..2]), Some(0.00045));
    assert_eq!(receiver.last("llm.cost.unpriced", &succeeded[..2]), Some(0.0));
    assert_eq!(receiver.last("llm.time_to_first_token", &succeeded[..2]), Some(1.0));
}

/// Each kind of failure of a morning, and what the client tries again.
#[test]
fn every_failure_is_pushed_under_its_kind() {
    let busy = "The engine is overloaded: the network is busy";
    let failures = [
        ("rate_limit", again(429, &refusal("Rate limit reached", "requests", CODE_429))),
        ("server", again(500, &refusal("The server had an error", "server_error", "null"))),
        ("server", again(502, "<html>Bad Gateway</html>")),
        ("server", again(503, &refusal(busy, "server_error", "null"))),
        ("auth", once(401, "Incorrect API key", "invalid_request_error", r#""invalid_api_key""#)),
        ("quota", once(429, "You exceeded your quota", "insufficient_quota", CODE_QUOTA)),
        ("context_length", once(400, "Too long", "invalid_request_error", CODE_CONTEXT)),
        (
            "invalid_request",
            once(400, "Unknown parameter: 'timeout'.", "invalid_request_error", "null"),
        ),
        ("invalid_request", once(404, "No such model", "invalid_request_error", CODE_MODEL)),
        ("server", vec![Answer::json(200, r#"{"poem": "your connection timed out"}"#)]),
        ("network", vec![Answer::cut(&stream(&["forty-"])[..2])]),
        ("network", vec![Answer::nothing()]),
        ("timeout", vec![Answer::silence()]),
    ];
    let slowly = |(at, _)| if at == 10 { "slowly What is it?" } else { "What is it?" };
    let questions: Vec<&str> = failures.iter().enumerate().map(slowly).collect();
    let answers = failures.iter().flat_map(|(_, answers)| answers.clone()).collect();
    let (provider, receiver) = (Provider::start(answers), Receiver::start());
    let said = run(&provider.url(), &receiver, &questions);
    let lines = said.errors.iter().filter(|line| line.starts_with("no answer: ")).count();
    assert_eq!(lines, failures.len(), "{said:#?}");
    for (kind, _) in &failures {
        let expected = failures.iter().filter(|(other, _)| other == kind).count() as f64;
        let counted = receiver.last("llm.errors", &[("error_type", kind)]);
        assert_eq!(counted, Some(expected), "{kind}: {said:#?}");
    }
    let all = receiver.last("llm.errors", &[]);
    assert_eq!(all, Some(failures.len() as f64), "{said:#?}");
    assert_eq!(receiver.last("llm.requests", &[("status", "error")]), all);
}

const CODE_429: &str = r#""rate_limit_exceeded""#;
const CODE_QUOTA: &str = r#""insufficient_quota""#;
const CODE_CONTEXT: &str = r#""context_length_exceeded""#;
const CODE_MODEL: &str = r#""model_not_found""#;

/// The client tries it four times.
fn again(status: u16, body: &str) -> Vec<Answer> {
    Answer::json(status, body).header("retry-after: 0").times(4)
}

fn once(status: u16, message: &str, kind: &str, code: &str) -> Vec<Answer> {
    vec![Answer::json(status, refusal(message, kind, code))]
}

#[test]
fn a_provider_that_nobody_is_at_is_a_failure_of_the_network() {
    let receiver = Receiver::start();
    run(&format!("http://{}/v1", nobody()), &receiver, &["What is it?"]);
    assert_eq!(receiver.last("llm.errors", &[]), Some(1.0));
    assert_eq!(receiver.last("llm.errors", &[("error_type", "network")]), Some(1.0));
}
