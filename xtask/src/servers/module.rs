//! The Go modules under `tests/servers/`, and where their programs end up.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Server, Surroundings};

/// A folder under `tests/servers/` whose programs are built together.
#[derive(Debug)]
pub(super) struct Module {
    pub(super) folder: &'static str,
    /// What decides what is built.
    pub(super) files: &'static [&'static str],
    /// The build tags of Go, which choose among files of a package.
    pub(super) tags: &'static [&'static str],
    pub(super) recipe: Recipe,
}

/// How programs come out of a module.
#[derive(Debug)]
pub(super) enum Recipe {
    /// A package of Go for each program.
    Packages(&'static [(Server, &'static str)]),
    /// The Collector's builder, a program of the module, reads the manifest,
    /// writes a program and compiles it.
    Collector { builder: &'static str, manifest: &'static str },
}

/// The flags of each build. No symbols: they double the size, and nobody
/// debugs these programs here.
pub(super) const BUILD_FLAGS: &str = "-ldflags=-s -w";

/// The Go variables of each build. Without C, a machine needs no compiler for
/// it; without a stamp, Go does not look for a repository around the module.
pub(super) const BUILD_VARIABLES: &[(&str, &str)] =
    &[("CGO_ENABLED", "0"), ("GOFLAGS", "-buildvcs=false"), ("GOWORK", "off")];

const MODULE_FILES: &[&str] = &["go.mod", "go.sum"];

const PROMETHEUS: Module = Module {
    folder: "prometheus",
    files: MODULE_FILES,
    tags: &[],
    recipe: Recipe::Packages(&[
        (Server::Prometheus, "github.com/prometheus/prometheus/cmd/prometheus"),
        (Server::Promtool, "github.com/prometheus/prometheus/cmd/promtool"),
    ]),
};

/// Its own program, of the Prometheus that the other module pins.
const PROMQL: Module = Module {
    folder: "promql",
    files: &["go.mod", "go.sum", "main.go"],
    tags: &[],
    recipe: Recipe::Packages(&[(Server::Promql, "botmeter.example/servers/promql")]),
};

const ALERTMANAGER: Module = Module {
    folder: "alertmanager",
    files: MODULE_FILES,
    tags: &[],
    recipe: Recipe::Packages(&[
        (Server::Alertmanager, "github.com/prometheus/alertmanager/cmd/alertmanager"),
        (Server::Amtool, "github.com/prometheus/alertmanager/cmd/amtool"),
    ]),
};

const JAEGER: Module = Module {
    folder: "jaeger",
    files: MODULE_FILES,
    tags: &[],
    recipe: Recipe::Packages(&[(Server::Jaeger, "github.com/jaegertracing/jaeger/cmd/jaeger")]),
};

const OTELCOL: Module = Module {
    folder: "otelcol",
    files: &["go.mod", "go.sum", "manifest.yaml"],
    tags: &[],
    recipe: Recipe::Collector {
        builder: "go.opentelemetry.io/collector/cmd/builder",
        manifest: "manifest.yaml",
    },
};

const COMPOSE: Module = Module {
    folder: "compose",
    files: MODULE_FILES,
    tags: &[],
    recipe: Recipe::Packages(&[(Server::Compose, "github.com/docker/compose/v2/cmd")]),
};

const THANOS: Module = Module {
    folder: "thanos",
    files: MODULE_FILES,
    // As in its own releases. Without this tag it builds as well, and then a
    // receiver panics at the first question of a query layer.
    tags: &["slicelabels"],
    recipe: Recipe::Packages(&[(Server::Thanos, "github.com/thanos-io/thanos/cmd/thanos")]),
};

impl Module {
    /// The module that builds a server, if one does.
    pub(super) fn of(server: Server) -> Option<&'static Self> {
        match server {
            Server::Prometheus | Server::Promtool => Some(&PROMETHEUS),
            Server::Promql => Some(&PROMQL),
            Server::Alertmanager | Server::Amtool => Some(&ALERTMANAGER),
            Server::Jaeger => Some(&JAEGER),
            Server::Otelcol => Some(&OTELCOL),
            Server::Compose => Some(&COMPOSE),
            Server::Thanos => Some(&THANOS),
            Server::Chromium | Server::Chromedriver => None,
        }
    }

    /// The folder of the cache that holds what these very files build.
    pub(super) fn cached(&self, surroundings: &Surroundings) -> Result<PathBuf> {
        let cache = surroundings.machine.cache()?;
        let mut hash = Fnv::new();
        let parts = [env::consts::OS, env::consts::ARCH, BUILD_FLAGS, self.folder];
        for part in parts.iter().chain(self.tags) {
            hash.part(part.as_bytes());
        }
        for file in self.files {
            let path = surroundings.modules.join(self.folder).join(file);
            let content =
                fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
            hash.part(file.as_bytes());
            hash.part(&content);
        }
        Ok(cache.join(format!("{}-{:032x}", self.folder, hash.0)))
    }
}

/// The 128-bit hash of Fowler, Noll and Vo (1a): the key has to tell versions
/// of a file apart, not to withstand an attack, and has to stay the same from
/// one release of Rust to the next.
struct Fnv(u128);

impl Fnv {
    fn new() -> Self {
        Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    fn part(&mut self, bytes: &[u8]) {
        self.bytes(bytes);
        // The length ends the part, so that no two lists of parts run together.
        self.bytes(&bytes.len().to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        let mut hash = Fnv::new();
        hash.bytes(b"a");
        assert_eq!(format!("{:032x}", hash.0), "d228cb696f1a8caf78912b704e4a8964");
    }

    #[test]
    fn parts_do_not_run_together() {
        let (mut one, mut other) = (Fnv::new(), Fnv::new());
        one.part(b"ab");
        one.part(b"c");
        other.part(b"a");
        other.part(b"bc");
        assert_ne!(one.0, other.0);
    }
}
