//! The command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{engine::Choice, settings::PROFILES};

/// What to do, and with which stack.
#[derive(Args, Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// What the stack runs with; a stack of this machine that runs is meant in
    /// any case
    #[arg(long, global = true, value_enum, default_value = "auto")]
    #[arg(env = "BOTMETER_STACK_ENGINE")]
    pub engine: Choice,
    /// The folder with the configuration, which `up` puts there if it is not:
    /// compose/ and dashboards/ [default: botmeter/stack in the folder of this
    /// person's data]
    #[arg(long, global = true, value_name = "DIR", env = "BOTMETER_STACK_FOLDER")]
    pub folder: Option<PathBuf>,
    /// The file of variables [default: compose/.env in there]
    #[arg(long, global = true, value_name = "FILE", env = "BOTMETER_STACK_ENV_FILE")]
    pub env_file: Option<PathBuf>,
    /// Where a stack without containers keeps its data [default:
    /// botmeter/stack in the folder of this person's data]
    #[arg(long, global = true, value_name = "DIR", env = "BOTMETER_STACK_RUN")]
    pub run: Option<PathBuf>,
    /// How long servers may take to be ready
    #[arg(long, global = true, value_name = "SECONDS", default_value = "180")]
    pub wait: u64,
    /// How long an engine may take to say that it is there
    #[arg(long, global = true, value_name = "SECONDS", default_value = "10")]
    pub engine_wait: u64,
}

/// What to do with the stack.
#[derive(Clone, Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Start it, wait until it is healthy, and print where everything is;
    /// without containers, stay and watch until Ctrl-C
    Up {
        /// What to run beside Prometheus, Jaeger and Grafana: collector, alerts,
        /// demo or fleet; once for each
        #[arg(long = "profile", visible_alias = "with", value_name = "PROFILE")]
        #[arg(value_parser = PROFILES.to_vec())]
        profiles: Vec<String>,
        /// Keep series in a fleet of stores, as --profile fleet does: three
        /// receivers of Thanos with two copies, a query layer, and a ruler
        #[arg(long)]
        fleet: bool,
    },
    /// End it and keep its data
    Down,
    /// End it and remove its data, after a question
    Reset {
        /// Remove without a question
        #[arg(long)]
        yes: bool,
    },
    /// Start containers anew, with what the variables say by now
    Restart {
        /// Which servers; all that run when none is named
        servers: Vec<String>,
    },
    /// Print which servers run and how they are; a failure if not all are well
    Status,
    /// Print what the servers have logged
    Logs {
        /// Which servers; all when none is named
        servers: Vec<String>,
        /// Print what is still to come, too
        #[arg(long, short)]
        follow: bool,
        /// Only so many lines of each
        #[arg(long, short = 'n', value_name = "LINES")]
        tail: Option<usize>,
    },
    /// Write Prometheus' targets, as the variables say
    Configure {
        /// What runs beside the usual servers, if `.env` does not say so
        #[arg(long = "profile", visible_alias = "with", value_name = "PROFILE")]
        #[arg(value_parser = PROFILES.to_vec())]
        profiles: Vec<String>,
    },
    /// Write all data into a file; containers that run pause for it, and servers
    /// without containers have to be down
    Backup {
        /// The file, which ends in .tar.gz by custom
        file: PathBuf,
        /// Replace the file if it is there
        #[arg(long)]
        force: bool,
    },
    /// Put the data of a backup in place; containers that run pause for it, and
    /// servers without containers have to be down
    Restore {
        /// The file that `backup` wrote
        file: PathBuf,
        /// Replace data that are there
        #[arg(long)]
        force: bool,
    },
}
