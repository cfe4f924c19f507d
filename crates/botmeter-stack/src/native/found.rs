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
    programs::{ALERTMANAGER, JAEGER, OTELCOL, PROMETHEUS, Program, THANOS},
    ring::FLEET,
};

/// The programs of a stack, found on this machine.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    pub(super) prometheus: PathBuf,
    pub(super) jaeger: PathBuf,
    pub(super) collector: Option<PathBuf>,
    pub(super) alertmanager: Option<PathBuf>,
    pub(super) thanos: Option<PathBuf>,
    pub(super) demo: Option<PathBuf>,
    pub(super) grafana: Option<Grafana>,
}

/// Whether there is a part of what no stack can do without: who starts one hears
/// which part is missing, and why another will not do.
pub(super) fn has_servers() -> Result<bool> {
    let machine = Machine::of_this_process();
    Ok(PROMETHEUS.is_anywhere(&machine)? || JAEGER.is_anywhere(&machine)?)
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
        let (mut missing, mut passed_over) = (Vec::new(), Vec::new());
        let mut find = |program: Program| -> Result<Option<PathBuf>> {
            let search = program.find(&machine)?;
            if search.found.is_none() {
                missing.push(program);
                passed_over.extend(search.passed_over);
            }
            Ok(search.found.map(|found| found.path))
        };
        let prometheus = find(PROMETHEUS)?;
        let jaeger = find(JAEGER)?;
        let collector = if has("collector") { find(OTELCOL)? } else { None };
        let alertmanager = if has("alerts") { find(ALERTMANAGER)? } else { None };
        let thanos = if has(FLEET) { find(THANOS)? } else { None };
        let (Some(prometheus), Some(jaeger), true) = (prometheus, jaeger, missing.is_empty())
        else {
            bail!(absent(&missing, &passed_over));
        };
        let demo = has("demo").then(|| demo::build(&place.folder)).transpose()?;
        let grafana = grafana::find()?;
        Ok(Self { prometheus, jaeger, collector, alertmanager, thanos, demo, grafana })
    }
}

/// What is not there, how to get it, and why that which is there will not do.
fn absent(missing: &[Program], passed_over: &[String]) -> String {
    let names: Vec<&str> = missing.iter().map(|program| program.binary).collect();
    let variables: Vec<&str> = missing.iter().map(|program| program.variable).collect();
    let mut text = format!(
        "there is no {} on this machine: put them on PATH, or set {} to where they are; `cargo \
         xtask servers {}` in a clone of botmeter builds them with Go",
        names.join(" and no "),
        variables.join(" and "),
        names.join(" ")
    );
    if !passed_over.is_empty() {
        text.push_str(", and Docker or Podman would do as well; ");
        text.push_str(&passed_over.join("; "));
    }
    text
}
