//! What Compose is told, word by word.

use serde_json::{Value, json};

use super::fake::Fake;

pub(super) const DOCKER: &str = "docker compose --project-name botmeter --file @/compose/compose.yaml \
                      --env-file @/compose/.env";
const PODMAN: &str = "podman compose --project-name botmeter --file @/compose/compose.yaml --file \
                      @/compose/compose.podman.yaml --env-file @/compose/.env";

/// What may touch whatever could run.
pub(super) const ALL: &str = "docker compose --project-name botmeter --file @/compose/compose.yaml --file \
                   @/compose/compose.fleet.yaml --env-file @/compose/.env --profile collector \
                   --profile alerts --profile demo";

fn json_of(fake: &Fake, file: &str) -> Value {
    serde_json::from_str(&fake.read(file)).unwrap()
}

#[test]
fn up_writes_targets_starts_waits_and_tells_where() {
    let fake = Fake::new(&["docker"]);
    let ended = fake.run(&["up", "--profile", "collector", "--with", "alerts", "--wait", "60"]);
    ended.succeeded();
    assert_eq!(
        fake.calls(),
        [
            format!("{ALL} ps --all --format json"),
            format!(
                "{DOCKER} --profile alerts --profile collector up --detach --wait --wait-timeout 60"
            ),
        ]
    );
    let bots = json_of(&fake, "compose/prometheus/targets/stack.json");
    assert_eq!(bots[0]["targets"], json!([]));
    let line = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=http://localhost:9090/api/v1/otlp/v1/metrics\n";
    assert!(ended.output.contains(line), "{}", ended.output);
    let alertmanagers = json_of(&fake, "compose/prometheus/alertmanagers/stack.json");
    assert_eq!(alertmanagers, json!([{ "targets": ["alertmanager:9093"] }]));
    for line in ["Grafana        http://localhost:3000\n", "Alertmanager   http://localhost:9093\n"]
    {
        assert!(ended.output.contains(line), "{}", ended.output);
    }
}

#[test]
fn who_is_on_this_machine_may_edit_and_who_is_not_only_where_that_is_said() {
    let fake = Fake::new(&["docker"]);
    let password = "GRAFANA_ADMIN_PASSWORD=x\n";
    let here = [("", "Editor"), ("BOTMETER_BIND=127.0.0.2\n", "Editor")];
    // What the file says is read by Compose itself.
    let said = [
        ("BOTMETER_GRAFANA_ROLE=Viewer\n", ""),
        ("BOTMETER_BIND=0.0.0.0\nBOTMETER_GRAFANA_ROLE=Editor\n", ""),
    ];
    for (text, role) in here.into_iter().chain(said) {
        fake.write("compose/.env", &format!("{password}{text}"));
        fake.run(&["up"]).succeeded();
        assert_eq!(fake.read("fake/role"), role, "{text}");
    }
    fake.calls();
    fake.write("compose/.env", &format!("{password}BOTMETER_BIND=0.0.0.0\n"));
    let error = fake.run(&["up"]).error();
    assert!(error.starts_with("BOTMETER_BIND is 0.0.0.0, so others could edit"), "{error}");
    assert_eq!(fake.calls(), [""; 0]);
}

#[test]
fn podman_gets_its_own_file_and_name_of_this_machine() {
    let fake = Fake::new(&["podman"]);
    fake.write("compose/.env", "GRAFANA_ADMIN_PASSWORD=x\nBOTMETER_SCENARIO=localhost\n");
    let ended = fake.run(&["up", "--wait", "60"]);
    ended.succeeded();
    assert!(!ended.output.contains("let them push"), "{}", ended.output);
    assert_eq!(fake.calls()[1], format!("{PODMAN} up --detach --wait --wait-timeout 60"));
    let bots = json_of(&fake, "compose/prometheus/targets/stack.json");
    assert_eq!(bots[0]["targets"], json!(["host.containers.internal:9464"]));
    assert!(!fake.path("compose/prometheus/alertmanagers/stack.json").exists());
}

#[test]
fn an_older_docker_has_its_compose_beside_it() {
    let fake = Fake::new(&["docker", "docker-compose"]);
    fake.write("fake/no-plugin", "");
    fake.run(&["down"]).succeeded();
    let expected = format!("{ALL} down --remove-orphans");
    assert_eq!(fake.calls(), [expected.replace("docker compose", "docker-compose")]);
    fake.write("fake/version", "docker-compose version 1.29.2, build 5becea4c\n");
    assert_eq!(
        fake.run(&["down", "--engine", "docker"]).error(),
        "docker: its Compose says of its version \"docker-compose version 1.29.2, build \
         5becea4c\" (Docker Compose 2 or newer is needed); mend that, or choose something else \
         with --engine podman or --engine native"
    );
}

