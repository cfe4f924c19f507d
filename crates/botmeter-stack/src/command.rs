//! Commands as plain data: what is run can be printed, compared and tested
//! before anything runs.

use std::{
    fmt,
    io::{self, Read, Write},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::{
    process::{Ending, send},
    signals::Interrupts,
};

/// How often a running command is looked at.
const GLANCE: Duration = Duration::from_millis(10);

/// How long a command that may have heard Ctrl-C itself is left alone: a second
/// signal would make Compose drop everything.
const POLITENESS: Duration = Duration::from_secs(3);

/// A program with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CommandLine {
    program: String,
    arguments: Vec<String>,
    variables: Vec<(&'static str, &'static str)>,
}

/// How a command ended, and what it said.
#[derive(Debug)]
pub(super) struct Outcome {
    status: ExitStatus,
    pub(super) output: Vec<u8>,
    errors: String,
}

impl Outcome {
    pub(super) fn succeeded(&self) -> bool {
        self.status.success()
    }

    /// What it wrote to its output, trimmed.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).trim().to_owned()
    }

    /// Whether it said this, to whichever stream.
    pub(super) fn mentions(&self, words: &str) -> bool {
        self.text().contains(words) || self.errors.contains(words)
    }

    /// Why it failed, in its own last words.
    pub(super) fn reason(&self) -> String {
        let said = if self.errors.is_empty() { self.text() } else { self.errors.clone() };
        match said.lines().rfind(|line| !line.trim().is_empty()) {
            Some(line) => line.trim().to_owned(),
            None => format!("it ended with {} and said nothing", self.status),
        }
    }
}

impl CommandLine {
    pub(super) fn new<W: AsRef<str>>(words: impl IntoIterator<Item = W>) -> Self {
        let mut words = words.into_iter().map(|word| word.as_ref().to_owned());
        Self {
            program: words.next().unwrap_or_default(),
            arguments: words.collect(),
            variables: Vec::new(),
        }
    }

    /// Sets a variable for this command alone.
    pub(super) fn set(mut self, name: &'static str, value: &'static str) -> Self {
        self.variables.push((name, value));
        self
    }

    pub(super) fn with<W: AsRef<str>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.arguments.extend(words.into_iter().map(|word| word.as_ref().to_owned()));
        self
    }

    /// Runs it to its end and keeps what it says; `None` if it takes longer
    /// than this, and has been ended for it.
    pub(super) fn capture(&self, most: Duration) -> Result<Option<Outcome>> {
        capture(self.command(), most).with_context(|| self.failed())
    }

    /// Runs it in the terminal of this process, whose Ctrl-C it hears itself;
    /// another wish for an end is passed on.
    pub(super) fn run(&self, interrupts: &Interrupts) -> Result<()> {
        let mut command = self.command();
        let mut child = self.start(command.stdin(Stdio::null()))?;
        let before = interrupts.count();
        let mut asked = None;
        loop {
            if let Some(status) = child.try_wait().with_context(|| self.failed())? {
                return self.judge(status);
            }
            if interrupts.count() > before {
                let since: &Instant = asked.get_or_insert_with(Instant::now);
                if since.elapsed() >= POLITENESS {
                    send(child.id(), Ending::Asked)?;
                    asked = Some(Instant::now());
                }
            }
            thread::sleep(GLANCE);
        }
    }

    /// Runs it with this as its input.
    pub(super) fn feed(&self, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
        let mut command = self.command();
        let mut running = Running(self.start(command.stdin(Stdio::piped()))?);
        let mut input = running.0.stdin.take().with_context(|| self.failed())?;
        let written = write(&mut input);
        drop(input);
        if let Err(error) = written {
            // A pipe that broke is told of by the command itself, if it failed.
            let broke = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
            if !broke.into_iter().any(|error| error.kind() == io::ErrorKind::BrokenPipe) {
                return Err(error);
            }
        }
        let status = running.0.wait().with_context(|| self.failed())?;
        self.judge(status)
    }

    /// Runs it and gives its output to somebody who reads all of it.
    pub(super) fn drink(&self, read: impl FnOnce(&mut dyn Read) -> Result<()>) -> Result<()> {
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut running = Running(self.start(&mut command)?);
        let mut output = running.0.stdout.take().with_context(|| self.failed())?;
        let was_read = read(&mut output);
        if was_read.is_ok() {
            io::copy(&mut output, &mut io::sink()).with_context(|| self.failed())?;
        }
        drop(output);
        let status = running.0.wait().with_context(|| self.failed())?;
        // Half an output is what a failed command leaves, so that comes first.
        self.judge(status)?;
        was_read
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        bail!("`{self}` ended with {status}; its own words are above")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.variables.iter().copied());
        command
    }

    fn start(&self, command: &mut Command) -> Result<Child> {
        command.spawn().with_context(|| self.failed())
    }

    fn failed(&self) -> String {
        format!("failed to run `{self}`")
    }
}

