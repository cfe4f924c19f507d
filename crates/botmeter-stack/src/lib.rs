//! Prometheus, Jaeger, Grafana and what goes with them on this machine, in
//! containers or as programs.
//!
//! The configuration is that of `compose/` either way. In containers every
//! command is one of Compose; without them, `up` itself starts the servers,
//! watches them in the foreground and ends them.
#![doc = include_str!("../README.md")]

mod archive;
mod command;
mod configure;
mod containers;
mod digest;
mod engine;
mod env_file;
mod files;
mod machine;
mod native;
mod options;
mod place;
mod process;
#[doc(hidden)]
pub mod programs;
mod report;
mod ring;
mod settings;
mod signals;
mod versions;

use std::{
    env,
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use botmeter_generate::Catalogue;

#[doc(hidden)]
pub use self::machine::{Machine, file_name, is_program};
use self::{
    archive::Manifest,
    containers::Containers,
    engine::Engine,
    env_file::Variables,
    files::Owner,
    place::Place,
    report::{amount, note, say},
    settings::{Settings, VARIABLES},
    signals::Interrupts,
};
pub use self::{
    engine::Choice,
    options::{Command, Options},
};

/// Does it, with the rules and dashboards of this catalogue; a failure without an
/// error is a stack that is not well.
///
/// # Errors
///
/// When something that is set makes no sense, an engine or a server is missing
/// or does not answer, or the work fails; the message says what to do.
pub fn run(options: &Options, catalogue: &Catalogue) -> Result<ExitCode> {
    let place =
        Place::new(options.folder.as_deref(), options.env_file.as_deref(), options.run.as_deref())?;
    let task = Task {
        place,
        wait: Duration::from_secs(options.wait),
        variables: variables_of_process()?,
        options,
        catalogue,
    };
    task.run()
}

/// The variables of this process that mean something to the stack.
fn variables_of_process() -> Result<Variables> {
    let mut found = Variables::new();
    for variable in VARIABLES {
        if let Some(value) = env::var_os(variable.name) {
            let value = value.into_string().ok();
            let value = value.with_context(|| format!("{} holds no text", variable.name))?;
            found.insert(variable.name.to_owned(), value);
        }
    }
    Ok(found)
}

struct Task<'a> {
    place: Place,
    wait: Duration,
    variables: Variables,
    options: &'a Options,
    catalogue: &'a Catalogue,
}

