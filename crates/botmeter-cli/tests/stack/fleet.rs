//! A fleet of stores: what Compose is told of it, and when it ends.

use super::{
    fake::Fake,
    orders::{ALL, DOCKER},
};

#[test]
fn a_fleet_is_one_more_file_and_no_profile_of_compose() {
    let fake = Fake::new(&["docker"]);
    let ended = fake.run(&["up", "--fleet", "--with", "alerts", "--wait", "60"]);
    ended.succeeded();
    let expected = format!(
        "{} --profile alerts up --detach --wait --wait-timeout 60",
        DOCKER.replace("--env-file", "--file @/compose/compose.fleet.yaml --env-file")
    );
    assert_eq!(fake.calls()[1], expected);
    assert!(ended.output.contains("Query layer    http://localhost:10902\n"), "{}", ended.output);

    // What runs says that Prometheus has to be told of it again.
    fake.running(&["prometheus", "query"]);
    fake.run(&["restart", "prometheus"]).succeeded();
    let restarted = fake.calls().pop().unwrap();
    assert!(restarted.contains("--file @/compose/compose.fleet.yaml"), "{restarted}");
}

#[test]
fn an_up_without_a_fleet_ends_the_one_that_is_there_and_has_prometheus_read_new_rules() {
    let fake = Fake::without_clone(&["docker"]);
    let folder = fake.path("mine").display().to_string();
    fake.write("mine.env", "GRAFANA_ADMIN_PASSWORD=x\n");
    let file = fake.path("mine.env").display().to_string();
    let run = |words: &[&str]| {
        fake.calls();
        let place = ["--folder", &folder, "--env-file", &file, "--wait", "60"];
        let ended = fake.run(&[words, &place].concat());
        ended.succeeded();
        let mine =
            |call: String| call.replace("@/mine/", "@/").replace("@/mine.env", "@/compose/.env");
        (fake.calls().into_iter().map(mine).collect::<Vec<_>>(), ended.output)
    };
    run(&["up", "--fleet"]);
    let services = [
        ("prometheus", "running"),
        ("receiver-1", "exited"),
        ("query", "running"),
        ("ruler", "running"),
    ];
    let line = |(name, state)| format!(r#"{{"Service":"{name}","State":"{state}","Health":""}}"#);
    fake.write("fake/services", &services.map(line).join("\n"));
    // As an earlier version has left them.
    let rules = "mine/dashboards/prometheus/llm.rules.yml";
    fake.write(rules, &(fake.read(rules) + "# earlier\n"));

    let (calls, said) = run(&["up"]);
    let anew = "up --detach --no-deps --force-recreate --wait --wait-timeout 60 prometheus";
    assert_eq!(
        calls,
        [
            format!("{ALL} ps --all --format json"),
            format!("{ALL} rm --stop --force receiver-1 query ruler"),
            format!("{DOCKER} up --detach --wait --wait-timeout 60"),
            format!("{DOCKER} {anew}"),
        ]
    );
    let line =
        "ending the fleet, which was not asked for; its data are kept: receiver-1 query ruler\n";
    assert!(said.contains(line), "{said}");
    // Nobody is told of a fleet any more.
    let (calls, _) = run(&["restart", "prometheus"]);
    assert_eq!(calls.last().unwrap(), &format!("{DOCKER} {anew}"));
}

#[test]
fn a_fleet_that_does_not_end_leaves_the_rest_as_it_is() {
    let fake = Fake::new(&["docker"]);
    fake.running(&["prometheus", "ruler"]);
    fake.write("fake/stuck", "");
    let error = fake.run(&["up"]).error();
    assert!(
        error.starts_with("the fleet did not end; `botmeter stack down` ends everything: `"),
        "{error}"
    );
    let expected = format!("{ALL} rm --stop --force ruler");
    assert_eq!(fake.calls().last().unwrap(), &expected);
}

#[test]
fn a_port_of_the_fleet_counts_where_containers_have_it() {
    let fake = Fake::new(&["docker"]);
    let env = "GRAFANA_ADMIN_PASSWORD=x\nBOTMETER_SCENARIO=localhost\n";
    // In containers, the others have none on this machine.
    fake.write("compose/.env", &format!("{env}BOTMETER_BOT_PORT=19405\n"));
    fake.run(&["up", "--fleet"]).succeeded();
    fake.write("compose/.env", &format!("{env}BOTMETER_BOT_PORT=10902\n"));
    fake.run(&["up"]).succeeded();
    fake.calls();
    assert_eq!(
        fake.run(&["up", "--fleet"]).error(),
        "BOTMETER_BOT_PORT and BOTMETER_QUERY_PORT both take the port 10902: give each a port of \
         its own"
    );
    assert_eq!(fake.calls(), [""; 0]);
}

#[test]
fn a_ring_that_names_other_receivers_starts_nothing() {
    let fake = Fake::new(&["docker"]);
    let ring = fake.read("compose/thanos/hashring.json").replace("receiver-2", "receiver-3");
    fake.write("compose/thanos/hashring.json", &ring);
    let error = fake.run(&["up", "--fleet"]).error();
    let file = fake.path("compose/thanos/hashring.json").display().to_string();
    assert_eq!(
        error,
        format!(
            "{file} has the endpoints [\"receiver-0:10901\", \"receiver-1:10901\", \
             \"receiver-3:10901\"], and the receivers are receiver-0:10901, receiver-1:10901, \
             receiver-2:10901: name each of them once"
        )
    );
    assert_eq!(fake.calls(), [""; 0]);
}

#[test]
fn a_configuration_from_before_fleets_goes_on_without_one() {
    let fake = Fake::new(&["docker"]);
    std::fs::remove_file(fake.path("compose/compose.fleet.yaml")).unwrap();
    fake.run(&["down"]).succeeded();
    let expected = ALL.replace(" --file @/compose/compose.fleet.yaml", "");
    assert_eq!(fake.calls(), [format!("{expected} down --remove-orphans")]);
    let error = fake.run(&["up", "--fleet"]).error();
    assert!(error.starts_with("there is no ") && error.contains("an earlier botmeter"), "{error}");
}
