//! The program `botmeter` with all shipped domains.

use std::process::ExitCode;

fn main() -> ExitCode {
    botmeter_cli::main(&botmeter_catalogue::catalogue())
}
