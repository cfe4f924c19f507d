//! A server that answers as it is told, one connection after the other.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// What it says to one request.
pub struct Answer {
    head: String,
    body: Vec<u8>,
    after: After,
}

enum After {
    Close,
    /// The connection stays, and nothing comes.
    Wait,
}

impl Answer {
    /// A whole reply.
    pub fn json(status: u16, body: String) -> Self {
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

    /// Without what says that it is the end.
    pub fn cut(mut self) -> Self {
        self.body.truncate(self.body.len() - "0\r\n\r\n".len());
        self
    }

    /// The same, and the connection stays.
    pub fn stalled(self) -> Self {
        Self { after: After::Wait, ..self.cut() }
    }

    pub fn header(mut self, line: &str) -> Self {
        self.head.push_str(line);
        self.head.push_str("\r\n");
        self
    }
}

/// It goes on until it has given all of its answers.
pub struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&asked);
        thread::spawn(move || {
            for answer in answers {
                let (client, _) = listener.accept().unwrap();
                let question = read(&client).unwrap();
                noted.lock().unwrap().push(question);
                // Whoever is gone needs no answer.
                _ = give(&client, &answer);
            }
        });
        Self { address, asked }
    }

    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The bodies of the requests.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn read(client: &TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(client);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    String::from_utf8(body).map_err(io::Error::other)
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
