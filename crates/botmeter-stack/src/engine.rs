//! What the stack can run with on this machine: Docker, Podman, or servers
//! without containers.

use std::{io, time::Duration};

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::command::{CommandLine, Outcome};

/// What the stack is to run with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Choice {
    /// The first that is there of the three below
    Auto,
    /// Docker with Compose 2
    Docker,
    /// Podman with Docker Compose behind `podman compose`
    Podman,
    /// Programs of this machine, without containers
    Native,
}

/// What the stack runs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Docker(Compose),
    Podman(Compose),
    Native,
}

/// The beginning of every command to Compose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Compose(pub(super) &'static [&'static str]);

/// What a question to an engine came to.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Probe {
    Ready(Compose),
    /// There is no such program.
    Absent,
    /// It is there and cannot be used, for this reason.
    Unusable(String),
    /// It took longer than it may; this was asked.
    Silent(String),
}

/// Finds out what to run with, and says on the way what is passed over. Each
/// question to an engine may take as long as `wait`.
///
/// # Errors
///
/// When what was chosen cannot be used, an engine does not answer, or there is
/// nothing at all; the message says what else there is.
pub(super) fn find(
    choice: Choice,
    wait: Duration,
    has_servers: impl FnOnce() -> Result<bool>,
    note: &mut dyn FnMut(&str),
) -> Result<Engine> {
    find_with(choice, wait, |engine| engine.probe(wait), has_servers, note)
}

/// The engines that run containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Docker,
    Podman,
}

fn find_with(
    choice: Choice,
    wait: Duration,
    mut probe: impl FnMut(Kind) -> Result<Probe>,
    has_servers: impl FnOnce() -> Result<bool>,
    note: &mut dyn FnMut(&str),
) -> Result<Engine> {
    let kinds: &[Kind] = match choice {
        Choice::Native => return Ok(Engine::Native),
        Choice::Docker => &[Kind::Docker],
        Choice::Podman => &[Kind::Podman],
        Choice::Auto => &[Kind::Docker, Kind::Podman],
    };
    let mut reasons = Vec::new();
    for kind in kinds {
        let name = kind.name();
        match probe(*kind)? {
            Probe::Ready(compose) => return Ok(kind.engine(compose)),
            Probe::Silent(question) => bail!(
                "{name} does not answer `{question}` within {wait:?}: restart {name}, or choose \
                 something else with --engine {}",
                kind.others()
            ),
            Probe::Absent => reasons.push(format!("{name} is not on PATH")),
            Probe::Unusable(reason) => {
                if choice == Choice::Auto {
                    note(&format!("{name} is passed over: {reason}"));
                }
                reasons.push(format!("{name}: {reason}"));
            }
        }
    }
    let reasons = reasons.join("; ");
    if choice != Choice::Auto {
        bail!("{reasons}; mend that, or choose something else with --engine {}", kinds[0].others());
    }
    if has_servers()? {
        return Ok(Engine::Native);
    }
    bail!(
        "there is nothing to run the stack with ({reasons}; there is no prometheus and jaeger on \
         this machine): install Docker or Podman, or put prometheus and jaeger on PATH, which `cargo \
         xtask servers prometheus jaeger` in a clone of botmeter builds with Go"
    )
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
        }
    }

    fn others(self) -> &'static str {
        match self {
            Self::Docker => "podman or --engine native",
            Self::Podman => "docker or --engine native",
        }
    }

    fn engine(self, compose: Compose) -> Engine {
        match self {
            Self::Docker => Engine::Docker(compose),
            Self::Podman => Engine::Podman(compose),
        }
    }

    /// Asks the engine itself, not its client alone, and then for its Compose.
    fn probe(self, wait: Duration) -> Result<Probe> {
        let (question, composes): (&[&str], &[Compose]) = match self {
            Self::Docker => (
                &["docker", "version", "--format", "{{.Server.Version}}"],
                &[Compose(&["docker", "compose"]), Compose(&["docker-compose"])],
            ),
            Self::Podman => (
                &["podman", "info", "--format", "{{.Version.Version}}"],
                &[Compose(&["podman", "compose"])],
            ),
        };
        let engine = CommandLine::new(question);
        match ask(&engine, wait)? {
            Answer::Said(outcome) if outcome.succeeded() => {}
            Answer::Said(outcome) => return Ok(Probe::Unusable(outcome.reason())),
            Answer::NoProgram => return Ok(Probe::Absent),
            Answer::Silence => return Ok(Probe::Silent(engine.to_string())),
        }
        let mut reason = String::new();
        for compose in composes {
            let question = CommandLine::new(compose.0).with(["version"]);
            match ask(&question, wait)? {
                Answer::Said(outcome) if outcome.succeeded() => {
                    let version = outcome.text();
                    match unfit(&version) {
                        None => return Ok(Probe::Ready(compose.clone())),
                        Some(why) => reason = why,
                    }
                }
                Answer::Said(outcome) if reason.is_empty() => {
                    reason = format!("`{question}` fails: {}", outcome.reason());
                }
                Answer::Said(_) | Answer::NoProgram => {}
                Answer::Silence => return Ok(Probe::Silent(question.to_string())),
            }
        }
        Ok(Probe::Unusable(format!("{reason} (Docker Compose 2 or newer is needed)")))
    }
}

/// Why this Compose will not do, from what it says of its version.
fn unfit(said: &str) -> Option<String> {
    if said.contains("podman-compose") {
        return Some(
            "podman-compose does not know all of what compose.yaml says; set \
             PODMAN_COMPOSE_PROVIDER to docker-compose"
                .to_owned(),
        );
    }
    let number = said
        .split_whitespace()
        .map(|word| word.trim_start_matches('v').trim_end_matches(','))
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .unwrap_or_default();
    let major: u32 = number.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0);
    (major < 2).then(|| format!("its Compose says of its version {said:?}"))
}

enum Answer {
    Said(Outcome),
    NoProgram,
    Silence,
}

fn ask(question: &CommandLine, wait: Duration) -> Result<Answer> {
    match question.capture(wait) {
        Ok(Some(outcome)) => Ok(Answer::Said(outcome)),
        Ok(None) => Ok(Answer::Silence),
        Err(error) => {
            let cause = error.root_cause().downcast_ref::<io::Error>().map(io::Error::kind);
            match cause {
                Some(io::ErrorKind::NotFound) => Ok(Answer::NoProgram),
                _ => Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests;
