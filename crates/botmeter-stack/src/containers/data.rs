//! The data of containers: out of their volumes into a backup, and back.
//!
//! A container of the service's own image reads and writes the volume, because
//! it is there, has tar, and runs as the user whose files these are.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use tar::{Archive, Builder, Header, HeaderMode};

use super::{ANSWER, Containers, PROJECT, View};
use crate::{
    archive::{Contents, Manifest, pack, unpack},
    command::CommandLine,
    report::note,
    settings::PROFILES,
    signals::Interrupts,
};

/// A service whose data are in a volume.
#[derive(Clone, Copy, Debug)]
struct Keeper {
    service: &'static str,
    volume: &'static str,
    /// Where the volume is inside.
    folder: &'static str,
    image: &'static str,
}

const KEEPERS: &[Keeper] = &[
    Keeper {
        service: "prometheus",
        volume: "prometheus-data",
        folder: "/prometheus",
        image: "BOTMETER_PROMETHEUS_IMAGE",
    },
    Keeper {
        service: "grafana",
        volume: "grafana-data",
        folder: "/var/lib/grafana",
        image: "BOTMETER_GRAFANA_IMAGE",
    },
    Keeper {
        service: "alertmanager",
        volume: "alertmanager-data",
        folder: "/alertmanager",
        image: "BOTMETER_ALERTMANAGER_IMAGE",
    },
    of_a_fleet("receiver-0", "receiver-0-data"),
    of_a_fleet("receiver-1", "receiver-1-data"),
    of_a_fleet("receiver-2", "receiver-2-data"),
    of_a_fleet("ruler", "ruler-data"),
];

const fn of_a_fleet(service: &'static str, volume: &'static str) -> Keeper {
    Keeper { service, volume, folder: "/data", image: "BOTMETER_THANOS_IMAGE" }
}

/// The file that ends what is sent into a volume: without it, the sender was
/// cut off.
const WHOLE: &str = ".whole";

/// Takes the folder `$1` apart from what is live until everything has arrived,
/// and then puts it in the place of what was there. From that point on, nothing
/// but a lost machine gets in between; even then the old data are in
/// `.outgoing`, which is why it is never removed unseen.
const SWAP: &str = r#"set -e
cd "$1"
if [ -e .outgoing ]; then
  echo "an earlier restore was cut off in its last step: $1/.outgoing holds the data from before" >&2
  exit 1
fi
rm -rf .incoming
mkdir .incoming
tar -C .incoming -xf -
if [ ! -e .incoming/.whole ]; then
  rm -rf .incoming
  echo "the data were cut off on their way; nothing has changed" >&2
  exit 1
fi
rm .incoming/.whole
trap '' INT TERM HUP
mkdir .outgoing
for name in * .[!.]*; do
  case "$name" in .incoming | .outgoing) continue ;; esac
  if [ -e "$name" ]; then mv "$name" .outgoing/; fi
