//! The program on the front page of the crate `botmeter`, as it stands there.

use local_servers::{Answer, Program, Provider, Receiver, reply, stream};

#[test]
fn what_the_front_page_shows_runs_and_is_pushed_with_its_cost() {
    let streamed = Answer::stream(stream(&["It ", "counts."]));
    let provider = Provider::start(vec![Answer::json(200, reply("It measures.")), streamed]);
    let receiver = Receiver::start();
    let said = Program::new(env!("CARGO_BIN_EXE_front-page"))
        .variable("OPENAI_BASE_URL", provider.url())
        .variable("OPENAI_API_KEY", "a key")
        .pushing_to(receiver.url())
        .run(&[]);
    assert_eq!(said.code, Some(0), "{said:#?}");
    assert_eq!(said.output, "It measures.\nIt counts.\n");
    let heard = said.errors.iter().any(|line| line.contains("metrics are pushed"));
    assert!(heard, "{said:#?}");
    let of_model = [("provider", "openai"), ("model", "gpt-4o"), ("status", "success")];
    assert_eq!(receiver.last("llm.requests", &of_model), Some(2.0));
    assert_eq!(receiver.last("llm.cost.unpriced", &of_model[..2]), Some(0.0));
    assert!(receiver.last("llm.cost.dollars", &of_model[..2]) > Some(0.0), "{said:#?}");
}
