//! The stack in containers: every command as Compose gets it.

mod data;
mod services;

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use anyhow::{Context, Error, Result, bail, ensure};

use super::{
    command::CommandLine,
    configure::{self, View, only_push_reaches},
    engine::{Compose, Engine},
    place::Place,
    report::{push_line, say, urls},
    ring::{self, FLEET},
    settings::{EDITOR, PASSWORD, PROFILES, QUERY_PORT, ROLE, Settings},
    signals::Interrupts,
};
pub(super) use data::{backup, restore};
use services::{Service, profiles_of, readers, running};

/// How long a question that Compose answers at once may take.
const ANSWER: Duration = Duration::from_mins(1);

/// The name of the project, which the names of volumes begin with; that of
/// compose.yaml, said aloud so that no variable changes it.
const PROJECT: &str = "botmeter";

/// The stack in the hands of an engine.
#[derive(Debug)]
pub(super) struct Containers {
    pub(super) compose: Compose,
    pub(super) view: View,
    pub(super) place: Place,
    pub(super) settings: Settings,
}

impl Containers {
    /// The engine's, unless it is none for containers.
    pub(super) fn of(engine: &Engine, place: &Place, settings: Settings) -> Option<Self> {
        let (compose, view) = match engine {
            Engine::Docker(compose) => (compose.clone(), View::Docker),
            Engine::Podman(compose) => (compose.clone(), View::Podman),
            Engine::Native => return None,
        };
        Some(Self { compose, view, place: place.clone(), settings })
    }

    /// Starts what is not running and waits until it is healthy; what runs and
    /// has read one of the files that were renewed is started anew. A fleet that
    /// was not asked for ends.
    pub(super) fn up(
        &self,
        asked: &[String],
        renewed: &[String],
        wait: Duration,
        interrupts: &Interrupts,
    ) -> Result<()> {
        self.settings.ready_for_grafana(&self.place.env_file)?;
        let profiles = self.settings.profiles(asked);
        if profiles.contains(FLEET) {
            ensure!(
                self.fleet_file().is_file(),
                "there is no {}: this configuration is of an earlier botmeter; choose another \
                 folder with --folder, or copy what it lacks from a clone",
                self.fleet_file().display()
            );
            ring::read(&self.place.compose)?;
            self.settings.ports_differ(&[QUERY_PORT])?;
        }
        self.configure(&profiles)?;
        let is_left = |it: &Service| !profiles.contains(FLEET) && it.profile() == Some(FLEET);
        let (left, there): (Vec<_>, Vec<_>) = self.services()?.into_iter().partition(is_left);
        let before = running(there);
        let is_stale =
            |name: &&String| renewed.iter().any(|file| readers(file).contains(&name.as_str()));
        let stale: Vec<String> = before.iter().filter(is_stale).cloned().collect();
        self.end_fleet(&left, interrupts)
            .and_then(|()| self.start(&profiles, &before, wait, interrupts))
            .and_then(|()| self.start_anew(&profiles, &stale, wait, interrupts))
            .map_err(|error| left_stale(error, &stale))?;
        say(&urls(&self.settings, &profiles, true));
        if only_push_reaches(&self.settings, self.view) {
            say(&push_line(&self.settings));
        }
        Ok(())
    }

    /// Ends what there is of a fleet, running or not: Compose is not told of it
    /// any more, and whoever found it would have Prometheus hand on to it.
    fn end_fleet(&self, fleet: &[Service], interrupts: &Interrupts) -> Result<()> {
        if fleet.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = fleet.iter().map(|service| service.name.as_str()).collect();
        let list = names.join(" ");
        say(&format!("ending the fleet, which was not asked for; its data are kept: {list}"));
        let line = self.line(PROFILES).with(["rm", "--stop", "--force"]).with(&names);
        let ended = line.run(interrupts);
        interrupts.check()?;
        ended.context("the fleet did not end; `botmeter stack down` ends everything")
    }

    /// Starts what is not running and waits until all is healthy; whoever calls
    /// that off ends what was begun beside this.
    fn start(
        &self,
        profiles: &BTreeSet<String>,
        before: &[String],
        wait: Duration,
        interrupts: &Interrupts,
    ) -> Result<()> {
        let started = self.up_line(profiles, wait).run(interrupts);
        if interrupts.count() > 0 {
            let begun: Vec<String> =
                self.running()?.into_iter().filter(|name| !before.contains(name)).collect();
            if !begun.is_empty() {
                say("interrupted: ending what was begun");
                self.stop_line(&begun).run(interrupts)?;
            }
        }
        interrupts.check()?;
        started.context("the stack did not get healthy; `botmeter stack logs` says why")
    }

