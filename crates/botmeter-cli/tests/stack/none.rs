//! No engine, a silent one, no variables: clear words and an end in time.

use std::time::{Duration, Instant};

use super::fake::{Fake, SOON};

#[test]
fn nothing_to_run_with_says_what_to_install() {
    let ended = Fake::new(&[]).run(&["up"]);
    assert_eq!(
        ended.error(),
        "there is nothing to run the stack with (docker is not on PATH; podman is not on PATH; \
         there is no prometheus and jaeger on this machine): install Docker or Podman, or put \
         prometheus and jaeger on PATH, which `cargo xtask servers prometheus jaeger` in a clone of \
         botmeter builds with Go"
    );
}

#[test]
fn an_engine_that_is_off_is_passed_over_in_words() {
    let fake = Fake::new(&["docker"]);
    fake.write("fake/off", "");
    let ended = fake.run(&["status"]);
    assert!(
        ended.errors.starts_with("docker is passed over: Cannot connect to the docker daemon.\n"),
        "{ended:?}"
    );
    let ended = fake.run(&["status", "--engine", "docker"]);
    assert_eq!(
        ended.error(),
        "docker: Cannot connect to the docker daemon.; mend that, or choose something else with \
         --engine podman or --engine native"
    );
}

#[test]
fn an_engine_that_does_not_answer_holds_nobody_up() {
    let fake = Fake::new(&["docker", "podman"]);
    fake.write("fake/hangs", "");
    for command in [&["up"][..], &["down"], &["status"], &["backup", "x.tar.gz"]] {
        let start = Instant::now();
        let ended = fake.run(&[command, &["--engine-wait", "1"]].concat());
        assert!(start.elapsed() < SOON, "{command:?}");
        assert_eq!(
            ended.error(),
            "docker does not answer `docker version --format '{{.Server.Version}}'` within 1s: \
             restart docker, or choose something else with --engine podman or --engine native",
            "{command:?}"
        );
    }
}

#[test]
fn without_servers_native_names_what_is_missing() {
    let ended = Fake::new(&["docker"]).run(&["up", "--engine", "native", "--with", "alerts"]);
    assert_eq!(
        ended.error(),
        "there is no prometheus and no jaeger and no alertmanager on this machine: put them on \
         PATH, or set BOTMETER_PROMETHEUS and BOTMETER_JAEGER and BOTMETER_ALERTMANAGER to where \
         they are; `cargo xtask servers prometheus jaeger alertmanager` in a clone of botmeter \
         builds them with Go"
    );
}

#[test]
fn servers_that_will_not_do_are_named_whoever_chose_them() {
    let fake = Fake::new(&[]);
    fake.program("prometheus", "#!/bin/sh\necho --web.listen-address\n");
    // A wrapper that knows no `--help` and starts the server.
    fake.program("jaeger", "#!/bin/sh\nexec sleep 90\n");
    let bin = fake.path("bin").display().to_string();
    for engine in ["native", "auto"] {
        let start = Instant::now();
        let ended = fake.run(&["up", "--engine", engine]);
        assert!(start.elapsed() < SOON, "{engine}");
        assert_eq!(
            ended.error(),
            format!(
                "there is no prometheus and no jaeger on this machine: put them on PATH, or set \
                 BOTMETER_PROMETHEUS and BOTMETER_JAEGER to where they are; `cargo xtask servers \
                 prometheus jaeger` in a clone of botmeter builds them with Go, and Docker or \
                 Podman would do as well; {bin}/prometheus is passed over because it does not know \
                 web.enable-otlp-receiver (asked with `prometheus --help`); {bin}/jaeger is passed \
                 over because it does not answer `jaeger --help` within 10s"
            ),
            "{engine}"
        );
    }
    // Who only looks starts none of them.
    let start = Instant::now();
    for command in ["status", "down"] {
        assert_eq!(fake.run(&[command]).output, "the stack is not running\n");
    }
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_fleet_without_thanos_says_how_to_get_it() {
    let fake = Fake::new(&[]);
    for server in ["prometheus", "jaeger"] {
        // It has what is asked for in its help.
        fake.program(server, "#!/bin/sh\necho web.enable-otlp-receiver --config\n");
    }
    let ended = fake.run(&["up", "--engine", "native", "--fleet"]);
    assert_eq!(
        ended.error(),
        "there is no thanos on this machine: put them on PATH, or set BOTMETER_THANOS to where \
         they are; `cargo xtask servers thanos` in a clone of botmeter builds them with Go"
    );
}

#[test]
fn a_missing_file_of_variables_says_how_to_begin() {
    let fake = Fake::new(&["docker"]);
    std::fs::remove_file(fake.path("compose/.env")).unwrap();
    let compose = fake.path("compose").display().to_string();
    for command in ["up", "configure", "restart"] {
        assert_eq!(
            fake.run(&[command]).error(),
            format!(
                "there is no {compose}/.env: run `cp {compose}/.env.example {compose}/.env`, and \
                 set GRAFANA_ADMIN_PASSWORD in it"
            ),
            "{command}"
        );
    }
    assert_eq!(fake.calls(), [""; 0]);
}

#[test]
fn nonsense_in_a_variable_is_found_before_an_engine_is_asked() {
    let fake = Fake::new(&["docker"]);
    fake.write("compose/.env", "GRAFANA_ADMIN_PASSWORD=x\nBOTMETER_GRAFANA_PORT=http\n");
    let expected = format!(
        "BOTMETER_GRAFANA_PORT is \"http\" in {}: give a port, a whole number from 1 to 65535",
        fake.path("compose/.env").display()
    );
    assert_eq!(fake.run(&["up"]).error(), expected);
    assert_eq!(fake.run(&["configure"]).error(), expected);
    assert_eq!(fake.read("fake/calls"), "");
}

#[test]
fn what_does_not_run_natively_is_no_error_to_end() {
    let fake = Fake::new(&[]);
    let ended = fake.run(&["down", "--engine", "native"]);
    ended.succeeded();
    assert_eq!(ended.output, "the stack is not running\n");
    let ended = fake.run(&["status", "--engine", "native"]);
    assert_eq!((ended.code, ended.output.as_str()), (Some(1), "the stack is not running\n"));
    let ended = fake.run(&["restart", "--engine", "native"]);
    assert_eq!(ended.error(), "the stack is not running: start it with `botmeter stack up`");
    let ended = fake.run(&["logs", "--engine", "native"]);
    assert_eq!(ended.error(), "there are no logs: the stack has not run here yet");
}
