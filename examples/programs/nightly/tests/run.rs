//! The job as cron runs it: night after night, and with nobody at the other
//! end.

use local_servers::{Answer, Program, Provider, Receiver, Said, nobody, reply};

fn run(provider: &Provider, endpoint: impl AsRef<str>) -> Said {
    Program::new(env!("CARGO_BIN_EXE_nightly-job"))
        .variable("OPENAI_BASE_URL", provider.url())
        .pushing_to(endpoint)
        .run(&[])
}

fn replies(of_runs: usize) -> Provider {
    Provider::start(Answer::json(200, reply("They like it.")).times(5 * of_runs))
}

/// Each run is over before its second push, so the first has to say that the
/// counter was zero.
#[test]
fn what_each_run_counts_is_an_increase() {
    let (provider, receiver) = (replies(4), Receiver::start());
    for night in 1..=4 {
        let said = run(&provider, receiver.url());
        assert_eq!((said.code, said.errors.as_slice()), (Some(0), &[][..]), "{said:#?}");
        assert_eq!(said.output.lines().count(), 5, "{said:#?}");
        let succeeded = [("provider", "ollama"), ("model", "llama3.2"), ("status", "success")];
        assert_eq!(receiver.increase("llm.requests", &succeeded), 5.0 * f64::from(night));
        let tokens = receiver.increase("llm.tokens.prompt", &succeeded[..2]);
        assert_eq!(tokens, 5000.0 * f64::from(night));
    }
}

#[test]
fn a_receiver_that_is_down_is_said_and_fails_no_job() {
    let said = run(&replies(1), format!("http://{}", nobody()));
    assert_eq!((said.code, said.output.lines().count()), (Some(0), 5), "{said:#?}");
    let refused = said.errors.iter().any(|line| line.contains("connection refused"));
    let lost = said.errors.iter().any(|line| line.contains("not all was delivered"));
    assert!(refused && lost, "{said:#?}");
}

#[test]
fn a_job_that_fails_fails_and_is_counted() {
    let provider = Provider::start(vec![Answer::json(500, "{}")]);
    let receiver = Receiver::start();
    let said = run(&provider, receiver.url());
    assert_eq!(said.code, Some(1), "{said:#?}");
    let failed = [("model", "llama3.2"), ("error_type", "server")];
    assert_eq!(receiver.increase("llm.errors", &failed), 1.0, "{said:#?}");
}