done
for name in .incoming/* .incoming/.[!.]*; do
  if [ -e "$name" ]; then mv "$name" .; fi
done
rm -rf .incoming .outgoing
"#;

/// Writes a backup of every volume that there is. Services that run are stopped
/// for it and started again.
pub(crate) fn backup(
    containers: &Containers,
    target: &Path,
    contents: Contents,
    interrupts: &Interrupts,
) -> Result<Manifest> {
    let keepers = containers.keepers()?;
    ensure!(!keepers.is_empty(), "there are no data: the stack has no volumes yet");
    let staging = Staging::new(&containers.place.run, "backup")?;
    let mut contents = contents;
    {
        let _stopped = containers.stop(&keepers, interrupts)?;
        for keeper in &keepers {
            interrupts.check()?;
            let folder = staging.0.join(keeper.service);
            fs::create_dir(&folder)
                .with_context(|| format!("failed to create {}", folder.display()))?;
            let line = containers.tar_out(keeper);
            line.drink(|output| {
                Archive::new(output)
                    .unpack(&folder)
                    .with_context(|| format!("failed to read the data of {}", keeper.service))
            })?;
            let image = containers.settings.get(keeper.image).to_owned();
            contents.versions.insert(keeper.service.to_owned(), image);
            contents.folders.insert(keeper.service.to_owned(), folder);
        }
    }
    pack(&contents, target, interrupts)
}

/// Puts a backup in the place of the data that there are.
pub(crate) fn restore(
    containers: &Containers,
    source: &Path,
    force: bool,
    interrupts: &Interrupts,
) -> Result<Manifest> {
    let staging = Staging::new(&containers.place.run, "restore")?;
    let unpacked = staging.0.join("data");
    let manifest = unpack(source, &unpacked, interrupts)?;
    let mut wanted = Vec::new();
    for owner in manifest.owners() {
        let keeper = KEEPERS.iter().find(|keeper| keeper.service == owner);
        wanted.push(*keeper.with_context(|| {
            format!("the backup holds data of {owner:?}, which no container of the stack keeps")
        })?);
    }
    let live: BTreeSet<&str> =
        containers.keepers()?.into_iter().map(|keeper| keeper.service).collect();
    if !force {
        for keeper in wanted.iter().filter(|keeper| live.contains(keeper.service)) {
            ensure!(
                containers.is_empty(keeper)?,
                "{} has data, which the backup would replace: `backup` them, then add --force",
                keeper.service
            );
        }
    }
    interrupts.check()?;
    let _stopped = containers.stop(&wanted, interrupts)?;
    for keeper in &wanted {
        interrupts.check()?;
        let folder = unpacked.join(keeper.service);
        containers.tar_in(keeper).feed(|input| send(&folder, input, interrupts))?;
    }
    Ok(manifest)
}

/// Sends a folder as tar, and the file that says that this was all.
fn send(folder: &Path, input: &mut dyn Write, interrupts: &Interrupts) -> Result<()> {
    let mut archive = Builder::new(input);
    // The owner and the rights of this machine mean nothing in there.
    archive.mode(HeaderMode::Deterministic);
    let failed = || format!("failed to send {}", folder.display());
    archive.append_dir_all(".", folder).with_context(failed)?;
    interrupts.check()?;
    let mut header = Header::new_gnu();
    header.set_size(0);
    header.set_mode(0o644);
    archive.append_data(&mut header, WHOLE, std::io::empty()).with_context(failed)?;
    archive.into_inner().and_then(Write::flush).with_context(failed)
}

impl Containers {
    /// Those whose volumes exist, whether or not anything runs.
    fn keepers(&self) -> Result<Vec<Keeper>> {
        let engine = if self.view == View::Podman { "podman" } else { "docker" };
        let line = CommandLine::new([engine, "volume", "ls", "--quiet"]);
        let Some(outcome) = line.capture(ANSWER)? else {
            bail!("`{line}` does not answer within {ANSWER:?}");
        };
        ensure!(outcome.succeeded(), "`{line}` failed: {}", outcome.reason());
        let text = outcome.text();
        let volumes: BTreeSet<&str> = text.lines().map(str::trim).collect();
        let exists =
            |keeper: &Keeper| volumes.contains(format!("{PROJECT}_{}", keeper.volume).as_str());
        Ok(KEEPERS.iter().copied().filter(exists).collect())
    }

    /// A command in a container of a service that has its volume and nothing
    /// else: no ports, no other services.
    fn inside(&self, keeper: &Keeper, program: &str) -> CommandLine {
        self.line(PROFILES)
            .with(["run", "--rm", "--no-deps", "--no-TTY", "--entrypoint", program])
            .with([keeper.service])
    }

    fn tar_out(&self, keeper: &Keeper) -> CommandLine {
        self.inside(keeper, "tar").with(["-C", keeper.folder, "-cf", "-", "."])
    }

    fn tar_in(&self, keeper: &Keeper) -> CommandLine {
        self.inside(keeper, "sh").with(["-c", SWAP, "sh", keeper.folder])
    }

    fn is_empty(&self, keeper: &Keeper) -> Result<bool> {
        let line = self.inside(keeper, "ls").with(["-A", keeper.folder]);
        let Some(outcome) = line.capture(ANSWER)? else {
            bail!("`{line}` does not answer within {ANSWER:?}");
        };
        ensure!(outcome.succeeded(), "`{line}` failed: {}", outcome.reason());
        Ok(outcome.text().is_empty())
    }

    /// Stops those of them that run, for as long as the answer is kept.
    fn stop(&self, keepers: &[Keeper], interrupts: &Interrupts) -> Result<Stopped> {
        let running = self.running()?;
        let names: Vec<String> = keepers
            .iter()
            .map(|keeper| keeper.service.to_owned())
            .filter(|name| running.contains(name))
            .collect();
        let start = self.line(PROFILES).with(["start"]).with(&names);
        let stopped = Stopped { start: (!names.is_empty()).then_some(start) };
        if !names.is_empty() {
            self.stop_line(&names).run(interrupts)?;
        }
        Ok(stopped)
    }
}

/// Services that are started again, whatever happens meanwhile.
struct Stopped {
    start: Option<CommandLine>,
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let Some(start) = self.start.take() else { return };
        if let Err(error) = start.run(&Interrupts::default()) {
            note(&format!("the servers were not started again: {error:#}"));
        }
    }
}

/// A folder for data on their way; gone at the end.
struct Staging(PathBuf);

impl Staging {
    fn new(run: &Path, purpose: &str) -> Result<Self> {
        let path = run.join(format!("{purpose}.partial-{}", std::process::id()));
        fs::create_dir_all(&path)
            .with_context(|| format!("failed to create {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            note(&format!("failed to remove {}: {error}", self.0.display()));
        }
    }
}
