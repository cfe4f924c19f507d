//! The build of a module's programs into the cache.

use std::fs::{self, File, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use botmeter_stack::{file_name, is_program};

use super::module::{BUILD_FLAGS, BUILD_VARIABLES, Module, Recipe};
use super::{Server, Surroundings};

/// The first release of Go that the modules build with.
const OLDEST_GO: (u32, u32) = (1, 26);

/// How the folder of an unfinished build is told from a whole one.
const PARTIAL: &str = "partial-";

/// Makes sure that the module's folder of the cache is there, and says on
/// `progress` what takes so long.
pub(super) fn ensure(
    module: &Module,
    surroundings: &Surroundings,
    progress: &mut dyn Write,
) -> Result<()> {
    let folder = module.cached(surroundings)?;
    if folder.is_dir() {
        return Ok(());
    }
    let go = Go::find(module, surroundings)?;
    let _lock = Lock::take(&beside(&folder, "lock"), module, progress)?;
    if folder.is_dir() {
        return Ok(());
    }
    writeln!(progress, "building {} with Go (minutes, the first time)", module.folder)?;
    remove_leftovers(&folder)?;
    // Named by the process: if another was killed, the Go it had started may
    // still be writing, and must not write here.
    let partial = beside(&folder, &format!("{PARTIAL}{}", std::process::id()));
    let (programs, work) = (partial.join("programs"), partial.join("work"));
    for path in [&programs, &work] {
        create(path)?;
    }
    go.build(module, &programs, &work)
        .with_context(|| format!("failed to build {}", module.folder))?;
    // One rename, so that no reader ever sees half of the folder.
    fs::rename(&programs, &folder)
        .with_context(|| format!("failed to move the programs to {}", folder.display()))?;
    remove_leftovers(&folder)
}

/// A Go that is new enough, at work on one module.
struct Go<'a> {
    path: PathBuf,
    module: PathBuf,
    surroundings: &'a Surroundings,
}

impl<'a> Go<'a> {
    fn find(module: &Module, surroundings: &'a Surroundings) -> Result<Self> {
        let Some(path) = surroundings.machine.on_path("go").next() else {
            bail!("there is no Go to build {} with: {}", module.folder, remedy(module));
        };
        let go = Self { path, module: surroundings.modules.join(module.folder), surroundings };
        // Asked inside the module, because there Go may fetch the release that
        // the module wants.
        let output = go
            .command(&["env", "GOVERSION"])
            .stderr(Stdio::piped())
            .output()
            .with_context(|| format!("failed to run {}", go.path.display()))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            bail!(
                "{} cannot build {} ({reason}): {}",
                go.path.display(),
                module.folder,
                remedy(module)
            );
        }
        match release(&version) {
            Some(release) if release >= OLDEST_GO => Ok(go),
            Some(_) => bail!(
                "{} is {version}, too old to build {}: {}",
                go.path.display(),
                module.folder,
                remedy(module)
            ),
            None => bail!(
                "{} calls its version {version:?}, which is no release of Go: {}",
                go.path.display(),
                remedy(module)
            ),
        }
    }

    fn build(&self, module: &Module, programs: &Path, work: &Path) -> Result<()> {
        match &module.recipe {
            Recipe::Packages(packages) => packages.iter().try_for_each(|(server, package)| {
                let output = programs.join(file_name(server.program().binary));
                self.build_package(package, module.tags, &output)
            }),
            Recipe::Collector { builder, manifest } => {
                let built = work.join(file_name("builder"));
                self.build_package(builder, module.tags, &built)?;
                let mut assemble = self.with_variables(&built);
                assemble.current_dir(work).arg("--config").arg(self.module.join(manifest));
                run(assemble)?;
                let binary = Server::Otelcol.program().binary;
                let assembled = work.join("assembled").join(file_name(binary));
                fs::rename(&assembled, programs.join(file_name(binary))).with_context(|| {
                    format!("failed to take {}, which {manifest} names", assembled.display())
                })
            }
        }
    }

    fn build_package(&self, package: &str, tags: &[&str], output: &Path) -> Result<()> {
        let mut build = self.command(&["build", BUILD_FLAGS]);
        build.arg(format!("-tags={}", tags.join(","))).arg("-o").arg(output).arg(package);
        run(build)?;
        if is_program(output) {
            return Ok(());
        }
        bail!("Go reported success for {package} and did not write {}", output.display());
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.with_variables(&self.path);
        command.current_dir(&self.module).args(arguments);
        command
    }

    fn with_variables(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(&self.surroundings.machine.variables)
            .envs(BUILD_VARIABLES.iter().copied())
            .stdin(Stdio::null());
        command
    }
}

/// The numbers of `go1.26.8` or `go1.27rc1`.
fn release(version: &str) -> Option<(u32, u32)> {
    let numbers = version.split("go").nth(1)?;
    let mut numbers = numbers.split(|digit: char| !digit.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn remedy(module: &Module) -> String {
    let variables: Vec<&str> = match &module.recipe {
        Recipe::Packages(packages) => {
            packages.iter().map(|(server, _)| server.program().variable).collect()
        }
        Recipe::Collector { .. } => vec![Server::Otelcol.program().variable],
    };
    let (major, minor) = OLDEST_GO;
    format!(
        "install Go {major}.{minor} or newer (https://go.dev/dl/), or set {} to what is already built",
        variables.join(" and ")
    )
}

/// Runs a command whose output goes to the person who waits for it.
fn run(mut command: Command) -> Result<()> {
    let status = command
        .stdout(std::io::stderr())
        .status()
        .with_context(|| format!("failed to start {}", command.get_program().display()))?;
    if status.success() {
        return Ok(());
    }
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(std::ffi::OsStr::to_string_lossy)
        .collect();
    bail!("`{}` ended with {status}; its own words are above", words.join(" "));
}

/// Keeps a second build of the same folder waiting, in this process or
/// another; the system lets go of it when the process ends in whatever way.
struct Lock {
    _file: File,
}

impl Lock {
    fn take(path: &Path, module: &Module, progress: &mut dyn Write) -> Result<Self> {
        if let Some(parent) = path.parent() {
            create(parent)?;
        }
        let failed = || format!("failed to lock {}", path.display());
        let file = File::create(path).with_context(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                writeln!(progress, "waiting for another build of {}", module.folder)?;
                file.lock().with_context(failed)?;
            }
            Err(TryLockError::Error(error)) => return Err(error).with_context(failed),
        }
        Ok(Self { _file: file })
    }
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut path = folder.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

fn create(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))
}

/// Removes what builds that did not end have left. Only under the lock, where
/// no other build is at work.
fn remove_leftovers(folder: &Path) -> Result<()> {
    let Some(parent) = folder.parent() else { return Ok(()) };
    let start = beside(folder, PARTIAL);
    let failed = || format!("failed to read {}", parent.display());
    for entry in fs::read_dir(parent).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        if path.as_os_str().as_encoded_bytes().starts_with(start.as_os_str().as_encoded_bytes()) {
            remove(&path)?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}
