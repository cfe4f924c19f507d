//! Processes that other runs of this program have started: is this still the
//! one, and how is it ended.

use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// How often a process is looked at while somebody waits for its end.
const GLANCE: Duration = Duration::from_millis(20);

/// A process by its number and its start, because numbers are used again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    pub(super) pid: u32,
    started: String,
}

impl Identity {
    /// The process that has this number now, if there is one.
    pub(super) fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, started: start_of(pid)? })
    }

    /// This process.
    pub(super) fn own() -> Result<Self> {
        Self::of(std::process::id()).context("failed to find out when this process started")
    }

    /// Whether the very same process is still there.
    pub(super) fn lives(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    /// Asks it to end.
    pub(super) fn terminate(&self) -> Result<()> {
        self.signal(Ending::Asked)
    }

    /// Ends it, with all that it started.
    pub(super) fn kill(&self) -> Result<()> {
        self.signal(Ending::Forced)
    }

    fn signal(&self, ending: Ending) -> Result<()> {
        if !self.lives() {
            return Ok(());
        }
        send(self.pid, ending).with_context(|| format!("failed to end the process {}", self.pid))
    }

    /// Waits for its end, at most this long; whether it has ended.
    pub(super) fn wait(&self, most: Duration) -> bool {
        let start = Instant::now();
        while self.lives() {
            if start.elapsed() >= most {
                return false;
            }
            thread::sleep(GLANCE);
        }
        true
    }

    /// Asks it to end, and ends it if it has not done so in time.
    pub(super) fn end(&self, most: Duration) -> Result<()> {
        self.terminate()?;
        if self.wait(most) {
            return Ok(());
        }
        self.kill()?;
        if self.wait(most) {
            return Ok(());
        }
        bail!("the process {} cannot be ended", self.pid)
    }
}

/// How a process is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It may clean up.
    Asked,
    /// It may do nothing more.
    Forced,
}

/// Sends the signal; a process that is gone is what was wanted.
#[cfg(unix)]
pub(super) fn send(pid: u32, ending: Ending) -> Result<()> {
    use rustix::{
        io::Errno,
        process::{Pid, Signal, kill_process},
    };

    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.context("its number is none of a process")?;
    let signal = match ending {
        Ending::Asked => Signal::TERM,
        Ending::Forced => Signal::KILL,
    };
    match kill_process(pid, signal) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
pub(super) fn send(pid: u32, _: Ending) -> Result<()> {
    let status = Command::new("taskkill").args(["/T", "/F", "/PID", &pid.to_string()]).status()?;
    anyhow::ensure!(status.success(), "taskkill ended with {status}");
    Ok(())
}

/// When a process started, in words that no later process of that number can
/// have; `None` if there is none, or it has ended and is only not yet buried.
fn start_of(pid: u32) -> Option<String> {
    if fs::exists("/proc/self/stat").unwrap_or(false) {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything, also parentheses.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let state = fields.next()?;
        if matches!(state, "Z" | "X") {
            return None;
        }
        let ticks = fields.nth(18)?;
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        return Some(format!("{}+{ticks}", boot.trim()));
    }
    let output = Command::new("ps").args(["-o", "stat=,lstart=", "-p", &pid.to_string()]).output();
    let text = String::from_utf8_lossy(&output.ok()?.stdout).trim().to_owned();
    let (state, start) = text.split_once(char::is_whitespace)?;
    (!state.starts_with('Z')).then(|| start.trim().to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_by_its_start_and_ends_when_asked() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let process = Identity::of(child.id()).unwrap();
        assert!(process.lives());
        let other = Identity { started: "another start".to_owned(), pid: process.pid };
        assert!(!other.lives());
        other.end(Duration::ZERO).unwrap();
        assert!(process.lives(), "another process was ended in its place");
        process.end(Duration::from_secs(10)).unwrap();
        assert!(!process.lives());
        child.wait().unwrap();
    }

    #[test]
    fn a_process_that_does_not_listen_is_ended_all_the_same() {
        let mut child = Command::new("sh")
            .args(["-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0; 5];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut ready).unwrap();
        let process = Identity::of(child.id()).unwrap();
        process.end(Duration::from_millis(300)).unwrap();
        assert!(!process.lives());
        child.wait().unwrap();
    }

    #[test]
    fn this_process_lives() {
        assert!(Identity::own().unwrap().lives());
    }
}
