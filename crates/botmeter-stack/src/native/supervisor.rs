//! The process in the foreground: starts the servers, watches them, and leaves
//! nothing behind.

use std::{
    collections::BTreeSet,
    fs, thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use super::{
    END,
    child::Child,
    end_leftovers,
    folder::{Folder, Taken},
    found::Programs,
    plan, ports,
    server::{Ready, Server},
    state::{self, ServerState, State},
};
use crate::{
    place::Place,
    process::Identity,
    report::{say, urls},
    settings::Settings,
    signals::Interrupts,
};

/// How often the servers are looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// How long a page may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// Runs the stack in a place that was taken until somebody wants its end. Rules
/// and dashboards are drawn once it is clear that nobody else has the ports: a
/// stack that runs elsewhere may read the same.
///
/// # Errors
///
/// When it cannot be started, or a server ends by itself; everything that was
/// begun has ended then.
pub(crate) fn up(
    place: &Place,
    settings: &Settings,
    asked: &[String],
    wait: Duration,
    taken: Taken,
    draw: impl FnOnce() -> Result<Vec<String>>,
) -> Result<()> {
    let folder = Folder::new(&place.run);
    bury_predecessor(&folder)?;
    let profiles = settings.profiles(asked);
    let programs = Programs::find(place, &profiles)?;
    let servers = plan::servers(place, settings, &programs)?;
    ports::are_free(&servers, settings.bind())?;
    draw()?;
    keep_old_logs(&folder)?;
    let interrupts = Interrupts::listen()?;
    plan::lay_out(place, settings, &profiles, &servers)?;
    let has_grafana = programs.grafana.is_some();
    let mut supervisor = Supervisor { folder, profiles, wait, interrupts, children: Vec::new() };
    let outcome = supervisor.start(servers).and_then(|()| {
        say("");
        say(&urls(settings, &supervisor.profiles, has_grafana));
        if !has_grafana {
            say(
                "dashboards are not shown: there is no Grafana on this machine; `botmeter watch` shows \
                 them without it",
            );
        }
        say("\nthe stack runs; Ctrl-C ends it");
        supervisor.watch()
    });
    say("ending the servers");
    let ended = supervisor.end();
    state::remove(&supervisor.folder)?;
    drop(taken);
    outcome.and(ended)?;
    say("the stack has ended; its data are kept");
    Ok(())
}

/// Ends what is left of a stack whose process was killed.
fn bury_predecessor(folder: &Folder) -> Result<()> {
    let Some(state) = State::read(folder)? else { return Ok(()) };
    let left = end_leftovers(&state).context("failed to end an earlier stack")?;
    if left > 0 {
        say(&format!("ended {left} servers of an earlier stack that had lost its watch"));
    }
    state::remove(folder)
}

/// The logs of the stack before this one have another name.
fn keep_old_logs(folder: &Folder) -> Result<()> {
    let log = folder.log("x");
    let Some(folder) = log.parent().filter(|folder| folder.exists()) else { return Ok(()) };
    let failed = || format!("failed to put aside the logs in {}", folder.display());
    for entry in fs::read_dir(folder).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        if path.extension().is_some_and(|ending| ending == "log") {
            fs::rename(&path, path.with_extension("previous")).with_context(failed)?;
        }
    }
    Ok(())
}

/// The servers, which this process alone starts.
#[derive(Debug)]
struct Supervisor {
    folder: Folder,
    profiles: BTreeSet<String>,
    wait: Duration,
    interrupts: Interrupts,
    /// In the order of their start. They end with this value at the latest.
    children: Vec<Child>,
}

impl Supervisor {
    /// Starts them and waits until all are ready.
    fn start(&mut self, servers: Vec<Server>) -> Result<()> {
        for server in servers {
            self.interrupts.check()?;
            let log = self.folder.log(server.name);
            self.children.push(Child::start(server, &log)?);
            // At once, so that whoever comes after a crash finds it.
            self.tell(false)?;
        }
        self.are_ready()?;
        self.tell(true)
    }

    /// Looks after them until somebody wants their end.
    fn watch(&mut self) -> Result<()> {
        while self.interrupts.count() == 0 {
            self.are_alive()?;
            thread::sleep(GLANCE);
        }
        Ok(())
    }

    fn are_ready(&mut self) -> Result<()> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().proxy(None).timeout_global(Some(ANSWER)).build().into();
        let start = Instant::now();
        let mut waiting: Vec<&'static str> =
            self.children.iter().map(|child| child.server.name).collect();
        loop {
            self.interrupts.check()?;
            self.are_alive()?;
            waiting.retain(|name| {
                let child = self.children.iter().find(|child| child.server.name == *name);
                !child.is_some_and(|child| is_ready(child, &agent))
            });
            let Some(name) = waiting.first() else { return Ok(()) };
            if start.elapsed() >= self.wait {
                let child = self.children.iter().find(|child| child.server.name == *name);
                let words = child.map(Child::last_words).unwrap_or_default();
                bail!("{name} is not ready within {:?}; {words}", self.wait);
            }
            thread::sleep(GLANCE);
        }
    }

    /// An error as soon as one of them has ended by itself.
    fn are_alive(&mut self) -> Result<()> {
        for child in &mut self.children {
            if let Some(status) = child.ended()? {
                let name = child.server.name;
                bail!("{name} ended by itself ({status}); {}", child.last_words());
            }
        }
        Ok(())
    }

    /// Ends them, the last one first, so that whoever sends something can still
    /// do so.
    fn end(&mut self) -> Result<()> {
        let mut outcome = Ok(());
        for child in std::mem::take(&mut self.children).into_iter().rev() {
            outcome = outcome.and(child.end(END, &self.interrupts));
        }
        outcome
    }

    fn tell(&self, has_started: bool) -> Result<()> {
        let servers = self.children.iter().map(|child| ServerState {
            name: child.server.name.to_owned(),
            process: child.identity.clone(),
            ready: child.server.page(),
        });
        let state = State {
            supervisor: Identity::own()?,
            has_started,
            servers: servers.collect(),
            profiles: self.profiles.iter().cloned().collect(),
        };
        state.write(&self.folder)
    }
}

fn is_ready(child: &Child, agent: &ureq::Agent) -> bool {
    match &child.server.ready {
        Ready::Page(url) => agent.get(url).call().is_ok(),
        Ready::Said(_) => child.has_said_it(),
    }
}
