//! Errors that a person can make.

use std::net::TcpListener;

use crate::program::failed;

#[test]
fn a_port_in_use_is_said_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = failed(&["watch", "--listen", &address]);
    assert_eq!(code, Some(1), "{said}");
    let begin = format!("error: failed to listen on {address}: the port is in use; ");
    assert!(said.starts_with(&begin) && said.contains("--listen"), "{said}");
}

#[test]
fn other_machines_are_not_let_in_by_mistake() {
    let (code, said) = failed(&["watch", "--listen", "0.0.0.0:0"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("ssh -L") && said.contains("--allow-host"), "{said}");
}

#[test]
fn arguments_that_make_no_sense_are_refused_with_an_example() {
    let cases: [(&[&str], &str); 6] = [
        (&["watch", "ftp://a/"], "write it like http://127.0.0.1:9464/metrics"),
        (&["watch", "http://me:secret@a/"], "a user or a password cannot be given"),
        (&["watch", "--interval", "10ms"], "it must be from 1s to 4m"),
        (&["watch", "--memory", "much"], "write it like 64MiB"),
        (&["watch", "--listen", "here"], "invalid socket address"),
        (&["wach"], "unrecognized subcommand"),
    ];
    for (arguments, said) in cases {
        let (code, text) = failed(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {text}");
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
    let (code, said) = failed(&["watch", "a:1", "http://a:1/other"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("tell two bots \"bot\" at a:1 apart"), "{said}");
}
