//! The command line of the demo. Every value is checked before anything starts.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU16;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser};

use crate::client::{BaseUrl, Key};
use crate::provider::{DEFAULT_MODELS, Faults, Profile, Share, TRIAL_MODEL};

/// What the models of the demo's own provider read at once: enough for every prompt but the one
/// that somebody pastes a whole log into.
const CONTEXT_TOKENS: u64 = 8_000;

/// Where Prometheus looks for a page, as a rule.
const USUAL_PORT: u16 = 9464;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A bot server that calls a model provider over HTTP and shows what botmeter measures.
///
/// Without options it starts a provider of its own on this machine, so it needs neither a key nor
/// the internet. `OTEL_METRICS_EXPORTER=otlp` and the other standard variables make it push, too.
#[derive(Debug, Clone, Parser)]
#[command(name = "botmeter-demo", arg_required_else_help = false)]
pub struct Options {
    /// End after this time, such as 30s or 2m; otherwise run until Ctrl-C.
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    pub run_for: Option<Duration>,

    /// Address of this machine that serves /metrics; 0.0.0.0 is all of them, for whoever reaches it.
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "OTEL_EXPORTER_PROMETHEUS_HOST",
        hide_env_values = true,
        default_value_t = LOOPBACK,
        value_parser = host
    )]
    pub host: IpAddr,

    /// Port that serves /metrics; 0 takes any free one.
    #[arg(
        long,
        value_name = "N",
        env = "OTEL_EXPORTER_PROMETHEUS_PORT",
        hide_env_values = true,
        default_value_t = USUAL_PORT,
        value_parser = port
    )]
    pub port: u16,

    /// Calls to models that are begun in a second, on average; the story goes at their pace.
    #[arg(long, value_name = "CALLS_PER_SECOND", default_value_t = 5.0, value_parser = rate)]
    pub rate: f64,

    /// Most calls to models at the same time; a call that finds no place waits for one.
    #[arg(long, value_name = "CALLS", default_value_t = NonZeroU16::new(64).unwrap_or(NonZeroU16::MIN))]
    pub concurrency: NonZeroU16,

    /// Share of the calls whose answer is streamed, from 0 to 1.
    #[arg(long, value_name = "SHARE", default_value = "0.5")]
    pub streaming: Share,

    /// Time after which a call is given up [default: 5s, or 60s with --provider-url]
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub timeout: Option<Duration>,

    /// A model to call; give it once for each. The provider of the demo has three by default.
    #[arg(long = "model", value_name = "NAME", value_parser = model)]
    pub models: Vec<String>,

    /// Seed of the random numbers: the same one gives the same sequence of calls and faults.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,

    /// Call this OpenAI-compatible provider, which may cost money, instead of the demo's own.
    #[arg(
        long,
        value_name = "URL",
        requires = "models",
        help = "Call this OpenAI-compatible provider, such as https://api.openai.com/v1, which may \
                cost money, instead of the demo's own"
    )]
    pub provider_url: Option<BaseUrl>,

    /// The key for that provider; better in the environment, where other users cannot see it.
    #[arg(long, value_name = "KEY", env = "BOTMETER_PROVIDER_KEY", hide_env_values = true)]
    pub provider_key: Option<Key>,

    /// How the provider of the demo fails.
    #[command(flatten)]
    pub faults: FaultOptions,
}

/// Shares of the calls that the provider of the demo lets go wrong; none of them can be asked of
/// a provider given by URL.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Faults of the demo's own provider, as shares from 0 to 1")]
pub struct FaultOptions {
    /// Calls answered with status 429.
    #[arg(long, value_name = "SHARE", default_value = "0.04", conflicts_with = "provider_url")]
    rate_limited: Share,

    /// Calls answered with status 500.
    #[arg(long, value_name = "SHARE", default_value = "0.02", conflicts_with = "provider_url")]
    server_errors: Share,

    /// Calls answered with status 401.
    #[arg(long, value_name = "SHARE", default_value = "0.005", conflicts_with = "provider_url")]
    unauthorized: Share,

    /// Calls refused by a content filter.
    #[arg(long, value_name = "SHARE", default_value = "0.01", conflicts_with = "provider_url")]
    filtered: Share,

