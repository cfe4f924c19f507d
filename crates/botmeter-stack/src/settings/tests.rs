//! What a value may be, and what is said of one that may not.

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::*;

struct File(TempDir);

impl File {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".env"), text).unwrap();
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join(".env")
    }

    fn read(&self) -> Result<Settings> {
        Settings::read(&self.path(), &Variables::new())
    }
}

fn process(pairs: &[(&str, &str)]) -> Variables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_example_lists_every_variable_with_its_default() {
    let text = include_str!("../../compose/.env.example");
    // The comments hold variables, and what they hold is the default.
    let entries: Vec<&str> = text
        .lines()
        .map(|line| line.strip_prefix('#').unwrap_or(line))
        .filter(|line| {
            line.split('=').next().is_some_and(|name| {
                !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            })
        })
        .collect();
    let listed = env_file::parse(&entries.join("\n")).unwrap();
    let known: Variables = VARIABLES
        .iter()
        .map(|variable| (variable.name.to_owned(), variable.default.to_owned()))
        .collect();
    assert_eq!(listed, known);
}

#[test]
fn every_default_makes_sense() {
    let nowhere = PathBuf::from("/nowhere/.env");
    let settings = Settings::read(&nowhere, &Variables::new()).unwrap();
    assert!(!settings.has_file);
    for variable in VARIABLES {
        assert_eq!(variable.kind.judge(variable.default), Ok(()), "{}", variable.name);
        assert!(!settings.is_chosen(variable.name));
        if variable.name != ROLE {
            assert_eq!(settings.get(variable.name), variable.default);
        }
    }
    // Nobody but this machine reaches it.
    assert_eq!(settings.get(ROLE), EDITOR);
}

#[test]
fn the_process_wins_over_the_file_and_the_file_over_the_default() {
    let file = File::new("BOTMETER_GRAFANA_PORT=4000\nBOTMETER_JAEGER_PORT=4001\nOTHER=x\n");
    let process = process(&[("BOTMETER_GRAFANA_PORT", "5000"), ("BOTMETER_JAEGER_PORT", "")]);
    let settings = Settings::read(&file.path(), &process).unwrap();
    assert_eq!(settings.port("BOTMETER_GRAFANA_PORT"), 5000);
    assert_eq!(settings.port("BOTMETER_JAEGER_PORT"), 4001);
    assert_eq!(settings.port("BOTMETER_PROMETHEUS_PORT"), 9090);
    assert!(settings.has_file && settings.is_chosen("BOTMETER_JAEGER_PORT"));
}

#[test]
fn durations_are_counted_as_prometheus_does() {
    let file = File::new("BOTMETER_SCRAPE_INTERVAL=1m5s\n");
    let settings = file.read().unwrap();
    assert_eq!(settings.duration("BOTMETER_SCRAPE_INTERVAL").as_secs(), 65);
    assert_eq!(settings.duration("BOTMETER_PROMETHEUS_RETENTION_TIME").as_secs(), 35 * 86_400);
}

#[test]
fn profiles_come_from_both_sides() {
    let file = File::new("COMPOSE_PROFILES=alerts, demo\n");
    let profiles = file.read().unwrap().profiles(&["collector".to_owned(), "demo".to_owned()]);
    assert_eq!(profiles.into_iter().collect::<Vec<_>>(), ["alerts", "collector", "demo"]);
}

#[test]
fn nonsense_is_named_with_its_variable_and_what_is_allowed() {
    for (line, allowed) in [
        ("BOTMETER_GRAFANA_PORT=0", "give a port, a whole number from 1 to 65535"),
        ("BOTMETER_GRAFANA_PORT=65536", "give a port, a whole number from 1 to 65535"),
        ("BOTMETER_GRAFANA_PORT=http", "give a port, a whole number from 1 to 65535"),
        ("BOTMETER_SCRAPE_INTERVAL=15", "give a duration such as 15s, 1h30m or 35d"),
        ("BOTMETER_SCRAPE_INTERVAL=0s", "give a duration such as 15s, 1h30m or 35d"),
        ("BOTMETER_SCRAPE_INTERVAL=30m1h", "give a duration such as 15s, 1h30m or 35d"),
        ("BOTMETER_PROMETHEUS_RETENTION_TIME=1.5d", "give a duration such as 15s, 1h30m or 35d"),
        ("BOTMETER_PROMETHEUS_RETENTION_SIZE=5", "give a size such as 512MB or 5GB"),
        ("BOTMETER_PROMETHEUS_RETENTION_SIZE=5GB5MB", "give a size such as 512MB or 5GB"),
        ("BOTMETER_JAEGER_MAX_TRACES=-1", "give a whole number from 1 to 4294967295"),
        ("BOTMETER_DEMO_RATE=inf", "give a number above zero"),
        ("BOTMETER_SCENARIO=cloud", "give one of localhost, vm, network, push"),
        ("BOTMETER_GRAFANA_ROLE=Admin", "give one of Viewer, Editor"),
        ("BOTMETER_NOTIFY=slack,pager", "give some of slack, email, webhook, separated by commas"),
        (
            "COMPOSE_PROFILES=all",
            "give some of collector, alerts, demo, fleet, separated by commas",
        ),
        (
            "BOTMETER_BOT_HOST=http://x",
            "give names or addresses without a scheme or a port, separated by commas",
        ),
        (
            "BOTMETER_BIND=localhost",
            "give the address of an interface, such as 127.0.0.1 or 0.0.0.0",
        ),
        (
            "BOTMETER_DEMO_TRACES_ENDPOINT=jaeger:4318",
            "give a URL such as http://localhost:4318/v1/traces",
        ),
        (
            "BOTMETER_GRAFANA_IMAGE=grafana",
            "give the full name of an image, such as docker.io/prom/prometheus:v3.15.0",
        ),
    ] {
        let file = File::new(line);
        let (name, value) = line.split_once('=').unwrap();
        let error = file.read().unwrap_err().to_string();
        assert_eq!(error, format!("{name} is {value:?} in {}: {allowed}", file.path().display()));
    }
    let error = Settings::read(&File::new("").path(), &process(&[("BOTMETER_BIND", "x")]));
    assert_eq!(
        error.unwrap_err().to_string(),
        "BOTMETER_BIND is \"x\" of this process: give the address of an interface, such as \
         127.0.0.1 or 0.0.0.0"
    );
}

