//! A bot whose page says what a test wants.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A bot; it answers until it is dropped.
#[derive(Debug)]
pub(crate) struct Bot {
    address: SocketAddr,
    answer: Arc<Mutex<Answer>>,
}

#[derive(Clone, Debug)]
struct Answer {
    head: &'static str,
    body: String,
    is_over: bool,
}

/// The head of an answer with a page of Prometheus' text format.
const PAGE: &str = "200 OK\r\ncontent-type: text/plain; version=0.0.4";

impl Bot {
    /// A bot whose page says this.
    pub(crate) fn says(body: impl Into<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let answer = Answer { head: PAGE, body: body.into(), is_over: false };
        let answer = Arc::new(Mutex::new(answer));
        let shared = Arc::clone(&answer);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let answer = shared.lock().unwrap().clone();
                if answer.is_over {
                    return;
                }
                respond(&socket.unwrap(), &answer);
            }
        });
        Self { address, answer }
    }

    /// From now on, it answers so.
    pub(crate) fn answers(&self, head: &'static str, body: impl Into<String>) {
        let mut answer = self.answer.lock().unwrap();
        (answer.head, answer.body) = (head, body.into());
    }

    /// Its address, as somebody would write it.
    pub(crate) fn place(&self) -> String {
        self.address.to_string()
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.answer.lock().unwrap().is_over = true;
        // Wakes the one that waits for the next.
        drop(TcpStream::connect(self.address));
    }
}

/// Whoever hangs up needs no answer.
fn respond(socket: &TcpStream, answer: &Answer) {
    let mut lines = BufReader::new(socket).lines();
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let Answer { head, body, .. } = answer;
    let length = body.len();
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let mut socket = socket;
    drop(socket.write_all(head.as_bytes()).and_then(|()| socket.write_all(body.as_bytes())));
}

/// A page of a bot that calls models, of which this many failed.
pub(crate) fn page(calls: u64, failed: u64) -> String {
    let labels = "provider=\"openai\",model=\"gpt <i>4</i>\"";
    format!(
        "# TYPE build_info gauge\nbuild_info{{version=\"1.2.3\"}} 1\n\
         # TYPE llm_requests_total counter\n\
         llm_requests_total{{{labels},status=\"success\"}} {}\n\
         llm_requests_total{{{labels},status=\"error\"}} {failed}\n\
         llm_requests_total{{{labels},status=\"cancelled\"}} 0\n",
        calls - failed
    )
}
