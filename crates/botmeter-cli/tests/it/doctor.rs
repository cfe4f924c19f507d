//! The doctor as a command: what it prints and how it ends.

use std::net::TcpListener;

use crate::program::{botmeter, ended, failed};

#[test]
fn a_broken_layer_is_printed_and_is_a_failure() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output = ended(&["doctor", "--metrics", &format!("http://{nobody}")]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    let first = format!("broken   page         http://{nobody}/metrics: connection refused");
    assert!(printed.starts_with(&first), "{printed}");
    assert!(printed.ends_with("\nmetrics do not get through the layer \"page\"\n"), "{printed}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn an_option_that_makes_no_sense_is_an_error() {
    assert_eq!(
        failed(&["doctor", "--prometheus", "localhost:9090"]),
        (
            Some(1),
            "error: \"localhost:9090\" is no address of a server: give a URL such as \
             http://localhost:9090\n"
                .to_owned()
        )
    );
}

#[test]
fn a_catalogue_of_others_is_what_is_looked_for() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/own-domain/dashboards");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let page = format!("http://{nobody}");
    let output =
        ended(&["doctor", "--catalogue", &format!("{folder}/catalogue.json"), "--metrics", &page]);
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("broken   page"));
    let (code, said) = failed(&["doctor", "--catalogue", &format!("{folder}/grafana")]);
    assert_eq!(code, Some(1));
    assert!(said.starts_with("error: failed to read the catalogue "), "{said}");
}

#[test]
fn colors_are_for_terminals_unless_somebody_wants_otherwise() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let page = format!("http://{nobody}");
    let printed = |variables: &[(&str, &str)]| {
        let mut command = botmeter(&["doctor", "--metrics", &page]);
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        let output = command.envs(variables.iter().copied()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let forced = ("CLICOLOR_FORCE", "1");
    assert!(printed(&[forced]).starts_with("\u{1b}[31mbroken \u{1b}[0m"));
    for variables in [&[][..], &[forced, ("NO_COLOR", "1")]] {
        assert!(printed(variables).starts_with("broken "));
    }
}
