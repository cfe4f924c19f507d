//! The demo as a process of its own.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

use crate::built::built;

/// A running demo, killed when the test ends.
#[derive(Debug)]
pub struct Demo {
    process: Child,
    address: SocketAddr,
}

impl Demo {
    /// Starts the demo on any free port, with these variables and options.
    ///
    /// # Errors
    ///
    /// When it does not build, or ends before it listens.
    pub fn start(variables: &[(&str, &str)], options: &[&str]) -> Result<Self> {
        let program = built("botmeter-demo", "botmeter-demo")?;
        let mut command = Command::new(&program);
        command.args(["--port", "0"]).args(options).stdin(Stdio::null()).stdout(Stdio::piped());
        // What the person who runs the tests has set is not what is tested.
        for (name, _) in std::env::vars() {
            if name.starts_with("OTEL_") || name == "PROMETHEUS_ENDPOINT" {
                command.env_remove(name);
            }
        }
        command.envs(variables.iter().copied());
        let mut process =
            command.spawn().with_context(|| format!("failed to start {}", program.display()))?;
        let stdout = process.stdout.take().context("the demo has no output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next().context("the demo said nothing")??;
        // Somebody has to read on, or the demo blocks on a full pipe.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let address = first
            .rsplit_once("http://")
            .and_then(|(_, rest)| rest.strip_suffix("/metrics"))
            .and_then(|address| address.parse().ok())
            .with_context(|| format!("the demo's first line is {first:?}"))?;
        Ok(Self { process, address })
    }

    /// Where its `/metrics` is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
