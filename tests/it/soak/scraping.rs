//! Scrapers, careful ones and others.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use integration_tests::{Families, read_exposition};

use super::{SOON, chance::Chance};

const REQUEST: &[u8] = b"GET /metrics HTTP/1.0\r\n\r\n";

/// Asks again and again, and now and then does not behave.
#[derive(Debug)]
pub(super) struct Scraper {
    address: SocketAddr,
    chance: Chance,
    before: Families,
    deeds: [usize; KINDS.len()],
}

const KINDS: [&str; 6] = ["whole", "whole", "slow", "hung up", "half a request", "nonsense"];

impl Scraper {
    pub(super) fn new(address: SocketAddr, chance: Chance) -> Self {
        Self { address, chance, before: Families::new(), deeds: [0; KINDS.len()] }
    }

    /// Until it is over; what it did.
    pub(super) fn run(mut self, is_over: &AtomicBool) -> Result<String> {
        while !is_over.load(Ordering::Relaxed) {
            let kind = self.chance.below(KINDS.len());
            self.deeds[kind] += 1;
            match KINDS[kind] {
                "slow" => self.read_slowly()?,
                "hung up" => hang_up(self.address)?,
                "half a request" => connect(self.address)?.write_all(&REQUEST[..12])?,
                "nonsense" => nonsense(self.address)?,
                _ => self.check(&page(self.address)?)?,
            }
            let millis = self.chance.below(60);
            thread::sleep(Duration::from_millis(millis as u64));
        }
        let deeds = KINDS.iter().zip(self.deeds).map(|(kind, count)| format!("{kind} {count}"));
        Ok(deeds.collect::<Vec<_>>().join(", "))
    }

    /// A page is whole and well-formed, and nothing on it counts down.
    fn check(&mut self, page: &str) -> Result<()> {
        let families = read_exposition(page)?;
        for (name, family) in families.iter().filter(|(_, family)| family.kind != "gauge") {
            for (key, value) in &family.samples {
                let before = self.before.get(name).and_then(|before| before.samples.get(key));
                ensure!(
                    before.is_none_or(|before| before <= value),
                    "{key:?} went back to {value}"
                );
            }
        }
        self.before = families;
        Ok(())
    }

    /// Takes the first part of the page in small pieces.
    fn read_slowly(&mut self) -> Result<()> {
        let mut socket = connect(self.address)?;
        socket.write_all(REQUEST)?;
        let mut answer = vec![0; 50 * 64];
        for piece in answer.chunks_mut(64) {
            socket.read_exact(piece).context("a slow scraper was sent away")?;
            thread::sleep(Duration::from_millis(5));
        }
        socket.read_to_end(&mut answer)?;
        self.check(body(&answer)?)
    }
}

/// The page as it is now.
pub(super) fn page(address: SocketAddr) -> Result<String> {
    let mut socket = connect(address)?;
    socket.write_all(REQUEST)?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer)?;
    Ok(body(&answer)?.to_owned())
}

fn body(answer: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(answer)?;
    let (head, body) = text.split_once("\r\n\r\n").context("the answer has no end of its head")?;
    ensure!(head.starts_with("HTTP/1.0 200 OK"), "{head}");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    ensure!(length == Some(&body.len().to_string()), "the page was cut off: {head}");
    Ok(body)
}

fn hang_up(address: SocketAddr) -> Result<()> {
    let mut socket = connect(address)?;
    socket.write_all(REQUEST)?;
    socket.read_exact(&mut [0; 16])?;
    // What was sent is still unread, so the other side is told at once.
    drop(socket);
    Ok(())
}

fn nonsense(address: SocketAddr) -> Result<()> {
    let mut socket = connect(address)?;
    socket.write_all(b"\x01\x02\x03 nonsense\r\n\r\n")?;
    socket.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    socket.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 400"), "nonsense was answered with {answer:?}");
    Ok(())
}

fn connect(address: SocketAddr) -> Result<TcpStream> {
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(SOON))?;
    Ok(socket)
}