    /// Calls answered with something that is not an answer.
    #[arg(long, value_name = "SHARE", default_value = "0.01", conflicts_with = "provider_url")]
    malformed: Share,

    /// Calls that are never answered.
    #[arg(long, value_name = "SHARE", default_value = "0.01", conflicts_with = "provider_url")]
    hangs: Share,

    /// Calls whose connection breaks in the middle of the answer.
    #[arg(long, value_name = "SHARE", default_value = "0.01", conflicts_with = "provider_url")]
    dropped: Share,
}

impl FaultOptions {
    /// The shares as the provider takes them.
    pub fn faults(self) -> Faults {
        Faults {
            rate_limited: self.rate_limited,
            server_errors: self.server_errors,
            unauthorized: self.unauthorized,
            filtered: self.filtered,
            malformed: self.malformed,
            hangs: self.hangs,
            dropped: self.dropped,
        }
    }
}

impl Options {
    /// Reads the arguments of this process, `BOTMETER_PROVIDER_KEY` and
    /// `OTEL_EXPORTER_PROMETHEUS_PORT`.
    ///
    /// # Errors
    ///
    /// As [`read_from`](Self::read_from).
    pub fn read() -> Result<Self, clap::Error> {
        Self::read_from(std::env::args_os())
    }

    /// Reads arguments, of which the first is the program's name.
    ///
    /// # Errors
    ///
    /// A message that quotes the value and says what is possible, or the text of `--help`.
    pub fn read_from<I>(arguments: I) -> Result<Self, clap::Error>
    where
        I: IntoIterator<Item: Into<std::ffi::OsString> + Clone>,
    {
        let options = Self::try_parse_from(arguments)?;
        // Each value is good on its own; these are about values together.
        options
            .faults
            .faults()
            .check()
            .map_err(|error| Self::command().error(ErrorKind::ValueValidation, error))?;
        Ok(options)
    }

    /// The models to call.
    pub fn models(&self) -> Vec<String> {
        if self.models.is_empty() {
            DEFAULT_MODELS.map(str::to_owned).into()
        } else {
            self.models.clone()
        }
    }

    /// A model that only few calls try, if the demo chooses the models.
    pub fn trial_model(&self) -> Option<String> {
        self.models.is_empty().then(|| TRIAL_MODEL.to_owned())
    }

    /// How long a call may take. The demo's own provider answers within seconds, so that one that
    /// hangs is soon seen; a real model may think for longer.
    pub fn call_timeout(&self) -> Duration {
        self.timeout.unwrap_or(match self.provider_url {
            None => Duration::from_secs(5),
            Some(_) => Duration::from_mins(1),
        })
    }

    /// How the demo's own provider behaves.
    pub fn profile(&self) -> Profile {
        let mut models = self.models();
        models.extend(self.trial_model());
        Profile {
            models,
            context_tokens: CONTEXT_TOKENS,
            faults: self.faults.faults(),
            seed: self.seed,
            ..Profile::default()
        }
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(Duration::ZERO) => Err("it must be longer than nothing".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(format!("{error}; write it like 30s, 2m or 1m30s")),
    }
}

/// A variable that is set to nothing counts as not set, as with all of OpenTelemetry's.
fn host(text: &str) -> Result<IpAddr, String> {
    match text {
        "" | "localhost" => Ok(LOOPBACK),
        _ => text.parse().map_err(|_| "it is no address; give one such as 127.0.0.1".to_owned()),
    }
}

/// The same.
fn port(text: &str) -> Result<u16, String> {
    if text.is_empty() {
        return Ok(USUAL_PORT);
    }
    text.parse().map_err(|_| "it is no port; give a number from 0 to 65535".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    // A call each hour is the slowest that still shows something.
    match text.parse::<f64>() {
        Ok(rate) if (1.0 / 3600.0..=10_000.0).contains(&rate) => Ok(rate),
        Ok(_) => Err("it must be at least one in an hour (0.0003) and at most 10000".to_owned()),
        Err(_) => Err("it is not a number; write it like 5 or 0.5".to_owned()),
    }
}

fn model(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        Err("a model needs a name".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

#[cfg(test)]
mod tests;
