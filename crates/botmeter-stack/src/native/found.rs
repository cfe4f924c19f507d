//! The programs of a stack, as far as they are on this machine.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::{Result, bail};

use super::{
    demo,
    grafana::{self, Grafana},
};
use crate::{
    machine::Machine,
    place::Place,
    programs::{ALERTMANAGER, JAEGER, OTELCOL, PROMETHEUS, Program},
};

/// The programs of a stack, found on this machine.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    pub(super) prometheus: PathBuf,
    pub(super) jaeger: PathBuf,
    pub(super) collector: Option<PathBuf>,
    pub(super) alertmanager: Option<PathBuf>,
    pub(super) demo: Option<PathBuf>,
    pub(super) grafana: Option<Grafana>,
}

/// Whether there is what no stack can do without.
pub(super) fn has_servers() -> Result<bool> {
    let machine = Machine::of_this_process();
    Ok(PROMETHEUS.find(&machine)?.is_some() && JAEGER.find(&machine)?.is_some())
}

impl Programs {
    /// Finds the programs that these profiles need, and builds the demo.
    ///
    /// # Errors
    ///
    /// When one is missing; the message names all that are, and how to get them.
    pub(super) fn find(place: &Place, profiles: &BTreeSet<String>) -> Result<Self> {
        let machine = Machine::of_this_process();
        let has = |profile: &str| profiles.contains(profile);
        let mut missing = Vec::new();
        let mut find = |program: Program| -> Result<Option<PathBuf>> {
            let found = program.find(&machine)?;
            if found.is_none() {
                missing.push(program);
            }
            Ok(found)
        };
        let prometheus = find(PROMETHEUS)?;
        let jaeger = find(JAEGER)?;
        let collector = if has("collector") { find(OTELCOL)? } else { None };
        let alertmanager = if has("alerts") { find(ALERTMANAGER)? } else { None };
        let (Some(prometheus), Some(jaeger), true) = (prometheus, jaeger, missing.is_empty())
        else {
            bail!(absent(&missing));
        };
        let demo = has("demo").then(|| demo::build(&place.folder)).transpose()?;
        Ok(Self { prometheus, jaeger, collector, alertmanager, demo, grafana: grafana::find()? })
    }
}

/// What is not there, and how to get it.
fn absent(missing: &[Program]) -> String {
    let names: Vec<&str> = missing.iter().map(|program| program.binary).collect();
    let variables: Vec<&str> = missing.iter().map(|program| program.variable).collect();
    format!(
        "there is no {} on this machine: put them on PATH, or set {} to where they are; `cargo \
         xtask servers {}` in a clone of botmeter builds them with Go",
        names.join(" and no "),
        variables.join(" and "),
        names.join(" ")
    )
}
