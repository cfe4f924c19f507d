//! Volumes into a file and back: what was there comes back, and what goes wrong
//! changes nothing.

use std::fs;

use super::fake::{Fake, tree};

const BEGIN: &str = "docker compose --project-name botmeter --file @/compose/compose.yaml --file \
                     @/compose/compose.fleet.yaml --env-file @/compose/.env --profile collector \
                     --profile alerts --profile demo";
const PROMETHEUS: &str = "fake/volumes/botmeter_prometheus-data";
const GRAFANA: &str = "fake/volumes/botmeter_grafana-data";

/// An engine with the data of two servers, of which one runs.
fn with_data() -> Fake {
    let fake = Fake::new(&["docker"]);
    fake.write(&format!("{PROMETHEUS}/wal/00000001"), "samples");
    fake.write(&format!("{PROMETHEUS}/.hidden"), "too");
    fake.write(&format!("{GRAFANA}/grafana.db"), "users");
    fake.write("fake/volumes/other_prometheus-data/x", "not ours");
    fake.running(&["prometheus", "jaeger"]);
    fake
}

fn file(fake: &Fake) -> String {
    fake.path("backup.tar.gz").display().to_string()
}

fn data(fake: &Fake) -> Vec<(String, String)> {
    tree(&fake.path("fake/volumes"))
}

#[test]
fn a_backup_stops_copies_and_starts_again() {
    let fake = with_data();
    let ended = fake.run(&["backup", &file(&fake)]);
    ended.succeeded();
    let end = "wrote @: 15 B of grafana and prometheus in 3 files, made by botmeter ";
    assert!(ended.output.starts_with(&end.replace('@', &file(&fake))), "{ended:?}");
    let run = |service: &str, folder: &str| {
        format!(
            "{BEGIN} run --rm --no-deps --no-TTY --entrypoint tar {service} -C {folder} -cf - ."
        )
    };
    assert_eq!(
        fake.calls(),
        [
            "docker volume ls --quiet".to_owned(),
            format!("{BEGIN} ps --all --format json"),
            format!("{BEGIN} stop prometheus"),
            run("prometheus", "/prometheus"),
            run("grafana", "/var/lib/grafana"),
            format!("{BEGIN} start prometheus"),
        ]
    );
    let error = fake.run(&["backup", &file(&fake)]).error();
    assert_eq!(
        error,
        format!("{} is there already: choose another name, or add --force", file(&fake))
    );
    fake.run(&["backup", &file(&fake), "--force"]).succeeded();
}

#[test]
fn a_restore_brings_back_what_was_there() {
    let fake = with_data();
    let before = data(&fake);
    fake.run(&["backup", &file(&fake)]).succeeded();
    fake.write(&format!("{PROMETHEUS}/wal/00000002"), "later");
    fake.write(&format!("{PROMETHEUS}/wal/00000001"), "changed");
    let later = data(&fake);
    assert_eq!(
        fake.run(&["restore", &file(&fake)]).error(),
        "prometheus has data, which the backup would replace: `backup` them, then add --force"
            .replace("prometheus", "grafana")
    );
    assert_eq!(data(&fake), later);
    fake.calls();
    let ended = fake.run(&["restore", &file(&fake), "--force"]);
    ended.succeeded();
    assert_eq!(data(&fake), before);
    let calls = fake.calls();
    let sent = format!(
        "{BEGIN} run --rm --no-deps --no-TTY --entrypoint sh prometheus -c SCRIPT sh /prometheus"
    );
    assert!(calls.contains(&sent), "{calls:#?}");
    assert_eq!(calls.last().unwrap(), &format!("{BEGIN} start prometheus"));
    let version = "the data of prometheus are from its version docker.io/prom/prometheus:v3.15.0\n";
    assert!(ended.output.ends_with(version), "{ended:?}");
    assert_eq!(fs::read_dir(fake.path("home/.local/share/botmeter/stack")).unwrap().count(), 0);
}

#[test]
fn empty_volumes_take_a_backup_without_force() {
    let fake = with_data();
    let before = data(&fake);
    fake.run(&["backup", &file(&fake)]).succeeded();
    for volume in [PROMETHEUS, GRAFANA] {
        fs::remove_dir_all(fake.path(volume)).unwrap();
        fs::create_dir(fake.path(volume)).unwrap();
    }
    fake.run(&["restore", &file(&fake)]).succeeded();
    assert_eq!(data(&fake), before);
}

#[test]
fn data_that_are_cut_off_on_their_way_change_nothing() {
    let fake = with_data();
    fake.run(&["backup", &file(&fake)]).succeeded();
    fake.write(&format!("{GRAFANA}/grafana.db"), "later");
    let later = data(&fake);
    fake.write("fake/cut", "");
    fake.calls();
    let ended = fake.run(&["restore", &file(&fake), "--force"]);
    assert!(ended.error().contains("its own words are above"), "{ended:?}");
    let live: Vec<_> =
        data(&fake).into_iter().filter(|(name, _)| !name.contains(".incoming")).collect();
    assert_eq!(live, later);
    // What was stopped runs again.
    assert_eq!(fake.calls().last().unwrap(), &format!("{BEGIN} start prometheus"));
    fs::remove_file(fake.path("fake/cut")).unwrap();
    fake.run(&["restore", &file(&fake), "--force"]).succeeded();
}

#[test]
fn an_earlier_restore_that_was_killed_is_not_painted_over() {
    let fake = with_data();
    fake.run(&["backup", &file(&fake)]).succeeded();
    fake.write(&format!("{GRAFANA}/.outgoing/grafana.db"), "from before");
    let ended = fake.run(&["restore", &file(&fake), "--force"]);
    assert!(ended.errors.contains(".outgoing holds the data from before"), "{ended:?}");
    assert_eq!(ended.code, Some(1));
    assert_eq!(fake.read(&format!("{GRAFANA}/.outgoing/grafana.db")), "from before");
}

#[test]
fn a_damaged_backup_stops_nothing() {
    let fake = with_data();
    fake.run(&["backup", &file(&fake)]).succeeded();
    let whole = fs::read(file(&fake)).unwrap();
    fs::write(file(&fake), &whole[..whole.len() / 2]).unwrap();
    let before = data(&fake);
    fake.calls();
    let error = fake.run(&["restore", &file(&fake), "--force"]).error();
    assert!(error.starts_with(&format!("failed to read the backup {}", file(&fake))), "{error}");
    assert_eq!(data(&fake), before);
    assert_eq!(fake.calls(), [""; 0]);
}

#[test]
fn no_volumes_are_no_backup() {
    let fake = Fake::new(&["docker"]);
    let error = fake.run(&["backup", &file(&fake)]).error();
    assert_eq!(error, "there are no data: the stack has no volumes yet");
    assert!(!fake.path("backup.tar.gz").exists());
}
