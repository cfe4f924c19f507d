//! The generated rules, where a server evaluates them.

use std::{fs, time::Duration};

use anyhow::{Result, bail};

use crate::{Api, eventually};

/// Waits until a server has evaluated every rule of every generated file.
///
/// # Errors
///
/// When one of them fails, or it takes longer than this.
pub fn every_generated_rule_is_healthy(server: &Api, within: Duration) -> Result<()> {
    let expected: usize = fs::read_dir(xtask::dashboards::folder().join("prometheus"))?
        .map(|entry| Ok(entry?.path()))
        .filter(|path| path.as_ref().is_ok_and(|path| path.is_file()))
        .map(|path: Result<_>| {
            let text = fs::read_to_string(path?)?;
            Ok(text.matches("- alert: ").count() + text.matches("- record: ").count())
        })
        .sum::<Result<usize>>()?;
    eventually(within, "every rule to be evaluated", || {
        let rules = server.rules()?;
        if let Some(sick) = rules.iter().find(|rule| rule.health == "err") {
            bail!("{}: {:?}", sick.name, sick.last_error);
        }
        let healthy = rules.iter().filter(|rule| rule.health == "ok").count();
        Ok((healthy == expected && expected > 50).then_some(()))
    })
}
