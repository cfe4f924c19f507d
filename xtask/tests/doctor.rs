//! The doctor as a command: what it prints and how it ends.

#![cfg(test)]

use std::{
    net::TcpListener,
    process::{Command, Output},
};

fn doctor(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("doctor").args(arguments).env_remove("RUST_BACKTRACE").output().unwrap()
}

#[test]
fn a_broken_layer_is_printed_and_is_a_failure() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = doctor(&["--metrics", &format!("http://{nobody}")]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    let first = format!("broken   page         http://{nobody}/metrics: connection refused");
    assert!(printed.starts_with(&first), "{printed}");
    assert!(printed.ends_with("\nmetrics do not get through the layer \"page\"\n"), "{printed}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_option_that_makes_no_sense_is_an_error() {
    let output = doctor(&["--prometheus", "localhost:9090"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "Error: \"localhost:9090\" is no address of a server: give a URL such as \
         http://localhost:9090\n"
    );
}
