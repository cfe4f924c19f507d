//! Without a clone: the program brings its configuration, and says what is wrong
//! with the folder that it is to put it into.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::fake::{Fake, SOON, tree};

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
    assert!(!fake.path(HOME).exists());
    fake.run(&["configure"]);
    fake.write(
        &format!("{HOME}/compose/.env"),
        "GRAFANA_ADMIN_PASSWORD=x\nCOMPOSE_PROFILES=demo\n",
    );
    assert_eq!(fake.run(&["up"]).error(), expected);
    assert_eq!(fake.calls(), [""; 0]);
}

#[test]
fn an_up_that_is_refused_leaves_alone_what_the_running_stack_reads() {
    let fake = Fake::without_clone(&["docker"]);
    for server in ["prometheus", "jaeger"] {
        fake.program(server, "#!/bin/sh\necho web.enable-otlp-receiver --config\n");
    }
    fake.run(&["configure"]);
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let variables = format!("GRAFANA_ADMIN_PASSWORD=x\nBOTMETER_PROMETHEUS_PORT={port}\n");
    fake.write(&format!("{HOME}/compose/.env"), &variables);
    fake.run(&["up"]).succeeded();
    // A dashboard that the program has whose stack runs, and this one has not.
    let overview = fake.read(&format!("{HOME}/dashboards/grafana/overview.json"));
    fake.write(&format!("{HOME}/dashboards/grafana/theirs.json"), &overview);
    let lock = File::create(place(&fake, "lock")).unwrap();
    let before = tree(&fake.path(HOME));

    lock.lock().unwrap();
    for engine in ["auto", "native", "docker"] {
        let error = fake.run(&["up", "--engine", engine]).error();
        assert!(error.starts_with("the stack already runs in "), "{engine}: {error}");
        assert!(tree(&fake.path(HOME)) == before, "{engine} has changed something");
    }
    // One that runs elsewhere has the ports.
    lock.unlock().unwrap();
    let error = fake.run(&["up", "--engine", "native"]).error();
    assert!(error.starts_with(&format!("the port {port} of prometheus is in use")), "{error}");
    assert!(tree(&fake.path(HOME)) == before, "something was changed before the ports were seen");
}

#[test]
fn who_runs_and_reads_what_is_renewed_is_started_anew() {
    let fake = Fake::without_clone(&["docker"]);
    fake.run(&["configure"]);
    fake.write(&format!("{HOME}/compose/.env"), "GRAFANA_ADMIN_PASSWORD=x\n");
    fake.run(&["up"]).succeeded();
    fake.running(&["grafana", "jaeger", "prometheus"]);
    fake.calls();
    let orders = |fake: &Fake| {
        let ended = fake.run(&["up", "--wait", "60"]);
        ended.succeeded();
        let order = |call: String| Some(call.split_once(" up ")?.1.to_owned());
        (fake.calls().into_iter().filter_map(order).collect::<Vec<_>>(), ended.output)
    };
    let up = "--detach --wait --wait-timeout 60";
    let anew = "--detach --no-deps --force-recreate --wait --wait-timeout 60";
    assert_eq!(orders(&fake).0, [up], "nothing was renewed");

    // As an earlier version has left them.
    let rules = format!("{HOME}/dashboards/prometheus/llm.rules.yml");
    fake.write(&rules, &(fake.read(&rules) + "# earlier\n"));
    let (found, said) = orders(&fake);
    assert_eq!(found, [up.to_owned(), format!("{anew} prometheus")]);
    let anew_line = "starting anew, because files that it has read were renewed: prometheus\n";
    assert!(said.contains(anew_line), "{said}");

    // The alerts do not run, and Grafana looks at its dashboards by itself.
    for name in ["compose/prometheus/prometheus.yml", "compose/jaeger/jaeger.yaml"] {
        fs::remove_file(place(&fake, name)).unwrap();
    }
    fs::remove_file(place(&fake, "compose/alertmanager/alertmanager.yml")).unwrap();
    fs::remove_file(place(&fake, "dashboards/grafana/overview.json")).unwrap();
    assert_eq!(orders(&fake).0, [up.to_owned(), format!("{anew} jaeger prometheus")]);
    assert_eq!(orders(&fake).0, [up]);
}

#[test]
fn a_stack_that_does_not_get_healthy_says_who_has_not_read_what_was_renewed() {
    let fake = Fake::without_clone(&["docker"]);
    fake.run(&["configure"]);
    fake.write(&format!("{HOME}/compose/.env"), "GRAFANA_ADMIN_PASSWORD=x\n");
    fake.run(&["up"]).succeeded();
    fake.running(&["jaeger", "prometheus"]);
    let rules = format!("{HOME}/dashboards/prometheus/llm.rules.yml");
    fake.write(&rules, &(fake.read(&rules) + "# earlier\n"));
    fake.write("fake/sick", "");
    fake.calls();
    let error = fake.run(&["up"]).error();
    let expected = "what runs may still have what it read before; `botmeter stack restart \
                    prometheus` starts it anew: the stack did not get healthy; `botmeter stack \
                    logs` says why: `";
    assert!(error.starts_with(expected), "{error}");
    // Whoever waited once in vain does not wait again.
    let calls = fake.calls();
    assert_eq!(calls.iter().filter(|call| call.contains(" up ")).count(), 1, "{calls:?}");
}

#[test]
fn an_up_that_was_cut_off_anywhere_is_completed_by_the_next() {
    let whole = Fake::without_clone(&["docker"]);
    assert!(whole.run(&["up"]).error().starts_with("there is no "));
    let files = |fake: &Fake| {
        let mut files = tree(&fake.path(HOME));
        // Whoever is killed has no time to remove half of a file.
        files.retain(|(name, _)| !name.contains(".partial-"));
        files
    };
    let count = files(&whole).len();
    let mut partial = 0;
    for least in (0..=count).step_by(4) {
        let fake = Fake::without_clone(&["docker"]);
        let up = fake.start(&["up"]);
        let begin = Instant::now();
        while there(&fake.path(HOME)) < least {
            assert!(begin.elapsed() < SOON, "{least} files are not there");
            thread::sleep(Duration::from_micros(100));
        }
        up.signal("KILL");
        up.end();
        partial += usize::from((1..count).contains(&there(&fake.path(HOME))));
        let ended = fake.run(&["up"]);
        assert!(ended.error().starts_with("there is no "), "{ended:?}");
        assert!(!ended.errors.contains("somebody has changed it"), "{ended:?}");
        assert_eq!(files(&fake), files(&whole), "after {least}");
    }
    assert!(partial > 0, "no kill came between the first file and the last");
}

/// How many whole files are below a folder, which somebody writes meanwhile.
fn there(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let entries = entries.map_while(Result::ok).map(|entry| entry.path());
    let count = |path: PathBuf| match path.to_string_lossy().contains(".partial-") {
        true => 0,
        false if path.is_dir() => there(&path),
        false => 1,
    };
    entries.map(count).sum()
}