impl Task<'_> {
    fn run(&self) -> Result<ExitCode> {
        match &self.options.command {
            Command::Up { profiles, fleet } => {
                let fleet = fleet.then(|| ring::FLEET.to_owned());
                self.up(&profiles.iter().cloned().chain(fleet).collect::<Vec<_>>())?;
            }
            Command::Configure { profiles } => self.configure(profiles)?,
            Command::Down => match self.engine()? {
                Engine::Native => native::down(&self.place)?,
                engine => self.containers(&engine)?.down()?,
            },
            Command::Reset { yes } => self.reset(*yes)?,
            Command::Restart { servers } => match self.engine()? {
                Engine::Native => native::refuse_restart(&self.place)?,
                engine => self.containers(&engine)?.restart(servers, self.wait)?,
            },
            Command::Status => {
                let is_well = match self.engine()? {
                    Engine::Native => native::status(&self.place, &self.settings()?)?,
                    engine => self.containers(&engine)?.status()?,
                };
                return Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            Command::Logs { servers, follow, tail } => match self.engine()? {
                Engine::Native => native::logs(&self.place, servers, *tail, *follow)?,
                engine => self.containers(&engine)?.logs(servers, *tail, *follow)?,
            },
            Command::Backup { file, force } => self.backup(file, *force)?,
            Command::Restore { file, force } => self.restore(file, *force)?,
        }
        Ok(ExitCode::SUCCESS)
    }

    fn up(&self, profiles: &[String]) -> Result<()> {
        let owner = Owner::of(&self.place.compose)?;
        // What is set is judged before an engine is asked for anything, and
        // nothing is written before it is clear that no stack runs that reads it.
        let settings = self.settings()?;
        if settings.profiles(profiles).contains("demo") {
            self.place.has_demo()?;
        }
        let draw = || match owner {
            Owner::Person => Ok(Vec::new()),
            Owner::Program => {
                self.place.draw(self.catalogue, settings.port("BOTMETER_GRAFANA_PORT"))
            }
        };
        match self.engine()? {
            Engine::Native => {
                let taken = native::take(&self.place)?;
                self.place.prepare()?;
                if !settings.has_file {
                    note(&format!(
                        "there is no {}: every variable has its default",
                        self.place.env_file.display()
                    ));
                }
                native::up(&self.place, &settings, profiles, self.wait, taken, draw)
            }
            engine => {
                native::refuse_second(&self.place)?;
                let renewed = [self.place.prepare()?, draw()?].concat();
                let containers = self.containers(&engine)?;
                containers.up(profiles, &renewed, self.wait, &Interrupts::listen()?)
            }
        }
    }

    fn configure(&self, profiles: &[String]) -> Result<()> {
        self.place.prepare()?;
        let settings = self.settings()?;
        settings.file_is_there(&self.place.env_file)?;
        let profiles = settings.profiles(profiles);
        match self.engine()? {
            Engine::Native => native::configure(&self.place, &settings, &profiles),
            engine => self.containers(&engine)?.configure(&profiles),
        }
    }

    fn reset(&self, yes: bool) -> Result<()> {
        match self.engine()? {
            Engine::Native => {
                let (data, size) = native::data_of(&self.place)?;
                confirm(
                    yes,
                    &format!("this ends the stack and removes {size} in {}", data.display()),
                )?;
                native::reset(&self.place)
            }
            engine => {
                confirm(yes, "this ends the stack and removes the volumes with all its data")?;
                self.containers(&engine)?.reset()
            }
        }
    }

    fn backup(&self, file: &Path, force: bool) -> Result<()> {
        ensure!(
            force || !file.exists(),
            "{} is there already: choose another name, or add --force",
            file.display()
        );
        let engine = self.engine()?;
        let mut label = versions::label()?;
        let interrupts = Interrupts::listen()?;
        let manifest = match engine {
            Engine::Native => {
                label.versions = versions::of_this_machine()?;
                native::backup(&self.place, file, label, &interrupts)?
            }
            engine => containers::backup(&self.containers(&engine)?, file, label, &interrupts)?,
        };
        say(&format!("wrote {}: {}", file.display(), described(&manifest)));
        Ok(())
    }

    fn restore(&self, file: &Path, force: bool) -> Result<()> {
        let engine = self.engine()?;
        let interrupts = Interrupts::listen()?;
        let manifest = match engine {
            Engine::Native => native::restore(&self.place, file, force, &interrupts)?,
            engine => containers::restore(&self.containers(&engine)?, file, force, &interrupts)?,
        };
        say(&format!("restored {}: {}", file.display(), described(&manifest)));
        for (server, version) in &manifest.servers {
            say(&format!("the data of {server} are from its version {version}"));
        }
        Ok(())
    }

    fn settings(&self) -> Result<Settings> {
        Settings::read(&self.place.env_file, &self.variables)
    }

    /// What is meant: a stack of this machine that runs, else what was chosen,
    /// else what there is.
    fn engine(&self) -> Result<Engine> {
        let choice = self.options.engine;
        if choice == Choice::Auto && native::runs(&self.place)? {
            return Ok(Engine::Native);
        }
        let wait = Duration::from_secs(self.options.engine_wait);
        engine::find(choice, wait, native::has_servers, &mut note)
    }

    fn containers(&self, engine: &Engine) -> Result<Containers> {
        ensure!(
            self.place.compose.join("compose.yaml").is_file(),
            "there is no compose.yaml in {}: `botmeter stack up` puts it there; --folder chooses \
             another folder",
            self.place.compose.display()
        );
        let containers = Containers::of(engine, &self.place, self.settings()?);
        containers.context("servers of this machine are in no container")
    }
}

fn described(manifest: &Manifest) -> String {
    let owners: Vec<&str> = manifest.owners().into_iter().collect();
    format!(
        "{} of {} in {} files, made by botmeter {}",
        amount(manifest.bytes()),
        owners.join(" and "),
        manifest.files.len(),
        manifest.botmeter
    )
}

/// Goes on only if a person agrees, or has done so before.
fn confirm(yes: bool, what: &str) -> Result<()> {
    if yes {
        return Ok(());
    }
    ensure!(
        io::stdin().is_terminal(),
        "{what}, and nobody can be asked here: add --yes if that is meant"
    );
    drop(write!(io::stderr(), "{what}. Type yes to go on: "));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).context("failed to read the answer")?;
    if answer.trim() == "yes" {
        return Ok(());
    }
    bail!("nothing was removed")
}
