//! A scraper that sees every byte.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// Longer than anything takes, shorter than anyone waits.
pub const LONG: Duration = Duration::from_secs(30);

/// A whole answer.
#[derive(Debug)]
pub struct Reply {
    /// The first line and the headers.
    pub head: String,
    /// What follows.
    pub body: Vec<u8>,
}

impl Reply {
    /// The answer to these bytes, after which the server hangs up.
    pub fn to(address: SocketAddr, request: &str) -> Self {
        let mut socket = connect(address);
        socket.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Self { head, body: bytes[end + 4..].to_vec() }
    }

    /// The first line: `HTTP/1.1 200 OK`.
    pub fn status(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(": ")?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })
    }

    /// The body of a page.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

/// A request that ends the connection.
pub fn ask(address: SocketAddr, method: &str, path: &str, headers: &str) -> Reply {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n"
    );
    Reply::to(address, &request)
}

/// What is at a path.
pub fn get(address: SocketAddr, path: &str) -> Reply {
    ask(address, "GET", path, "")
}

/// A connection that does not wait forever.
pub fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    socket
}

/// Waits until this holds.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < deadline, "waited for {what}");
        std::thread::yield_now();
    }
}
