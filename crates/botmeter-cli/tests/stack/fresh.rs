//! Without a clone: the program brings its configuration, and says what is wrong
//! with the folder that it is to put it into.

use std::{fs, path::PathBuf, thread, time::Duration};

use super::fake::{Fake, tree};

const HOME: &str = "home/.local/share/botmeter/stack";

/// Where the configuration comes to lie.
fn place(fake: &Fake, name: &str) -> PathBuf {
    fake.path(HOME).join(name)
}

#[test]
fn the_first_up_brings_everything_but_a_password() {
    let fake = Fake::without_clone(&["docker"]);
    let compose = place(&fake, "compose").display().to_string();
    assert_eq!(
        fake.run(&["up"]).error(),
        format!(
            "there is no {compose}/.env: run `cp {compose}/.env.example {compose}/.env`, and set \
             GRAFANA_ADMIN_PASSWORD in it"
        )
    );
    assert_eq!(fake.calls(), [""; 0]);
    fake.write(&format!("{HOME}/compose/.env"), "GRAFANA_ADMIN_PASSWORD=x\n");
    fake.run(&["up", "--with", "alerts", "--wait", "60"]).succeeded();
    let begin = format!(
        "docker compose --project-name botmeter --file @/{HOME}/compose/compose.yaml --env-file \
         @/{HOME}/compose/.env"
    );
    let up = format!("{begin} --profile alerts up --detach --wait --wait-timeout 60");
    assert_eq!(fake.calls().last().unwrap(), &up);
    // All that compose.yaml mounts is there.
    let text = fs::read_to_string(place(&fake, "compose/compose.yaml")).unwrap();
    let mounts: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- .")?.split_once(':'))
        .map(|(source, _)| source)
        .collect();
    assert!(mounts.len() > 10, "{mounts:?}");
    for mount in mounts {
        let path = place(&fake, "compose").join(format!(".{mount}"));
        assert!(path.exists(), "{} is not there", path.display());
    }
    let rules = fs::read_to_string(place(&fake, "dashboards/prometheus/llm.rules.yml")).unwrap();
    assert!(rules.contains("runbook_url: ") && rules.contains("localhost:3000/d/"), "{rules}");
    // Nothing but what it says.
    let mut there: Vec<_> = fs::read_dir(fake.path(HOME))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, ["compose", "dashboards"]);
}

#[test]
fn another_folder_is_taken_and_a_folder_of_somebody_else_is_not() {
    let fake = Fake::without_clone(&["docker"]);
    let folder = fake.path("mine").display().to_string();
    assert!(fake.run(&["configure", "--folder", &folder]).error().starts_with("there is no "));
    assert!(fake.path("mine/compose/compose.yaml").is_file());
    assert!(!fake.path(HOME).exists());

    fake.write("other/compose/compose.yaml", "services: {}\n");
    let other = fake.path("other").display().to_string();
    for command in ["up", "configure"] {
        let error = fake.run(&[command, "--folder", &other]).error();
        assert!(error.contains("compose.yaml is another project's, because "), "{error}");
    }
    assert_eq!(fs::read_dir(fake.path("other/compose")).unwrap().count(), 1);

    fake.write("file", "");
    let file = fake.path("file").display().to_string();
    let error = fake.run(&["up", "--folder", &file]).error();
    assert_eq!(error, format!("failed to read {file}/compose: Not a directory (os error 20)"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let fake = Fake::without_clone(&["docker"]);
    let error = fake.run(&["up", "--folder", "/proc/botmeter"]).error();
    assert!(error.starts_with("failed to create /proc/botmeter/compose/"), "{error}");
}

#[test]
fn without_files_the_others_say_who_brings_them() {
    let fake = Fake::without_clone(&["docker"]);
    for command in [&["down"][..], &["status"], &["logs"], &["backup", "x"]] {
        let error = fake.run(command).error();
        let expected = format!(
            "there is no compose.yaml in {}: `botmeter stack up` puts it there; --folder chooses \
             another folder",
            place(&fake, "compose").display()
        );
        assert_eq!(error, expected, "{command:?}");
    }
    assert!(!fake.path(HOME).exists());
}

#[test]
fn the_demo_is_that_of_a_clone() {
    let fake = Fake::without_clone(&["docker"]);
    let expected = format!(
        "the profile demo builds the demo from a clone of botmeter, and {} is none: say `cargo \
         botmeter stack up --profile demo` in a clone, or leave the profile out and start a bot of \
         your own",
        fake.path(HOME).display()
    );
    assert_eq!(fake.run(&["up", "--profile", "demo"]).error(), expected);
    fake.write(
        &format!("{HOME}/compose/.env"),
        "GRAFANA_ADMIN_PASSWORD=x\nCOMPOSE_PROFILES=demo\n",
    );
    assert_eq!(fake.run(&["up"]).error(), expected);
    assert_eq!(fake.calls(), [""; 0]);
}

#[test]
fn an_up_that_was_cut_off_anywhere_is_completed_by_the_next() {
    let whole = Fake::without_clone(&["docker"]);
    whole.run(&["up"]);
    let files = |fake: &Fake| {
        let mut files = tree(&fake.path(HOME));
        // Whoever is killed has no time to remove half of a file.
        files.retain(|(name, _)| !name.contains(".partial-"));
        files
    };
    for pause in 0..12 {
        let fake = Fake::without_clone(&["docker"]);
        let up = fake.start(&["up"]);
        thread::sleep(Duration::from_millis(4 * pause));
        up.signal("KILL");
        up.end();
        let ended = fake.run(&["up"]);
        assert!(ended.error().starts_with("there is no "), "{ended:?}");
        assert!(!ended.errors.contains("somebody has changed it"), "{ended:?}");
        assert_eq!(files(&fake), files(&whole), "after {pause}");
    }
}
