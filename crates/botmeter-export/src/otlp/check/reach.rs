//! Whether anybody is there, and what they speak.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long a name may take to be looked up.
const NAME: Duration = Duration::from_secs(5);
/// How long a connection may take to be made.
const CONNECTION: Duration = Duration::from_secs(3);
/// How long a first word may take to come.
const FIRST_WORD: Duration = Duration::from_secs(2);

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Unreached {
    /// No address belongs to the name.
    UnknownName,
    /// Nobody told an address in time.
    SlowName,
    /// The machine is there, and nobody listens at the port.
    Refused(SocketAddr),
    /// Nothing came back at all.
    Silent(SocketAddr),
    /// Something else.
    Other(SocketAddr, io::Error),
}

/// What answers at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoken {
    /// Web pages, APIs, OTLP by HTTP.
    Http1,
    /// gRPC.
    Http2,
    /// Encrypted connections only.
    Tls,
    /// Something that is none of these, or nothing.
    Unknown,
}

/// A connection to the first address of the host that takes one.
pub(super) fn connect(host: &str, port: u16) -> Result<TcpStream, Unreached> {
    let end = Instant::now() + CONNECTION;
    let mut last = Unreached::UnknownName;
    for address in addresses(host, port)? {
        let left = end.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                last = match error.kind() {
                    io::ErrorKind::ConnectionRefused => Unreached::Refused(address),
                    io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => {
                        Unreached::Silent(address)
                    }
                    _ => Unreached::Other(address, error),
                }
            }
        }
    }
    Err(last)
}

/// Looked up on a thread of its own, because a look-up has no timeout.
fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, Unreached> {
    // As in `[::1]`, which is how a URL writes it.
    let host = host.trim_matches(['[', ']']).to_owned();
    let (found, addresses) = mpsc::channel();
    let look_up = move || {
        let looked_up = (host.as_str(), port).to_socket_addrs().map(Vec::from_iter);
        // Nobody listens any more when it took too long.
        let _late = found.send(looked_up);
    };
    // Without a thread there is no answer, either.
    let _thread = thread::Builder::new().name("botmeter-name".to_owned()).spawn(look_up);
    match addresses.recv_timeout(NAME) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(Unreached::UnknownName),
        Err(_) => Err(Unreached::SlowName),
    }
}

/// How HTTP/2 begins; a server of HTTP/1.1 takes it for a bad request.
const GREETING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// What is spoken on this connection, which is of no use afterwards.
pub(super) fn spoken(mut stream: TcpStream) -> Spoken {
    let mut answer = Vec::new();
    // Whatever goes wrong, what was heard before counts.
    let _ended = greet(&mut stream, &mut answer);
    match answer.as_slice() {
        [b'H', b'T', b'T', b'P', b'/', b'1', ..] => Spoken::Http1,
        // A frame of settings, which is what a server has to begin with.
        [_, _, _, 0x04, _, 0, 0, 0, 0, ..] => Spoken::Http2,
        // An alert: the greeting is no handshake.
        [0x15, 0x03, ..] => Spoken::Tls,
        _ => Spoken::Unknown,
    }
}

fn greet(stream: &mut TcpStream, answer: &mut Vec<u8>) -> io::Result<()> {
    let end = Instant::now() + FIRST_WORD;
    stream.set_write_timeout(Some(FIRST_WORD))?;
    stream.write_all(GREETING)?;
    let mut part = [0; 64];
    while answer.len() < 9 {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part)? {
            0 => break,
            length => answer.extend_from_slice(&part[..length]),
        }
    }
    Ok(())
}
