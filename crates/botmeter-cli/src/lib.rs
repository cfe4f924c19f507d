//! The program `botmeter`, for catalogues of any domains.
#![doc = include_str!("../README.md")]

mod address;
mod check;
mod color;
mod dashboards;
#[doc(hidden)]
pub mod doctor;
mod duration;
mod failure;
mod fetch;
mod keep;
mod open;
mod options;
mod prometheus;
mod report;
mod rounds;
mod serve;
mod target;
#[cfg(feature = "top")]
mod top;
mod watch;
mod web;

use std::{
    env,
    ffi::OsString,
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

use botmeter_board::Board;
use botmeter_generate::Catalogue;
use clap::Parser;

use failure::Failure;
use options::{Command, Options};

/// Does what the arguments of this process ask for, with the boards of this
/// catalogue.
///
/// The exit code is 0 if it was done, 1 if it failed, and 2 if the arguments
/// make no sense.
pub fn main(catalogue: &Catalogue) -> ExitCode {
    run(catalogue, env::args_os())
}

/// The same with other arguments, of which the first is the program's name.
pub fn run<I>(catalogue: &Catalogue, arguments: I) -> ExitCode
where
    I: IntoIterator<Item: Into<OsString> + Clone>,
{
    let options = match Options::try_parse_from(arguments) {
        Ok(options) => options,
        Err(error) => {
            // A closed terminal takes no help text; the code says the same.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let done = match options.command {
        Command::Watch(options) => watch::run(boards(catalogue), &options),
        #[cfg(feature = "top")]
        Command::Top(options) => top::run(boards(catalogue), &options),
        Command::Report(options) => report::run(boards(catalogue), &options),
        Command::Open(options) => open::run(boards(catalogue), &options),
        Command::Doctor(options) => {
            doctor::run(&options, catalogue).map_err(|error| Failure::because_of(&error))
        }
        Command::Dashboards(asked) => {
            dashboards::run(&asked, catalogue).map(|()| ExitCode::SUCCESS)
        }
        #[cfg(feature = "stack")]
        Command::Stack(options) => {
            botmeter_stack::run(&options, catalogue).map_err(|error| Failure::because_of(&error))
        }
    };
    done.unwrap_or_else(|failure| {
        complain(format_args!("error: {failure}"));
        ExitCode::FAILURE
    })
}

/// The boards, those first that cross domains: who opens a page begins with
/// the whole.
fn boards(catalogue: &Catalogue) -> Vec<Board> {
    let mut boards: Vec<_> = catalogue.boards().collect();
    boards.sort_by_key(|(domain, _)| domain.is_some());
    boards.into_iter().map(|(_, board)| board.clone()).collect()
}

/// Says a line to the person who runs the program. That nobody may be reading
/// any more is no reason to stop.
fn say(line: impl Display) {
    drop(writeln!(io::stdout(), "{line}"));
}

fn complain(line: impl Display) {
    drop(writeln!(io::stderr(), "{line}"));
}
