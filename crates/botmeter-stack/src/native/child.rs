//! A server that runs: its output on the way to the terminal and a file, and
//! its end, which comes at the latest with that of this value.

use std::{
    collections::VecDeque,
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child as Process, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use super::server::{Ready, Server};
use crate::{
    command::{end_group, own_group},
    process::{Ending, Identity, send},
    report::say,
    signals::Interrupts,
};

/// How many lines an error shows of what a server said last.
const LINES: usize = 15;

/// How often an end is looked for.
const GLANCE: Duration = Duration::from_millis(20);

/// How long what a server said last may be on its way.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A running server.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) server: Server,
    pub(super) identity: Identity,
    process: Process,
    said: Arc<Mutex<Said>>,
    readers: Vec<JoinHandle<()>>,
    has_ended: bool,
}

#[derive(Debug, Default)]
struct Said {
    last: VecDeque<String>,
    is_ready: bool,
}

impl Child {
    /// Starts it; its words go to the terminal behind its name, and to the log.
    pub(super) fn start(server: Server, log: &Path) -> Result<Self> {
        if let Some(folder) = log.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("failed to create {}", folder.display()))?;
        }
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(log)
            .with_context(|| format!("failed to open {}", log.display()))?;
        let mut command = server.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for the process that watches; it tells the servers itself,
        // one after another.
        own_group(&mut command);
        let failed = || format!("failed to start {}", server.program.display());
        let mut process = command.spawn().with_context(failed)?;
        let Some(identity) = Identity::of(process.id()) else {
            end_group(process.id());
            drop(process.wait());
            return Err(anyhow::anyhow!("it ended at once")).with_context(failed);
        };
        let said = Arc::new(Mutex::new(Said::default()));
        let file = Arc::new(Mutex::new(file));
        let wanted = match server.ready {
            Ready::Said(words) => words,
            Ready::Page(_) => "",
        };
        let pipes: [Option<Box<dyn Read + Send>>; 2] = [
            process.stdout.take().map(|pipe| Box::new(pipe) as _),
            process.stderr.take().map(|pipe| Box::new(pipe) as _),
        ];
        let readers = pipes
            .into_iter()
            .flatten()
            .map(|pipe| {
                let (said, file) = (Arc::clone(&said), Arc::clone(&file));
                let name = server.name;
                thread::spawn(move || pass_on(name, pipe, &said, &file, wanted))
            })
            .collect();
        Ok(Self { server, identity, process, said, readers, has_ended: false })
    }

    /// How it ended, if it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = self
            .process
            .try_wait()
            .with_context(|| format!("failed to watch {}", self.server.name))?;
        self.has_ended = status.is_some();
        Ok(status)
    }

    /// Whether it has printed what shows that it is ready.
    pub(super) fn has_said_it(&self) -> bool {
        lock(&self.said).is_ready
    }

    /// What it said last.
    pub(super) fn last_words(&self) -> String {
        let start = Instant::now();
        while self.has_ended
            && !self.readers.iter().all(JoinHandle::is_finished)
            && start.elapsed() < LAST_WORDS
        {
            thread::sleep(GLANCE);
        }
        let said = lock(&self.said);
        let lines: Vec<&str> = said.last.iter().map(String::as_str).collect();
        if lines.is_empty() {
            "it said nothing".to_owned()
        } else {
            format!("it said last:\n{}", lines.join("\n"))
        }
    }

    /// Asks it to end and waits; ends it when it takes longer than this, or
    /// when somebody wants it at once.
    pub(super) fn end(mut self, most: Duration, interrupts: &Interrupts) -> Result<()> {
        let before = interrupts.count();
        send(self.process.id(), Ending::Asked)?;
        let start = Instant::now();
        while self.ended()?.is_none() {
            if start.elapsed() >= most || interrupts.count() > before {
                say(&format!("{} does not end and is ended", self.server.name));
                break;
            }
            thread::sleep(GLANCE);
        }
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if !self.has_ended {
            end_group(self.process.id());
            // Both fail only for a process that is gone.
            drop(self.process.kill());
            drop(self.process.wait());
        }
    }
}

