//! Runs the demo.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Context;
use botmeter_demo::options::Options;
use botmeter_telemetry::traces::{TraceIds, Traces};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// What is logged unless `RUST_LOG` says otherwise: what telemetry chose, and whether pushes arrive.
const LOG: &str = "warn,botmeter_core=info,botmeter_demo=info";

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::read() {
        Ok(options) => options,
        Err(error) => {
            // A closed terminal takes no help text; the code says the same.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let traces = Traces::new();
    let result = match log(&traces) {
        Ok(()) => botmeter_demo::run(&options, &traces).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            drop(writeln!(io::stderr(), "error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Logs to standard error, because standard output is for what the demo has to say, and gives
/// spans to the telemetry, which exports them if the environment says where to.
fn log(traces: &Traces) -> anyhow::Result<()> {
    let asked = env::var_os("RUST_LOG").unwrap_or_default();
    let asked =
        asked.to_str().with_context(|| format!("failed to read RUST_LOG {}", asked.display()))?;
    let filter = if asked.trim().is_empty() { LOG } else { asked };
    let filter = EnvFilter::try_new(filter)
        .with_context(|| format!("failed to understand RUST_LOG {filter:?}"))?;
    let is_colored = io::stderr().is_terminal();
    let lines = fmt::layer()
        .with_ansi(is_colored)
        .with_writer(io::stderr)
        .event_format(TraceIds::text(fmt::format().with_ansi(is_colored)));
    tracing_subscriber::registry().with(traces.layer()).with(lines.with_filter(filter)).init();
    Ok(())
}
