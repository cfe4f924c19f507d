//! The demo as a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

/// A demo that runs, and is killed if the test ends before it does.
pub(crate) struct Demo {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// Reads all the time, because a full pipe would hold up the demo.
    stderr: Option<JoinHandle<String>>,
}

pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Demo {
    pub(crate) fn start(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_botmeter-demo"));
        // What the shell of the tests has set is not for the demo.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("OTEL_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        let mut child = command
            .args(arguments)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut pipe = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut stderr = String::new();
            pipe.read_to_string(&mut stderr).unwrap();
            stderr
        });
        Self { child, stdout, stderr: Some(stderr) }
    }

    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// Where the first line says that the metrics are.
    pub(crate) fn address(&mut self) -> String {
        let line = self.line();
        let address =
            line.strip_prefix("metrics: http://").and_then(|a| a.strip_suffix("/metrics"));
        address.unwrap_or_else(|| panic!("{line:?}")).to_owned()
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let status =
            Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    pub(crate) fn ended(mut self) -> Ended {
        let deadline = Instant::now() + PATIENCE;
        let (child, pipe) = (&mut self.child, &mut self.stdout);
        let (code, stdout) = thread::scope(|scope| {
            // A full pipe would hold up the demo here as well.
            let stdout = scope.spawn(|| {
                let mut stdout = String::new();
                pipe.read_to_string(&mut stdout).unwrap();
                stdout
            });
            while child.try_wait().unwrap().is_none() && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(10));
            }
            let ended = child.try_wait().unwrap();
            drop(child.kill());
            let stdout = stdout.join().unwrap();
            let ended = ended.unwrap_or_else(|| panic!("the demo does not end: {stdout}"));
            (ended.code(), stdout)
        });
        let stderr = self.stderr.take().unwrap().join().unwrap();
        Ended { code, stdout, stderr }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What `/metrics` says.
pub(crate) fn page(address: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

/// Reads the page until it has what the test waits for.
pub(crate) fn page_with(address: &str, is_there: impl Fn(&str) -> bool) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let page = page(address);
        if is_there(&page) {
            return page;
        }
        assert!(Instant::now() < deadline, "{page}");
        thread::sleep(Duration::from_millis(50));
    }
}
