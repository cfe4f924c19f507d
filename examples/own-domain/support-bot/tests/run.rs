//! Questions in, and what Prometheus would scrape out.

use std::{
    error::Error,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
};

/// What `/metrics` answers.
fn scrape(address: &str) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    Ok(page)
}

#[test]
fn both_domains_are_on_the_page_and_the_bot_ends_well() -> Result<(), Box<dyn Error>> {
    let mut bot = Command::new(env!("CARGO_BIN_EXE_support-bot"))
        .env_clear()
        .env("OTEL_EXPORTER_PROMETHEUS_PORT", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut questions = bot.stdin.take().ok_or("no standard input")?;
    let mut lines = BufReader::new(bot.stdout.take().ok_or("no standard output")?).lines();
    let mut next = || -> Result<String, Box<dyn Error>> {
        lines.next().ok_or("the bot ended")?.map_err(Into::into)
    };

    let first = next()?;
    let address = first
        .strip_prefix("metrics are at http://")
        .and_then(|url| url.strip_suffix("/metrics"))
        .ok_or(format!("no address in {first:?}"))?;
    let too_long = format!("billing: {}", "please ".repeat(101));
    let answers = [
        ("billing: Where is my invoice?", "Your invoices are under Account, Billing."),
        ("billing: Why is it so much?", "A person will answer you."),
        ("Please: let me talk to a person!", "A person will answer you."),
        (too_long.as_str(), "Something went wrong. Please ask again."),
    ];
    for (question, answer) in answers {
        writeln!(questions, "{question}")?;
        assert_eq!(next()?, answer);
    }
    let page = scrape(address)?;
    for series in [
        "support_tickets_total{queue=\"billing\",outcome=\"solved\"} 1",
        "support_hand_overs_total{queue=\"billing\",reason=\"unsure\"} 1",
        "support_hand_overs_total{queue=\"general\",reason=\"asked\"} 1",
        "support_tickets_total{queue=\"billing\",outcome=\"failed\"} 1",
        "llm_requests_total{provider=\"other\",model=\"answers-by-heart\",status=\"success\"} 2",
        "llm_errors_total{provider=\"other\",model=\"answers-by-heart\",error_type=\"context_length\"} 1",
    ] {
        assert!(page.lines().any(|line| line == series), "no {series} on\n{page}");
    }

    drop(questions);
    assert!(bot.wait()?.success());
    Ok(())
}
