//! A program of these examples, run as its users run it.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long the slowest machine may take for the longest of the tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that is about to run, with no environment but what it is given.
#[derive(Debug)]
pub struct Program(Command);

/// What it said, and how it ended.
#[derive(Debug)]
pub struct Said {
    /// Its exit code; none if something ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub output: String,
    /// Standard error, line by line.
    pub errors: Vec<String>,
}

impl Program {
    /// The program at this path, as `CARGO_BIN_EXE_…` tells it.
    pub fn new(path: &str) -> Self {
        let mut command = Command::new(path);
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    /// With an argument.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.0.arg(argument);
        self
    }

    /// With a variable in its environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.0.env(name, value.as_ref());
        self
    }

    /// Pushing there alone: what is built together has the features of all, so
    /// each of these programs could serve a page as well.
    #[must_use]
    pub fn pushing_to(self, endpoint: impl AsRef<str>) -> Self {
        let alone = self.variable("OTEL_METRICS_EXPORTER", "otlp");
        alone.variable("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
    }

    /// Runs it to its end, with these lines to read.
    ///
    /// # Panics
    ///
    /// When it does not start, or does not end in time.
    pub fn run(mut self, lines: &[&str]) -> Said {
        let mut child = self.0.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let writing = thread::spawn(move || input.write_all(text.as_bytes()));
        let id = child.id();
        let ending = thread::spawn(move || child.wait_with_output().unwrap());
        let deadline = Instant::now() + PATIENCE;
        while !ending.is_finished() {
            assert!(Instant::now() < deadline, "process {id} has not ended: {:?}", self.0);
            thread::sleep(Duration::from_millis(5));
        }
        let ended = ending.join().unwrap();
        // A program that does not read its lines closes them.
        _ = writing.join();
        let errors = String::from_utf8(ended.stderr).unwrap();
        Said {
            code: ended.status.code(),
            output: String::from_utf8(ended.stdout).unwrap(),
            errors: errors.lines().map(str::to_owned).collect(),
        }
    }

    /// Runs it until the returned value goes, and gives the first line that it
    /// says.
    ///
    /// # Panics
    ///
    /// When it does not start.
    pub fn serve(mut self) -> (Served, String) {
        let mut child = self.0.stderr(Stdio::inherit()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        (Served(child), line.trim().to_owned())
    }
}

/// A program that runs until this goes.
#[derive(Debug)]
pub struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        _ = self.0.kill();
        _ = self.0.wait();
    }
}