#[test]
fn a_stack_that_does_not_get_healthy_says_where_to_look() {
    let fake = Fake::new(&["docker"]);
    fake.write("fake/sick", "");
    let ended = fake.run(&["up"]);
    assert!(ended.errors.starts_with("container botmeter-jaeger-1 is unhealthy\n"), "{ended:?}");
    assert!(
        ended.error().starts_with(
            "the stack did not get healthy; `botmeter stack logs` says why: \
             `BOTMETER_GRAFANA_ROLE=Editor docker compose "
        ),
        "{}",
        ended.error()
    );
}

#[test]
fn an_interrupted_up_ends_what_it_began() {
    for signal in ["INT", "TERM"] {
        let fake = Fake::new(&["docker"]);
        fake.running(&[]);
        fake.write("fake/slow", "");
        let up = fake.start(&["up", "--wait", "60"]);
        fake.until_asked(" up --detach ");
        up.signal(signal);
        let ended = up.end();
        assert_eq!(ended.error(), "interrupted");
        assert!(ended.output.contains("interrupted: ending what was begun\n"), "{ended:?}");
        let calls = fake.calls();
        assert_eq!(calls.last().unwrap(), &format!("{ALL} stop prometheus"));
    }
}

#[test]
fn down_keeps_the_data_and_needs_no_variables() {
    let fake = Fake::new(&["docker"]);
    std::fs::remove_file(fake.path("compose/.env")).unwrap();
    fake.run(&["down"]).succeeded();
    assert_eq!(
        fake.calls(),
        ["GRAFANA_ADMIN_PASSWORD=unused docker compose --project-name botmeter --file \
             @/compose/compose.yaml --file @/compose/compose.fleet.yaml --profile collector \
             --profile alerts --profile demo down --remove-orphans"]
    );
}

#[test]
fn reset_asks_first() {
    let fake = Fake::new(&["docker"]);
    assert_eq!(
        fake.run(&["reset"]).error(),
        "this ends the stack and removes the volumes with all its data, and nobody can be asked \
         here: add --yes if that is meant"
    );
    assert_eq!(fake.calls(), [""; 0]);
    fake.run(&["reset", "--yes"]).succeeded();
    assert_eq!(fake.calls(), [format!("{ALL} down --remove-orphans --volumes")]);
}

#[test]
fn restart_creates_anew_what_runs() {
    let fake = Fake::new(&["docker"]);
    let error = fake.run(&["restart"]).error();
    assert_eq!(error, "the stack is not running: start it with `botmeter stack up`");
    fake.running(&["prometheus", "alertmanager"]);
    let error = fake.run(&["restart", "grafana"]).error();
    assert_eq!(error, "\"grafana\" is not running; running are prometheus, alertmanager");
    fake.calls();
    fake.run(&["restart", "--wait", "9"]).succeeded();
    let up = "up --detach --no-deps --force-recreate --wait --wait-timeout 9";
    let expected = format!("{DOCKER} --profile alerts {up} prometheus alertmanager");
    assert_eq!(fake.calls().last().unwrap(), &expected);
    // The targets follow what runs.
    assert!(fake.path("compose/prometheus/alertmanagers/stack.json").exists());
}

#[test]
fn status_is_a_failure_unless_all_is_well() {
    let fake = Fake::new(&["docker"]);
    let ended = fake.run(&["status"]);
    assert_eq!((ended.code, ended.output.as_str()), (Some(1), "the stack is not running\n"));
    fake.running(&["prometheus", "alertmanager"]);
    let ended = fake.run(&["status"]);
    ended.succeeded();
    assert!(
        ended.output.starts_with(
            "prometheus     running, healthy\nalertmanager   running, healthy\nPrometheus     http"
        ),
        "{}",
        ended.output
    );
    fake.write("fake/services", r#"[{"Service":"jaeger","State":"exited","Health":""}]"#);
    let ended = fake.run(&["status"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.output.starts_with("jaeger         exited\n"), "{}", ended.output);
}

#[test]
fn logs_are_passed_on() {
    let fake = Fake::new(&["docker"]);
    fake.run(&["logs", "--follow", "--tail", "5", "jaeger"]).succeeded();
    assert_eq!(fake.calls(), [format!("{ALL} logs --follow --tail 5 jaeger")]);
}

#[test]
fn configure_writes_the_targets_of_each_scenario() {
    let fake = Fake::new(&["docker"]);
    fake.write(
        "compose/.env",
        "BOTMETER_SCENARIO=network\nBOTMETER_BOT_HOST=bot-a,bot-b\nCOMPOSE_PROFILES=collector\n",
    );
    let ended = fake.run(&["configure"]);
    ended.succeeded();
    let folder = fake.path("compose/prometheus").display().to_string();
    assert_eq!(
        ended.output,
        format!(
            "wrote {folder}/targets/stack.json\nwrote {folder}/collectors/stack.json\nwrote \
             {folder}/servers/stack.json\n"
        )
    );
    let bots = json_of(&fake, "compose/prometheus/targets/stack.json");
    assert_eq!(bots[0]["targets"], json!(["bot-a:9464", "bot-b:9464"]));
    fake.run(&["configure", "--engine", "docker"]).succeeded();
    assert_eq!(fake.calls(), [""; 0]);
}
