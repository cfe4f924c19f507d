//! `cargo xtask`: the tasks of this repository by name.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::servers::{self, Server};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The tasks of this repository")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run a bot server that calls a model provider of its own, and watch it
    /// live in the browser
    #[command(disable_help_flag = true)]
    Demo {
        /// Where the live page is served; give it before what follows
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9465")]
        live: String,
        /// Options of the demo; --help lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Pass what has to pass: format, lints, tests, documentation, generated
    /// files and the public API; with --all also what takes long
    Test(xtask::steps::Options),
    /// Write down the public API of every published crate in `docs/api`
    Api {
        /// Write nothing, and fail with what differs
        #[arg(long)]
        check: bool,
    },
    /// Measure what recording and exporting cost, beside other libraries
    Bench {
        /// Draw the figures into `docs/performance/`, and write them into the
        /// tables of `docs/performance.md`
        #[arg(long)]
        pictures: bool,
    },
    /// Count the crates that a domain crate adds to a program
    Cost {
        /// Measure how long they take to compile as well, which takes minutes
        #[arg(long)]
        build: bool,
    },
    /// Generate the dashboards, rules and reference pages in `dashboards/`, and
    /// the page of the environment variables
    Dashboards {
        /// Write nothing, and fail if a file is stale, missing or too many
        #[arg(long)]
        check: bool,
    },
    /// Run stores with two copies for a simulated fleet, and print what they need
    /// beside what the guide to scaling says
    Fleet(xtask::fleet::Options),
    /// Draw the generated dashboards with Grafana's own components, in a browser
    /// over a Prometheus, and fail with the panels that something is wrong with
    Look(xtask::look::Options),
    /// Package every published crate, and build the packages
    Packages,
    /// Draw the pictures in the documents anew, in a browser
    Pictures,
    /// Record for long at a million events a second, over two routes that fail at
    /// random, and compare every count
    Soak(xtask::soak::Options),
    /// Find the real servers that the tests use, build those that are missing,
    /// and print where each is
    Servers {
        /// Which servers; all that the tests use when none is named
        #[arg(value_enum)]
        names: Vec<Server>,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().task {
        Task::Demo { live, arguments } => return xtask::demo::run(&live, &arguments),
        Task::Test(options) => xtask::steps::run(options),
        Task::Api { check } => xtask::api::run(check),
        Task::Bench { pictures } => xtask::bench::run(pictures),
        Task::Cost { build } => xtask::cost::run(build),
        Task::Dashboards { check } => xtask::dashboards::run(check),
        Task::Fleet(options) => xtask::fleet::run(options),
        Task::Look(options) => xtask::look::run(&options),
        Task::Packages => xtask::packages::run(),
        Task::Pictures => xtask::pictures::run(),
        Task::Soak(options) => xtask::soak::run(options),
        Task::Servers { names } => servers::run(&names),
    }?;
    Ok(ExitCode::SUCCESS)
}
