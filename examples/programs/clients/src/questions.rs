//! Questions from standard input, one a line; those that begin with `slowly `
//! are answered as the answer comes.

use std::{fmt::Display, io};

pub async fn answer<E: Display>(
    ask: impl AsyncFn(String) -> Result<(), E>,
    stream: impl AsyncFn(String) -> Result<(), E>,
) -> io::Result<()> {
    for line in io::stdin().lines() {
        let line = line?;
        let answered = match line.strip_prefix("slowly ") {
            Some(question) => stream(question.to_owned()).await,
            None => ask(line).await,
        };
        if let Err(error) = answered {
            eprintln!("no answer: {error}");
        }
    }
    Ok(())
}
