//! The live page that a program serves of itself: whether, and how.

use std::{net::SocketAddr, time::Duration};

use botmeter_core::Error;
use botmeter_export::ScrapeSettings;

use super::Compiled;
use crate::environment::Environment;

/// The live page that a program serves of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LiveSettings {
    /// How often the program reads itself.
    pub interval: Duration,
    /// How many bytes its samples may take; beyond it, the oldest go.
    pub memory: u64,
    /// Names under which the page may be asked for, as `Live::allow_host` says.
    pub hosts: Vec<String>,
}

/// The shortest and the longest time between readings: a value is believed for
/// five minutes.
const INTERVALS: [Duration; 2] = [Duration::from_secs(1), Duration::from_mins(4)];
/// Enough for a bot that calls three models.
const LEAST_MEMORY: u64 = 4 << 20;

impl Default for LiveSettings {
    fn default() -> Self {
        Self { interval: Duration::from_secs(5), memory: 32 << 20, hosts: Vec::new() }
    }
}

impl LiveSettings {
    /// Where the page of a server at this address is.
    #[cfg(feature = "scrape")]
    pub(crate) fn url(&self, address: SocketAddr) -> String {
        match self.hosts.first() {
            Some(name) if !is_local(address) => format!("http://{name}:{}/", address.port()),
            _ => format!("http://{address}/"),
        }
    }

    /// Whether it may be served there.
    pub(super) fn check(&self, scrape: ScrapeSettings) -> Result<(), Error> {
        let ScrapeSettings::Listen(address) = scrape else { return Ok(()) };
        if is_local(address) || !self.hosts.is_empty() {
            return Ok(());
        }
        Err(Error::bad_setting(format!(
            "serve the live page at {address}: other machines reach it, and it asks nobody for a \
             password; say with `Live::allow_host` under which name it is meant to be asked for, \
             listen on 127.0.0.1, or set BOTMETER_LIVE=false"
        )))
    }
}

fn is_local(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

/// What the program asked for, if the environment does not refuse it.
pub(super) fn resolve(
    asked: Option<&LiveSettings>,
    environment: &Environment,
    compiled: Compiled,
) -> Result<Option<LiveSettings>, Error> {
    if let Some(variable) = environment.first(&["BOTMETER_LIVE"]) {
        match (variable.one_of(&[("true", true), ("false", false)])?, asked) {
            (false, _) => return Ok(None),
            (true, None) if compiled.live => {
                return Err(variable.wrong(
                    "the program gives no boards for the live page; call `Builder::live` before \
                     the start",
                ));
            }
            (true, None) => {
                return Err(variable.wrong(
                    "this build has no live page; enable the feature `live` of the botmeter crate \
                     that you depend on, and call `Builder::live`",
                ));
            }
            (true, Some(_)) => {}
        }
    }
    let Some(LiveSettings { interval, memory, .. }) = asked else { return Ok(None) };
    let [shortest, longest] = INTERVALS;
    if !(shortest..=longest).contains(interval) {
        return Err(Error::bad_setting(format!(
            "read for the live page every {interval:?}: give from {shortest:?} to {longest:?}"
        )));
    }
    if *memory < LEAST_MEMORY {
        return Err(Error::bad_setting(format!(
            "keep {memory} bytes of samples for the live page: give at least {LEAST_MEMORY}"
        )));
    }
    Ok(asked.cloned())
}
