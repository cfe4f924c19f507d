//! A model provider that answers as it is told, one connection after the other.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use crate::http;

/// What it says to one request.
#[derive(Clone, Debug)]
pub struct Answer {
    head: String,
    body: Vec<u8>,
    after: After,
}

#[derive(Clone, Debug)]
enum After {
    Close,
    /// The connection stays, and nothing comes.
    Wait,
}

impl Answer {
    /// A whole reply.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        let body = body.into();
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status} As it is\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n"
        );
        Self { head, body: body.into_bytes(), after: After::Close }
    }

    /// Events, each in a piece of its own.
    pub fn stream(events: impl IntoIterator<Item = String>) -> Self {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                    transfer-encoding: chunked\r\n";
        let pieces = events.into_iter().map(|event| format!("{:x}\r\n{event}\r\n", event.len()));
        let body = pieces.chain(["0\r\n\r\n".to_owned()]).collect::<String>();
        Self { head: head.to_owned(), body: body.into_bytes(), after: After::Close }
    }

    /// The connection ends, and no word of it.
    pub fn nothing() -> Self {
        Self { head: String::new(), body: Vec::new(), after: After::Close }
    }

    /// The connection stays, and no word of it.
    pub fn silence() -> Self {
        Self { after: After::Wait, ..Self::nothing() }
    }

    /// A stream that breaks off after these events.
    pub fn cut(events: &[String]) -> Self {
        let mut whole = Self::stream(events.iter().cloned());
        whole.body.truncate(whole.body.len() - "0\r\n\r\n".len());
        whole
    }

    /// The same, and the connection stays.
    pub fn stalled(events: &[String]) -> Self {
        Self { after: After::Wait, ..Self::cut(events) }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, line: &str) -> Self {
        self.head.push_str(line);
        self.head.push_str("\r\n");
        self
    }

    /// Once for each attempt of a client that tries again.
    pub fn times(self, attempts: usize) -> Vec<Self> {
        vec![self; attempts]
    }
}

/// It goes on until it has given all of its answers.
#[derive(Debug)]
pub struct Provider {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    /// One that gives these answers, each to one request.
    ///
    /// # Panics
    ///
    /// When this machine has no port.
    pub fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&asked);
        thread::spawn(move || {
            for answer in answers {
                let (client, _) = listener.accept().unwrap();
                let question = String::from_utf8(http::body(&client).unwrap()).unwrap();
                noted.lock().unwrap().push(question);
                // Whoever is gone needs no answer.
                _ = give(&client, &answer);
            }
        });
        Self { address, asked }
    }

    /// What clients call the base URL.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The bodies of the requests.
    ///
    /// # Panics
    ///
    /// When the provider did.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// An address at which nobody listens: that of a server that is gone.
///
/// # Panics
///
/// When this machine has no port.
pub fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn give(mut client: &TcpStream, answer: &Answer) -> io::Result<()> {
    if !answer.head.is_empty() {
        write!(client, "{}connection: close\r\n\r\n", answer.head)?;
        client.write_all(&answer.body)?;
    }
    match answer.after {
        After::Close => Ok(()),
        // Until the client goes.
        After::Wait => client.read(&mut [0]).map(drop),
    }
}
