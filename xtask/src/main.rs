//! `cargo xtask`: the tasks of this repository by name.

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
    /// Find the real servers that the tests use, build those that are missing,
    /// and print where each is
    Servers {
        /// Which servers; all that the tests use when none is named
        #[arg(value_enum)]
        names: Vec<Server>,
    },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().task {
        Task::Servers { names } => servers::run(&names),
    }
}
