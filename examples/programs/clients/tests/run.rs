//! Both programs between a provider that answers as OpenAI does and a receiver
//! of what they push.

use local_servers::{Answer, Program, Provider, Receiver, refusal, reply, stream};

#[test]
fn calls_and_streams_of_rig_are_counted() {
    check(env!("CARGO_BIN_EXE_rig-bot"));
}

#[test]
fn calls_and_streams_of_genai_are_counted() {
    check(env!("CARGO_BIN_EXE_genai-bot"));
}

#[track_caller]
fn check(program: &str) {
    let quota = refusal("You exceeded your quota", "insufficient_quota", r#""insufficient_quota""#);
    let busy = refusal("overloaded: the network is busy", "server_error", "null");
    let provider = Provider::start(vec![
        Answer::json(200, reply("42")),
        Answer::stream(stream(&["forty-", "two"])),
        Answer::cut(&stream(&["forty-"])[..2]),
        Answer::json(429, quota),
        Answer::json(500, "{}"),
        Answer::json(503, busy),
        Answer::nothing(),
    ]);
    let receiver = Receiver::start();
    let said = Program::new(program)
        .variable("OPENAI_BASE_URL", provider.url())
        .variable("OPENAI_API_KEY", "a key")
        .pushing_to(receiver.url())
        .run(&["a", "slowly b", "slowly c", "d", "e", "f", "g"]);
    assert_eq!(said.code, Some(0), "{said:#?}");
    assert!(said.output.starts_with("42\nforty-two\n"), "{said:#?}");
    let of = [("provider", "openai"), ("model", "gpt-4o-mini")];
    let last = |name| receiver.last(name, &of);
    assert_eq!(receiver.last("llm.requests", &[of[0], of[1], ("status", "success")]), Some(2.0));
    assert_eq!(last("llm.cost.dollars"), Some(0.00045), "{said:#?}");
    assert_eq!(last("llm.cost.unpriced"), Some(1.0), "{said:#?}");
    assert_eq!(last("llm.tokens.cache_read"), Some(1200.0), "{said:#?}");
    assert_eq!(last("llm.tokens.reasoning"), Some(100.0), "{said:#?}");
    assert_eq!(last("llm.time_to_first_token"), Some(2.0), "{said:#?}");
    assert_eq!(last("llm.errors"), Some(5.0), "{said:#?}");
    for (kind, times) in [("quota", 1.0), ("server", 2.0), ("network", 2.0)] {
        assert_eq!(
            receiver.last("llm.errors", &[("error_type", kind)]),
            Some(times),
            "{kind}: {said:#?}"
        );
    }
}
