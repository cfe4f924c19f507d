//! A subscriber for programs that have none.

use std::io::{self, IsTerminal};

use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    fmt::{self, format::JsonFields},
    layer::SubscriberExt,
};

use super::{TraceIds, Traces};
use crate::environment::Environment;
use botmeter_core::Error;

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    Text,
    Json,
}

const VARIABLE: &str = "RUST_LOG";

/// Logs to standard error, because standard output is for what the program has
/// to say, and hands spans over.
pub(super) fn install(
    traces: &Traces,
    lines: Lines,
    environment: &Environment,
) -> Result<(), Error> {
    let filter = filter(environment)?;
    let registry = Registry::default().with(traces.layer());
    let layer = fmt::layer().with_writer(io::stderr);
    match lines {
        Lines::Text => {
            let is_colored = io::stderr().is_terminal() && environment.get("NO_COLOR").is_none();
            let format = TraceIds::text(fmt::format().with_ansi(is_colored));
            let layer = layer.with_ansi(is_colored).event_format(format);
            become_global(registry.with(layer.with_filter(filter)))
        }
        Lines::Json => {
            let format = TraceIds::json(fmt::format().json().flatten_event(true));
            let layer = layer.with_ansi(false).fmt_fields(JsonFields::new()).event_format(format);
            become_global(registry.with(layer.with_filter(filter)))
        }
    }
}

/// What `RUST_LOG` lets through.
fn filter(environment: &Environment) -> Result<EnvFilter, Error> {
    let builder = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into());
    let Some(variable) = environment.first(&[VARIABLE]) else { return Ok(builder.parse_lossy("")) };
    builder.parse(variable.value).map_err(|error| {
        variable.wrong("give levels such as info or warn,my_bot=debug").because(error)
    })
}

fn become_global(subscriber: impl Subscriber + Send + Sync) -> Result<(), Error> {
    tracing::subscriber::set_global_default(subscriber).map_err(|_| {
        Error::new(
            "install a subscriber: the program has one already; leave out `install_subscriber` \
             and `json_logs`, and add `Traces::layer` to its own",
        )
    })
}
