//! The demo as a command: what it says first, and how it ends.

#![cfg(all(test, unix))]

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

fn get(address: &str) -> io::Result<String> {
    let mut socket = TcpStream::connect(address)?;
    let request = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    socket.write_all(request.as_bytes())?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn both_addresses_come_first_and_both_end_together() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["demo", "--live", "127.0.0.1:0", "--port", "0", "--rate", "20"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines().map(Result::unwrap);
    let page = lines.next().unwrap();
    assert!(page.starts_with("metrics: http://127.0.0.1:"), "{page}");
    let live = lines.next().unwrap();
    let address = live.strip_prefix("live page: http://").unwrap().trim_end_matches('/');
    let deadline = Instant::now() + Duration::from_mins(1);
    // Until the bot was read once, there is nothing to show.
    let html = loop {
        let html = get(address).unwrap();
        if !html.starts_with("HTTP/1.1 503 ") || Instant::now() > deadline {
            break html;
        }
        thread::sleep(Duration::from_millis(100));
    };
    assert!(html.contains("botmeter / Overview") || html.contains(">Overview<"), "{html}");

    let number = demo.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &number]).status().unwrap().success());
    let said: Vec<_> = lines.collect();
    assert_eq!(said.last().unwrap(), "ended: everything was handed over");
    assert!(demo.wait().unwrap().success());
    assert!(TcpStream::connect(address).is_err(), "the live page goes on");
}
