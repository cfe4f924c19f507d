//! Answers questions from standard input, one a line; those that begin with
//! `slowly ` as the answer comes. The argument is how long a call may take, in
//! milliseconds.

use std::{env, error::Error, io, time::Duration};

use async_openai::Client;
use botmeter::{Telemetry, llm::Llm};
use chat_bot::{Chat, config};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let patience = env::args().nth(1).map_or(Ok(30_000), |millis| millis.parse())?;
    let http = reqwest::Client::builder().timeout(Duration::from_millis(patience)).build()?;

    let builder = Telemetry::builder("chat-bot").configure::<Llm>(config());
    let (telemetry, llm) = builder.start::<Llm>()?;
    let chat = Chat::new(Client::new().with_http_client(http), llm);
    for line in io::stdin().lines() {
        let line = line?;
        let answered = match line.strip_prefix("slowly ") {
            Some(question) => chat.stream(question, |part| print!("{part}")).await,
            None => chat.ask(&line).await.map(|answer| print!("{answer}")),
        };
        match answered {
            Ok(()) => println!(),
            Err(error) => eprintln!("no answer: {error}"),
        }
    }
    telemetry.end();
    Ok(())
}
