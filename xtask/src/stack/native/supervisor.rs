//! The process in the foreground: starts the servers, watches them, does what
//! is asked of it, and leaves nothing behind.

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
    folder::Folder,
    plan::{self, Programs},
    ports,
    request::{self, Action, Request},
    server::{Ready, Server},
    state::{self, Answer, Phase, ServerState, State},
};
use crate::stack::{
    env_file::Variables,
    place::Place,
    process::Identity,
    report::{say, urls},
    settings::Settings,
    signals::{Interrupted, Interrupts},
};

/// How often the servers are looked at.
const GLANCE: Duration = Duration::from_millis(100);

/// How long a page may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// What is to run, as read from `.env` and found on this machine.
#[derive(Clone, Debug)]
struct Plan {
    settings: Settings,
    profiles: BTreeSet<String>,
    servers: Vec<Server>,
}

/// The stack, of which this process is the only one that starts servers.
#[derive(Debug)]
pub(super) struct Supervisor<'a> {
    place: &'a Place,
    folder: Folder,
    variables: Variables,
    asked: &'a [String],
    wait: Duration,
    /// In the order of their start. They end with this value at the latest.
    children: Vec<Child>,
    answer: Option<Answer>,
}

impl<'a> Supervisor<'a> {
    /// A stack that does not run yet.
    pub(super) fn new(
        place: &'a Place,
        variables: Variables,
        asked: &'a [String],
        wait: Duration,
    ) -> Self {
        let folder = Folder::new(&place.run);
        Self { place, folder, variables, asked, wait, children: Vec::new(), answer: None }
    }

    /// Runs it until somebody wants its end.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or a server ends by itself; everything that
    /// was begun has ended then.
    pub(super) fn run(mut self) -> Result<()> {
        let taken = self.folder.take()?;
        self.bury_predecessor()?;
        let plan = self.plan()?;
        ports::are_free(&plan.servers, plan.settings.bind())?;
        self.keep_old_logs()?;
        let interrupts = Interrupts::listen()?;
        let outcome = self.work(plan, &interrupts);
        say("ending the servers");
        let ended = self.end_all(&interrupts);
        state::remove(&self.folder)?;
        drop(taken);
        outcome.and(ended)?;
        say("the stack has ended; its data are kept");
        Ok(())
    }

    fn work(&mut self, mut plan: Plan, interrupts: &Interrupts) -> Result<()> {
        self.start(&plan, interrupts)?;
        say("");
        let has_grafana = plan.servers.iter().any(|server| server.name == "grafana");
        say(&urls(&plan.settings, &plan.profiles, has_grafana));
        if !has_grafana {
            say("dashboards are not shown: there is no Grafana on this machine");
        }
        say("\nthe stack runs; Ctrl-C ends it");
        loop {
            if interrupts.count() > 0 {
                return Ok(());
            }
            self.are_alive()?;
            if let Some(request) = Request::take(&self.folder)? {
                match self.serve(&request, &mut plan, interrupts) {
                    Err(error) if error.is::<Interrupted>() => return Ok(()),
                    served => served?,
                }
            }
            thread::sleep(GLANCE);
        }
    }

    /// Reads anew what is to run.
    fn plan(&self) -> Result<Plan> {
        let settings = Settings::read(&self.place.env_file, &self.variables)?;
        let profiles = settings.profiles(self.asked);
        let programs = Programs::find(&profiles)?;
        let servers = plan::servers(self.place, &settings, &programs)?;
        Ok(Plan { settings, profiles, servers })
    }

    /// Starts what is planned and does not run, and waits until all are ready.
    fn start(&mut self, plan: &Plan, interrupts: &Interrupts) -> Result<()> {
        plan::lay_out(self.place, &plan.settings, &plan.profiles, &plan.servers)?;
        for server in &plan.servers {
            if self.children.iter().any(|child| child.server.name == server.name) {
                continue;
            }
            interrupts.check()?;
            let child = Child::start(server.clone(), &self.folder.log(server.name))?;
            self.children.push(child);
            // At once, so that whoever comes after a crash finds it.
            self.tell(Phase::Starting, plan)?;
        }
        // One that was started anew has its old place, from which it ends after
        // those that need it.
        self.children.sort_by_key(|child| {
            plan.servers.iter().position(|server| server.name == child.server.name)
        });
        self.are_ready(interrupts)?;
        self.tell(Phase::Running, plan)
    }

