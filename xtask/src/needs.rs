//! What some tests need beside Rust, and what of it is not here.
//!
//! Such a test is ignored, with a reason that begins with `needs`; where it is
//! run all the same, it fails without what it needs.

use std::{env, path::PathBuf};

use anyhow::{Result, bail};

use crate::servers::{self, Server};

const SCHEMAS: &str = "BOTMETER_GRAFANA_SCHEMAS";

/// Something that is not here.
#[derive(Debug)]
pub struct Lack {
    /// What it is.
    pub name: &'static str,
    /// What is missing, and how one comes by it.
    pub why: String,
    /// The tests that need it, as `--skip` takes them; none stands for all that
    /// need anything.
    pub tests: &'static [&'static str],
}

/// The folder of Grafana's schemas, which are no part of this repository.
///
/// # Errors
///
/// If no variable says where they are.
pub fn schemas() -> Result<PathBuf> {
    match env::var_os(SCHEMAS).filter(|value| !value.is_empty()) {
        Some(folder) => Ok(folder.into()),
        None => bail!(
            "there are no schemas of Grafana: set {SCHEMAS} to the folder `jsonschema` of \
             grafana-foundation-sdk"
        ),
    }
}

/// What is not here of all that tests need.
///
/// # Errors
///
/// If a server's variable leads to no such program.
pub fn lacks() -> Result<Vec<Lack>> {
    let of = |server: &Server| match server {
        Server::Chromium | Server::Chromedriver => "a browser",
        Server::Compose => "Docker Compose",
        Server::Thanos => "a fleet of stores",
        _ => "the servers of the stack",
    };
    let mut lacks = Vec::new();
    let parts: [(_, &[_]); 4] = [
        ("the servers of the stack", &[]),
        ("a fleet of stores", &["real_fleet"]),
        ("Docker Compose", &["stack_files::"]),
        ("a browser", &["browser::", "terminal::"]),
    ];
    for (name, tests) in parts {
        let servers = servers::USED_BY_TESTS.iter().copied().filter(|server| of(server) == name);
        if let Some(why) = absent(&servers.collect::<Vec<_>>())? {
            lacks.push(Lack { name, why, tests });
        }
    }
    if let Err(error) = schemas() {
        let (name, why) = ("schemas of Grafana", error.to_string());
        lacks.push(Lack { name, why, tests: &["schemas::"] });
    }
    Ok(lacks)
}

/// What to do about those that are nowhere.
fn absent(servers: &[Server]) -> Result<Option<String>> {
    let mut absent = Vec::new();
    for server in servers {
        if servers::find(*server)?.is_none() {
            absent.push(server);
        }
    }
    let Some(first) = absent.first() else { return Ok(None) };
    let names: Vec<_> = absent.iter().map(|server| format!("no {}", server.name())).collect();
    Ok(Some(format!("there is {}: {}", names.join(", "), first.remedy())))
}