#[test]
fn what_only_together_makes_no_sense_is_named_together() {
    let error = File::new("BOTMETER_GRAFANA_PORT=9090").read().unwrap_err().to_string();
    assert_eq!(
        error,
        "BOTMETER_PROMETHEUS_PORT and BOTMETER_GRAFANA_PORT both take the port 9090: give each \
         a port of its own"
    );
    let error = File::new("BOTMETER_SCENARIO=vm").read().unwrap_err().to_string();
    assert_eq!(
        error,
        "BOTMETER_SCENARIO is \"vm\" and BOTMETER_BOT_HOST is empty: set it to the addresses of \
         the bots, separated by commas"
    );
    let error = File::new("BOTMETER_BIND=0.0.0.0").read().unwrap_err().to_string();
    assert_eq!(
        error,
        "BOTMETER_BIND is 0.0.0.0, so others could edit in Grafana without logging in: set \
         BOTMETER_GRAFANA_ROLE to Viewer, or to Editor if they may"
    );
    for role in ["Viewer", "Editor"] {
        let file = format!("BOTMETER_BIND=0.0.0.0\nBOTMETER_GRAFANA_ROLE={role}");
        assert_eq!(File::new(&file).read().unwrap().get(ROLE), role);
    }
    assert!(File::new("BOTMETER_BIND=::1").read().is_ok());
    let bot = "BOTMETER_BOT_PORT=9090\nBOTMETER_SCENARIO=vm\nBOTMETER_BOT_HOST=10.0.0.7";
    assert!(File::new(bot).read().is_ok());
}

#[test]
fn the_ports_of_a_fleet_count_where_there_is_one() {
    let native = [QUERY_PORT, FLEET_PORT];
    let query = "BOTMETER_BOT_PORT and BOTMETER_QUERY_PORT both take the port 10902: give each a port of its own";
    let others = "BOTMETER_BOT_PORT and BOTMETER_FLEET_PORT both take the port 19405: give each a port of its own";
    let last =
        "BOTMETER_FLEET_PORT is 65530, and a fleet takes 15 ports from there on: give a lower one";
    for (line, of_fleet, expected) in [
        ("BOTMETER_BOT_PORT=10902", &native[..1], Some(query)),
        ("BOTMETER_BOT_PORT=10902", &native, Some(query)),
        ("BOTMETER_BOT_PORT=19405", &native[..1], None),
        ("BOTMETER_BOT_PORT=19405", &native, Some(others)),
        ("BOTMETER_FLEET_PORT=65530", &native[..1], None),
        ("BOTMETER_FLEET_PORT=65530", &native, Some(last)),
    ] {
        let settings = File::new(line).read().unwrap();
        let error = settings.ports_differ(of_fleet).err().map(|error| error.to_string());
        assert_eq!(error.as_deref(), expected, "{line} {of_fleet:?}");
    }
}

#[test]
fn a_misspelt_variable_is_no_silent_default() {
    let file = File::new("BOTMETER_PROMETHEUS_PROT=9091");
    assert_eq!(
        file.read().unwrap_err().to_string(),
        format!(
            "BOTMETER_PROMETHEUS_PROT in {} is no variable of the stack: compose/.env.example \
             lists them all",
            file.path().display()
        )
    );
}

#[test]
fn a_missing_file_and_a_missing_password_say_what_to_do() {
    let settings = Settings::read(&PathBuf::from("/there/.env"), &Variables::new()).unwrap();
    let error = settings.ready_for_grafana(&PathBuf::from("/there/.env")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no /there/.env: run `cp /there/.env.example /there/.env`, and set \
         GRAFANA_ADMIN_PASSWORD in it"
    );
    let file = File::new("GRAFANA_ADMIN_PASSWORD=\n");
    let error = file.read().unwrap().ready_for_grafana(&file.path()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "GRAFANA_ADMIN_PASSWORD is not set in {}: give Grafana's administrator a password",
            file.path().display()
        )
    );
    let file = File::new("GRAFANA_ADMIN_PASSWORD='a$b'\n");
    file.read().unwrap().ready_for_grafana(&file.path()).unwrap();
}