    fn are_ready(&mut self, interrupts: &Interrupts) -> Result<()> {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().proxy(None).timeout_global(Some(ANSWER)).build().into();
        let start = Instant::now();
        let mut waiting: Vec<&'static str> =
            self.children.iter().map(|child| child.server.name).collect();
        loop {
            interrupts.check()?;
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

    /// Does what somebody asks. What makes no sense is answered with an error
    /// and changes nothing.
    fn serve(&mut self, request: &Request, plan: &mut Plan, interrupts: &Interrupts) -> Result<()> {
        let done = |error: Option<String>| Some(Answer { id: request.id.clone(), error });
        match &request.action {
            Action::Restart(names) => match self.checked(names) {
                Ok(next) => {
                    say("restarting");
                    *plan = next;
                    self.end(
                        |name| names.is_empty() || names.iter().any(|n| n == name),
                        interrupts,
                    )?;
                    if let Err(error) = self.start(plan, interrupts) {
                        self.answer = done(Some(format!("{error:#}; the stack has ended")));
                        self.tell(Phase::Ending, plan)?;
                        return Err(error);
                    }
                    self.answer = done(None);
                    self.tell(Phase::Running, plan)
                }
                Err(error) => {
                    self.answer = done(Some(format!("{error:#}; nothing was restarted")));
                    self.tell(Phase::Running, plan)
                }
            },
            Action::Pause => {
                say("paused for a backup or restore");
                self.end(|_| true, interrupts)?;
                self.answer = done(None);
                self.tell(Phase::Paused, plan)?;
                request::wait_for_release(&self.folder, interrupts)?;
                say("starting again");
                self.start(plan, interrupts)
            }
        }
    }

    /// What would run after a restart, if that makes sense.
    fn checked(&self, names: &[String]) -> Result<Plan> {
        let next = self.plan()?;
        let running: Vec<&str> = self.children.iter().map(|child| child.server.name).collect();
        for name in names {
            let is_planned = next.servers.iter().any(|server| server.name == name);
            if !running.contains(&name.as_str()) || !is_planned {
                bail!("{name:?} is not running; running are {}", running.join(", "));
            }
        }
        // Ports that are ours now will be free by then.
        let ours: BTreeSet<u16> = self
            .children
            .iter()
            .flat_map(|child| &child.server.ports)
            .map(|(_, port)| *port)
            .collect();
        let mut strange = next.servers.clone();
        for server in &mut strange {
            server.ports.retain(|(_, port)| !ours.contains(port));
        }
        ports::are_free(&strange, next.settings.bind())?;
        Ok(next)
    }

    /// Ends those that are meant, the last one first, so that whoever sends
    /// something can still do so.
    fn end(&mut self, is_meant: impl Fn(&str) -> bool, interrupts: &Interrupts) -> Result<()> {
        let (meant, kept) = std::mem::take(&mut self.children)
            .into_iter()
            .partition::<Vec<Child>, _>(|child| is_meant(child.server.name));
        self.children = kept;
        let mut outcome = Ok(());
        for child in meant.into_iter().rev() {
            outcome = outcome.and(child.end(END, interrupts));
        }
        outcome
    }

    fn end_all(&mut self, interrupts: &Interrupts) -> Result<()> {
        self.end(|_| true, interrupts)
    }

    fn tell(&self, phase: Phase, plan: &Plan) -> Result<()> {
        let servers = self.children.iter().map(|child| ServerState {
            name: child.server.name.to_owned(),
            process: child.identity.clone(),
            ready: child.server.page(),
        });
        let state = State {
            supervisor: Identity::own()?,
            phase,
            servers: servers.collect(),
            profiles: plan.profiles.iter().cloned().collect(),
            answer: self.answer.clone(),
        };
        state.write(&self.folder)
    }

    /// Ends what is left of a stack whose process was killed.
    fn bury_predecessor(&self) -> Result<()> {
        let Some(state) = State::read(&self.folder)? else { return Ok(()) };
        let left = end_leftovers(&state).context("failed to end an earlier stack")?;
        if left > 0 {
            say(&format!("ended {left} servers of an earlier stack that had lost its watch"));
        }
        state::remove(&self.folder)
    }

    /// The logs of the stack before this one have another name.
    fn keep_old_logs(&self) -> Result<()> {
        let log = self.folder.log("x");
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
}

fn is_ready(child: &Child, agent: &ureq::Agent) -> bool {
    match &child.server.ready {
        Ready::Page(url) => agent.get(url).call().is_ok(),
        Ready::Said(_) => child.has_said_it(),
    }
}