    /// Starts these anew, if there are any.
    fn start_anew(
        &self,
        profiles: &BTreeSet<String>,
        names: &[String],
        wait: Duration,
        interrupts: &Interrupts,
    ) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let list = names.join(" ");
        say(&format!("starting anew, because files that it has read were renewed: {list}"));
        self.restart_line(profiles, names, wait).run(interrupts)?;
        interrupts.check()
    }

    /// Writes Prometheus' targets for what these profiles run.
    pub(super) fn configure(&self, profiles: &BTreeSet<String>) -> Result<()> {
        let files = configure::targets(&self.settings, profiles, self.view)?;
        for path in configure::write(&files, &self.place.compose.join("prometheus"))? {
            say(&format!("wrote {}", path.display()));
        }
        Ok(())
    }

    /// Ends everything and keeps the data.
    pub(super) fn down(&self) -> Result<()> {
        self.down_line(false).run(&Interrupts::default())
    }

    /// Ends everything and removes the data.
    pub(super) fn reset(&self) -> Result<()> {
        self.down_line(true).run(&Interrupts::default())
    }

    /// Starts what is running anew, with what `.env` says by now.
    pub(super) fn restart(&self, names: &[String], wait: Duration) -> Result<()> {
        self.settings.ready_for_grafana(&self.place.env_file)?;
        let running = self.running()?;
        ensure!(!running.is_empty(), "the stack is not running: start it with `botmeter stack up`");
        if let Some(name) = names.iter().find(|name| !running.contains(name)) {
            bail!("{name:?} is not running; running are {}", running.join(", "));
        }
        let profiles = profiles_of(&running);
        self.configure(&profiles)?;
        let names = if names.is_empty() { &running } else { names };
        self.restart_line(&profiles, names, wait).run(&Interrupts::default())
    }

    /// Prints a line for each service; whether all is well.
    pub(super) fn status(&self) -> Result<bool> {
        let services = self.services()?;
        if services.is_empty() {
            say("the stack is not running");
            return Ok(false);
        }
        for service in &services {
            say(&service.to_string());
        }
        let names: Vec<String> = services.iter().map(|service| service.name.clone()).collect();
        say(&urls(&self.settings, &profiles_of(&names), true));
        Ok(services.iter().all(Service::is_well))
    }

    /// Prints what the services have logged.
    pub(super) fn logs(&self, names: &[String], tail: Option<usize>, follow: bool) -> Result<()> {
        self.logs_line(names, tail, follow).run(&Interrupts::default())
    }

    fn services(&self) -> Result<Vec<Service>> {
        let line = self.line(PROFILES).with(["ps", "--all", "--format", "json"]);
        let Some(outcome) = line.capture(ANSWER)? else {
            bail!("`{line}` does not answer within {ANSWER:?}");
        };
        ensure!(outcome.succeeded(), "`{line}` failed: {}", outcome.reason());
        Service::read(&outcome.text()).with_context(|| format!("failed to read what `{line}` said"))
    }

    fn running(&self) -> Result<Vec<String>> {
        self.services().map(running)
    }

    /// The beginning of each command, with the profiles that it may touch.
    fn line<P: AsRef<str>>(&self, profiles: impl IntoIterator<Item = P>) -> CommandLine {
        let file = |name: &str| self.place.compose.join(name).display().to_string();
        let mut line = CommandLine::new(self.compose.0).with([
            "--project-name",
            PROJECT,
            "--file",
            &file("compose.yaml"),
        ]);
        if self.view == View::Podman {
            line = line.with(["--file", &file("compose.podman.yaml")]);
        }
        let profiles: Vec<P> = profiles.into_iter().collect();
        let is_fleet = |profile: &P| profile.as_ref() == FLEET;
        // A folder of an earlier version lacks it, and has nothing of a fleet.
        if profiles.iter().any(is_fleet) && self.fleet_file().is_file() {
            line = line.with(["--file", &self.fleet_file().display().to_string()]);
        }
        if self.settings.has_file {
            line = line.with(["--env-file", &self.place.env_file.display().to_string()]);
        }
        if !self.settings.is_chosen(PASSWORD) {
            // Compose asks for it whatever it is to do; who starts something
            // has made sure before that it is there.
            line = line.set(PASSWORD, "unused");
        }
        if !self.settings.is_chosen(ROLE) {
            // What others may do is never left to Compose, which cannot ask
            // whether they reach it.
            line = line.set(ROLE, EDITOR);
        }
        for profile in profiles.iter().filter(|profile| !is_fleet(profile)) {
            line = line.with(["--profile", profile.as_ref()]);
        }
        line
    }

    fn fleet_file(&self) -> PathBuf {
        self.place.compose.join("compose.fleet.yaml")
    }

    fn up_line(&self, profiles: &BTreeSet<String>, wait: Duration) -> CommandLine {
        let seconds = wait.as_secs().to_string();
        self.line(profiles).with(["up", "--detach", "--wait", "--wait-timeout", &seconds])
    }

    /// Every profile, or what runs under one of them would be left.
    fn down_line(&self, with_data: bool) -> CommandLine {
        let line = self.line(PROFILES).with(["down", "--remove-orphans"]);
        if with_data { line.with(["--volumes"]) } else { line }
    }

    fn stop_line(&self, names: &[String]) -> CommandLine {
        let line = self.line(PROFILES);
        line.with(["stop"]).with(names)
    }

    /// With the profiles that run, because Prometheus is told something else
    /// before a fleet.
    fn restart_line(
        &self,
        profiles: &BTreeSet<String>,
        names: &[String],
        wait: Duration,
    ) -> CommandLine {
        let seconds = wait.as_secs().to_string();
        self.line(profiles)
            .with(["up", "--detach", "--no-deps", "--force-recreate"])
            .with(["--wait", "--wait-timeout", &seconds])
            .with(names)
    }

    fn logs_line(&self, names: &[String], tail: Option<usize>, follow: bool) -> CommandLine {
        let mut line = self.line(PROFILES).with(["logs"]);
        if follow {
            line = line.with(["--follow"]);
        }
        if let Some(tail) = tail {
            line = line.with(["--tail", &tail.to_string()]);
        }
        line.with(names)
    }
}

/// Adds to an error who is left as it was: the next `up` finds nothing to renew.
fn left_stale(error: Error, names: &[String]) -> Error {
    if names.is_empty() {
        return error;
    }
    error.context(format!(
        "what runs may still have what it read before; `botmeter stack restart {}` starts it anew",
        names.join(" ")
    ))
}
