//! The bot runs, and its page shows the panel with what was counted.

use std::{
    error::Error,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Ends with the test, which does not wait for half an hour.
struct Bot(Child);

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.0.kill().and_then(|()| self.0.wait()));
    }
}

fn get(address: &str, target: &str) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn the_panel_shows_what_was_sent() -> Result<(), Box<dyn Error>> {
    let mut bot = Command::new(env!("CARGO_BIN_EXE_mail-bot"))
        .env_clear()
        .env("OTEL_EXPORTER_PROMETHEUS_PORT", "0")
        .stdout(Stdio::piped())
        .spawn()
        .map(Bot)?;
    let mut said = String::new();
    BufReader::new(bot.0.stdout.take().ok_or("no standard output")?).read_line(&mut said)?;
    let address = said
        .trim()
        .strip_prefix("live page: http://")
        .and_then(|url| url.strip_suffix('/'))
        .ok_or(format!("no address in {said:?}"))?;
    // Two readings make a rate, and the bot reads itself every five seconds.
    let deadline = Instant::now() + Duration::from_secs(60);
    loop {
        let lines = get(address, "/panel.csv?panel=mail-out--mails&range=300")?;
        let last = lines.lines().last().and_then(|line| line.rsplit_once(','));
        let sent: Option<f64> = last.and_then(|(_, number)| number.trim().parse().ok());
        if sent.is_some_and(|sent| (300.0..900.0).contains(&sent)) {
            break;
        }
        assert!(Instant::now() < deadline, "no rate of about 600 a minute in\n{lines}");
        thread::sleep(Duration::from_millis(100));
    }
    let page = get(address, "/")?;
    assert!(page.contains("Does mail get out?"), "{page}");
    Ok(())
}