fn pass_on(
    name: &str,
    pipe: Box<dyn Read + Send>,
    said: &Mutex<Said>,
    file: &Mutex<File>,
    wanted: &str,
) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        // A full disk must not stop the server, whose pipe has to be read.
        drop(writeln!(lock(file), "{text}"));
        say(&format!("{name:<12} | {text}"));
        let mut said = lock(said);
        if said.last.len() == LINES {
            said.last.pop_front();
        }
        said.last.push_back(text.to_owned());
        said.is_ready |= !wanted.is_empty() && text.contains(wanted);
    }
}

/// Nothing in there can be half done, so a panic of another thread is none of
/// the next one's business.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Server {
        Server {
            name: "fake",
            program: "sh".into(),
            arguments: vec!["-c".to_owned(), script.to_owned()],
            variables: std::collections::BTreeMap::default(),
            directory: ".".into(),
            ready: Ready::Said("ready"),
            ports: Vec::new(),
        }
    }

    fn until(child: &Child) {
        let start = Instant::now();
        while !child.has_said_it() {
            assert!(start.elapsed() < Duration::from_secs(20), "it was never ready");
            thread::sleep(GLANCE);
        }
    }

    #[test]
    fn what_it_says_is_logged_and_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("logs/fake.log");
        let script = "for i in $(seq 20); do echo line $i >&2; done; echo oh no >&2; exit 3";
        let mut child = Child::start(shell(script), &log).unwrap();
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.ended().unwrap() {
                break status;
            }
            assert!(start.elapsed() < Duration::from_secs(20));
            thread::sleep(GLANCE);
        };
        assert_eq!(status.code(), Some(3));
        let words = child.last_words();
        assert!(words.starts_with("it said last:\n") && words.contains("oh no"), "{words}");
        assert_eq!(words.lines().count(), LINES + 1);
        let log = fs::read_to_string(log).unwrap();
        assert_eq!(log.lines().count(), 21, "{log}");
    }

    #[test]
    fn it_is_asked_before_it_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let script = "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done";
        let child = Child::start(shell(script), &log).unwrap();
        until(&child);
        let identity = child.identity.clone();
        child.end(Duration::from_secs(20), &Interrupts::default()).unwrap();
        assert!(!identity.lives());
        let start = Instant::now();
        while !fs::read_to_string(&log).unwrap().contains("bye") {
            assert!(start.elapsed() < Duration::from_secs(20));
            thread::sleep(GLANCE);
        }
    }

    #[test]
    fn who_does_not_listen_is_ended_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let script = "trap '' TERM; sleep 60 & echo $!; echo ready; while :; do sleep 0.05; done";
        let child = Child::start(shell(script), &log).unwrap();
        until(&child);
        let text = fs::read_to_string(&log).unwrap();
        let grandchild = Identity::of(text.lines().next().unwrap().parse().unwrap()).unwrap();
        let identity = child.identity.clone();
        child.end(Duration::from_millis(300), &Interrupts::default()).unwrap();
        assert!(!identity.lives());
        assert!(grandchild.wait(Duration::from_secs(10)));
    }

    #[test]
    fn a_panic_ends_it() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let (send, receive) = std::sync::mpsc::channel();
        let outcome = thread::spawn(move || {
            let child = Child::start(shell("sleep 60"), &log).unwrap();
            send.send(child.identity.clone()).unwrap();
            panic!("on purpose, to see the child end");
        })
        .join();
        assert!(outcome.is_err());
        assert!(!receive.recv().unwrap().lives());
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let server = Server { program: "/nowhere/x".into(), ..shell("") };
        let error = Child::start(server, &folder.path().join("log")).unwrap_err().to_string();
        assert_eq!(error, "failed to start /nowhere/x");
    }
}