/// The same for a command that is not plain data.
///
/// # Errors
///
/// When it cannot be started.
pub(super) fn capture(mut command: Command, most: Duration) -> io::Result<Option<Outcome>> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    own_group(&mut command);
    let mut running = Running(command.spawn()?);
    let output = reader(running.0.stdout.take());
    let errors = reader(running.0.stderr.take());
    let start = Instant::now();
    // The pipes are waited for as well: a child of the command may hold them
    // when it has ended itself.
    loop {
        if let Some(status) = running.0.try_wait()?
            && output.is_finished()
            && errors.is_finished()
        {
            let output = output.join().unwrap_or_default();
            let errors = errors.join().unwrap_or_default();
            let errors = String::from_utf8_lossy(&errors).trim().to_owned();
            return Ok(Some(Outcome { status, output, errors }));
        }
        if start.elapsed() >= most {
            return Ok(None);
        }
        thread::sleep(GLANCE);
    }
}

/// As a person would type it.
impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.variables {
            write!(f, "{name}={value} ")?;
        }
        f.write_str(&self.program)?;
        for argument in &self.arguments {
            // A script is known by how it begins.
            let (argument, rest) = match argument.split_once('\n') {
                Some((first, _)) => (first, " …"),
                None => (argument.as_str(), ""),
            };
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+%".contains(c);
            if !argument.is_empty() && rest.is_empty() && argument.chars().all(plain) {
                write!(f, " {argument}")?;
            } else {
                write!(f, " '{}{rest}'", argument.replace('\'', "'\\''"))?;
            }
        }
        Ok(())
    }
}

/// A command that does not outlive the interest in it, nor do its children if
/// it has a group of its own.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        end_group(self.0.id());
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A group of its own, so that it can be ended with all its children.
#[cfg(unix)]
pub(super) fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    command.process_group(0);
}

#[cfg(not(unix))]
pub(super) fn own_group(_: &mut Command) {}

/// Ends what is left of a group; without one of this number, nobody.
#[cfg(unix)]
pub(super) fn end_group(leader: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};

    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        // It fails where there is nobody left, which is what is wanted.
        kill_process_group(pid, Signal::KILL).ok();
    }
}

#[cfg(not(unix))]
pub(super) fn end_group(leader: u32) {
    drop(send(leader, Ending::Forced));
}

fn reader(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before an error is still worth something.
            drop(pipe.read_to_end(&mut text));
        }
        text
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> CommandLine {
        CommandLine::new(["sh", "-c", script])
    }

    #[test]
    fn what_is_said_is_kept() {
        let outcome = shell("echo out; echo err >&2").capture(Duration::from_mins(1)).unwrap();
        let outcome = outcome.unwrap();
        assert!(outcome.succeeded());
        assert_eq!((outcome.text().as_str(), outcome.reason().as_str()), ("out", "err"));
        let outcome = shell("exit 3").capture(Duration::from_mins(1)).unwrap().unwrap();
        assert_eq!(outcome.reason(), "it ended with exit status: 3 and said nothing");
    }

    #[test]
    fn who_is_too_slow_is_ended_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let script = format!("sleep 60 & echo $! > '{}'; wait", file.display());
        let start = Instant::now();
        assert!(shell(&script).capture(Duration::from_secs(1)).unwrap().is_none());
        assert!(start.elapsed() < Duration::from_secs(20));
        let pid: u32 = std::fs::read_to_string(file).unwrap().trim().parse().unwrap();
        let child = crate::process::Identity::of(pid);
        assert!(child.is_none_or(|child| child.wait(Duration::from_secs(10))));
    }

    #[test]
    fn a_failure_names_the_command() {
        let error = shell("exit 4").run(&Interrupts::default()).unwrap_err().to_string();
        assert_eq!(error, "`sh -c 'exit 4'` ended with exit status: 4; its own words are above");
        let error = shell("exit 4\nmore").run(&Interrupts::default()).unwrap_err().to_string();
        assert!(error.starts_with("`sh -c 'exit 4 …'` ended with "), "{error}");
        let error = CommandLine::new(["no-such-program", "up"])
            .run(&Interrupts::default())
            .unwrap_err()
            .to_string();
        assert_eq!(error, "failed to run `no-such-program up`");
    }

    #[test]
    fn input_and_output_are_passed_on() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        let line = shell(&format!("cat > '{}'", file.display()));
        line.feed(|input| Ok(input.write_all(b"data")?)).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "data");

        let mut seen = String::new();
        let line = shell("printf abc");
        line.drink(|output| Ok(output.read_to_string(&mut seen).map(drop)?)).unwrap();
        assert_eq!(seen, "abc");
        let error = shell("printf abc; exit 5").drink(|_| Ok(())).unwrap_err().to_string();
        assert!(error.contains("ended with exit status: 5"), "{error}");
        let error = shell("exit 6").feed(|input| {
            // More than a pipe holds, so that the write sees it break.
            Ok(input.write_all(&vec![0; 1 << 20])?)
        });
        assert!(error.unwrap_err().to_string().contains("ended with exit status: 6"));
    }
}
