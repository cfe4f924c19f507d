//! `botmeter` as a process.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long anything may take on a machine that is busy.
const DEADLINE: Duration = Duration::from_mins(1);

/// A program that serves the live page; it ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Live {
    child: Child,
    lines: BufReader<ChildStdout>,
    address: String,
}

/// What was answered.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) fn botmeter(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_botmeter"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// What a program that ends says.
pub(crate) fn ended(arguments: &[&str]) -> Output {
    let mut command = botmeter(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let deadline = Instant::now() + 2 * DEADLINE;
    thread::scope(|scope| {
        // A full pipe would hold the program up.
        let (stdout, stderr) = (scope.spawn(|| drained(stdout)), scope.spawn(|| drained(stderr)));
        while child.try_wait().unwrap().is_none() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        let has_ended = child.try_wait().unwrap().is_some();
        drop(child.kill());
        let status = child.wait().unwrap();
        let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
        let output = Output { status, stdout, stderr };
        assert!(has_ended, "{arguments:?} does not end: {output:?}");
        output
    })
}

/// All that comes.
fn drained(mut pipe: impl Read) -> Vec<u8> {
    let mut said = Vec::new();
    pipe.read_to_end(&mut said).unwrap();
    said
}

/// What a program says that fails, with the code that it fails with.
pub(crate) fn failed(arguments: &[&str]) -> (Option<i32>, String) {
    let output = ended(arguments);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Asks again until it is so.
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match ask() {
            Ok(found) => return found,
            Err(there) => assert!(Instant::now() < deadline, "{what} is not there: {there}"),
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Asks the server at an address, with these headers and no other.
pub(crate) fn ask(address: &str, method: &str, target: &str, headers: &str) -> Answer {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let text = format!("{method} {target} HTTP/1.1\r\n{headers}connection: close\r\n\r\n");
    socket.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
}

impl Live {
    /// Starts the program on any port that is free.
    pub(crate) fn start(command: &str, arguments: &[&str]) -> Self {
        let arguments: Vec<_> =
            [command, "--listen", "127.0.0.1:0"].iter().chain(arguments).copied().collect();
        let mut child = botmeter(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let address = first.trim().strip_prefix("live page: http://").unwrap_or_else(|| {
            panic!("the address does not come first: {first:?}");
        });
        let address = address.trim_end_matches('/').to_owned();
        Self { child, lines, address }
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        let host = format!("host: {}\r\n", self.address);
        self.ask("GET", target, &host)
    }

    /// With headers of one's own, and no other.
    pub(crate) fn ask(&self, method: &str, target: &str, headers: &str) -> Answer {
        ask(&self.address, method, target, headers)
    }

    /// The page of this target once it says this.
    pub(crate) fn until(&self, target: &str, text: &str) -> String {
        until(text, || {
            let Answer { body, .. } = self.get(target);
            if body.contains(text) { Ok(body) } else { Err(body) }
        })
    }

    /// Asks it to end as a person does, and tells what it said.
    #[cfg(unix)]
    pub(crate) fn interrupted(mut self) -> (Option<i32>, String) {
        let number = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &number]).status().unwrap().success());
        let mut said = String::new();
        self.lines.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| *key == name).map(|(_, value)| value).next()
    }
}
