//! Which engine is taken, and what is said when none is.

use super::*;

const WAIT: Duration = Duration::from_secs(10);
const COMPOSE: Compose = Compose(&["x", "compose"]);

fn find_among(
    choice: Choice,
    docker: &Probe,
    podman: &Probe,
    has_servers: bool,
) -> (Result<Engine, String>, Vec<String>) {
    let mut notes = Vec::new();
    let probe = |kind| {
        Ok(match kind {
            Kind::Docker => docker.clone(),
            Kind::Podman => podman.clone(),
        })
    };
    let found =
        find_with(choice, WAIT, probe, || Ok(has_servers), &mut |text| notes.push(text.to_owned()));
    (found.map_err(|error| error.to_string()), notes)
}

#[test]
fn docker_comes_before_podman_and_podman_before_none() {
    let ready = || Probe::Ready(COMPOSE);
    let auto = |docker: Probe, podman: Probe, servers| {
        find_among(Choice::Auto, &docker, &podman, servers).0
    };
    assert_eq!(auto(ready(), ready(), true), Ok(Engine::Docker(COMPOSE)));
    assert_eq!(auto(Probe::Absent, ready(), true), Ok(Engine::Podman(COMPOSE)));
    assert_eq!(auto(Probe::Absent, Probe::Absent, true), Ok(Engine::Native));
    assert_eq!(find_among(Choice::Native, &ready(), &ready(), false).0, Ok(Engine::Native));
    assert_eq!(find_among(Choice::Podman, &ready(), &ready(), true).0, Ok(Engine::Podman(COMPOSE)));
}

#[test]
fn what_is_passed_over_is_told() {
    let off = Probe::Unusable("Is the docker daemon running?".to_owned());
    let (found, notes) = find_among(Choice::Auto, &off, &Probe::Absent, true);
    assert_eq!(found, Ok(Engine::Native));
    assert_eq!(notes, ["docker is passed over: Is the docker daemon running?"]);
    let (found, notes) = find_among(Choice::Docker, &off, &Probe::Absent, true);
    assert_eq!(
        found.unwrap_err(),
        "docker: Is the docker daemon running?; mend that, or choose something else with \
         --engine podman or --engine native"
    );
    assert!(notes.is_empty());
}

#[test]
fn silence_is_an_error_although_there_are_others() {
    let silent = || Probe::Silent("docker version".to_owned());
    let (found, _) = find_among(Choice::Auto, &silent(), &Probe::Ready(COMPOSE), true);
    assert_eq!(
        found.unwrap_err(),
        "docker does not answer `docker version` within 10s: restart docker, or choose something \
         else with --engine podman or --engine native"
    );
}

#[test]
fn nothing_at_all_says_what_to_install() {
    let (found, _) = find_among(Choice::Auto, &Probe::Absent, &Probe::Absent, false);
    assert_eq!(
        found.unwrap_err(),
        "there is nothing to run the stack with (docker is not on PATH; podman is not on PATH; \
         there is no prometheus and jaeger on this machine): install Docker or Podman, or put prometheus and jaeger on PATH, which `cargo \
         xtask servers prometheus jaeger` in a clone of botmeter builds with Go"
    );
}

#[test]
fn the_version_of_compose_decides() {
    for good in ["Docker Compose version v2.36.2", "Docker Compose version 5.0.1", "v2.1.0"] {
        assert_eq!(unfit(good), None, "{good}");
    }
    for bad in ["docker-compose version 1.29.2, build 5becea4c", "", "podman-compose version 1.5.0"]
    {
        assert!(unfit(bad).is_some(), "{bad}");
    }
}
