//! What depends on where the files are used.

use std::time::Duration;

use botmeter_board::{Panel, Row, Show, firing_for};
use botmeter_telemetry::SelfObservation;
use expect_test::expect;
use serde_json::{Value, json};

use super::{options, problems_with};
use crate::{
    Catalogue, Files, Options, generate,
    sample::{self, Mail},
};

fn files(options: &Options) -> Files {
    generate(&sample::catalogue(), options).unwrap()
}

fn page(files: &Files) -> Value {
    serde_json::from_str(files.text("grafana/mail-out.json").unwrap()).unwrap()
}

#[test]
fn dashboards_are_as_the_options_say() {
    let plain = page(&files(&options()));
    assert_eq!(plain["tags"], json!(["botmeter", "generated", "mail"]));
    assert_eq!(
        (&plain["editable"], &plain["refresh"], &plain["time"]["from"]),
        (&json!(false), &json!("1m"), &json!("now-1h"))
    );
    let own = options()
        .tag("checkout")
        .another_tag("team-7")
        .editable()
        .range(Duration::from_hours(6))
        .refresh(Duration::from_mins(2));
    let own = page(&files(&own));
    assert_eq!(own["tags"], json!(["checkout", "generated", "team-7", "mail"]));
    assert_eq!(own["links"][0]["tags"], json!(["checkout", "generated"]), "the menu finds them");
    assert_eq!(own["links"][0]["title"], "checkout");
    assert_eq!(own["time"]["from"], "now-6h");
    assert_eq!(own["refresh"], "2m");
    let offered = &own["timepicker"]["refresh_intervals"];
    assert_eq!(*offered, json!(["10s", "30s", "1m", "2m", "5m"]));
    assert_eq!(own["editable"], true);
    assert_eq!(page(&files(&options().refresh(None)))["refresh"], "");
}

#[test]
fn alerts_lead_where_the_page_of_their_domain_is_and_tables_where_all_are_listed() {
    let mut board = sample::board();
    let firing = Panel::table("Firing", sample::DESCRIPTION)
        .draw(firing_for().named("for").show(Show::Seconds))
        .per_job();
    board.dashboards[0].rows.push(Row::open("Alerts", [firing]));
    let catalogue = Catalogue::new()
        .domain::<Mail>(board)
        .domain::<SelfObservation>(botmeter_telemetry::board());
    let (ours, theirs) = ("https://ours.example", "https://theirs.example/");
    let plain = || Options::new("cargo xtask dashboards");
    for (options, mail, telemetry, all) in [
        (plain(), None, None, None),
        (plain().reference_url(ours), Some("ours"), Some("ours"), Some("ours")),
        (plain().reference_of(["telemetry"], theirs), None, Some("theirs"), None),
        (
            plain().reference_of(["telemetry", "mail"], theirs),
            Some("theirs"),
            Some("theirs"),
            Some("theirs"),
        ),
        (
            plain().reference_of(["telemetry"], theirs).reference_of(["mail"], ours),
            Some("ours"),
            Some("theirs"),
            None,
        ),
        (
            plain().reference_of(["telemetry"], theirs).reference_url(ours),
            Some("ours"),
            Some("theirs"),
            Some("ours"),
        ),
    ] {
        let files = generate(&catalogue, &options).unwrap();
        let of = |path: &str, page: &str| {
            let (before, _) = files.text(path).unwrap().split_once(page)?;
            Some(before.rsplit_once("https://")?.1.strip_suffix(".example/").unwrap().to_owned())
        };
        let found = [
            of("prometheus/mail.rules.yml", "mail.md#"),
            of("prometheus/telemetry.rules.yml", "telemetry.md#"),
            of("grafana/mail-out.json", "README.md#${__value.raw}"),
        ];
        assert_eq!(found.each_ref().map(Option::as_deref), [mail, telemetry, all]);
    }
}

#[test]
fn a_page_of_no_domain_is_refused() {
    let wrong = options().reference_of(["mail", "telemtry"], "https://example.org");
    let problems = problems_with(&wrong, |_| {});
    expect![[r#"option reference_of "telemtry": no domain has this name; there are mail"#]]
        .assert_eq(&problems.join("\n"));
}

#[test]
fn times_and_tags_that_mean_nothing_are_refused() {
    let wrong = options()
        .range(Duration::from_secs(30))
        .refresh(Duration::from_millis(5500))
        .tag("")
        .another_tag(" ");
    let problems = problems_with(&wrong, |_| {});
    expect![[r#"
        option range: dashboards show a minute at least, in whole seconds
        option refresh: dashboards ask anew every 5s at most, in whole seconds; or `None`
        option tag: one is empty, by which nothing is found; leave it out"#]]
    .assert_eq(&problems.join("\n"));
}

/// The lines, wherever they begin.
fn trimmed(text: &str) -> String {
    text.trim_end().lines().map(str::trim_start).collect::<Vec<_>>().join("\n")
}

fn fleet() -> Options {
    options().selector("environment", "pre\"prod\\").extra_label("cluster").extra_label("namespace")
}

#[test]
fn every_query_is_about_the_selected_bots_and_tells_clusters_apart() {
    let page = page(&files(&fleet()));
    let list = page["templating"]["list"].as_array().unwrap();
    let variables = list.iter().filter(|variable| variable["type"] == "query");
    let variables: Vec<_> = variables
        .map(|variable| {
            let text = |key: &str| variable[key].as_str().unwrap_or("-").to_owned();
            [text("label"), text("query"), text("regex"), text("allValue")].join(" | ")
        })
        .collect();
    expect![[r#"
        Cluster | query_result(count by (cluster) (last_over_time(telemetry_heartbeat_timestamp_seconds{environment="pre\"prod\\"}[1d]))) | /^\{cluster="(.*)"\} / | .*
        Namespace | query_result(count by (namespace) (last_over_time(telemetry_heartbeat_timestamp_seconds{environment="pre\"prod\\", cluster=~"$cluster"}[1d]))) | /^\{namespace="(.*)"\} / | .*
        Job | query_result(count by (job) (last_over_time(telemetry_heartbeat_timestamp_seconds{environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace"}[1d]))) | /^\{job="(.*)"\} / | -
        Instance | label_values(telemetry_heartbeat_timestamp_seconds{environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace", job=~"$job"}, instance) |  | .+
        Queue | label_values(mail_sent_total{environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance"}, queue) |  | .*"#]].assert_eq(&variables.join("\n"));
    let texts = |panel: &str| {
        let rows = page["panels"].as_array().unwrap().iter();
        let panels =
            rows.flat_map(|item| item["panels"].as_array().into_iter().flatten().chain([item]));
        let of_it = panels.filter(|of| of["title"] == panel);
        let targets = of_it.flat_map(|of| of["targets"].as_array().into_iter().flatten());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let lines = targets.map(|of| text(&of["legendFormat"]) + ": " + &text(&of["expr"]));
        lines.collect::<Vec<_>>().join("\n")
    };
    expect![[r#"
        {{queue}}: sum by (queue) (mail_waiting{environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance", queue=~"$queue"})
        in an hour {{queue}}: sum by (queue) (predict_linear(mail_waiting{environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance", queue=~"$queue"}[30m], 3600))"#]].assert_eq(&texts("Waiting"));
    expect![[r#"{{cluster}} {{namespace}} {{job}} {{instance}}: time() - max by (cluster, namespace, job, instance) (mail_last_timestamp_seconds{environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance"})"#]].assert_eq(&texts("Last"));
    let mark = &page["annotations"]["list"][1];
    expect![[r#"
        max by (cluster, namespace, job, instance) (process_start_time_seconds{environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance"}) * 1000 and max by (cluster, namespace, job, instance) (build_info{environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace", job=~"$job", instance=~"$instance"})
        {{job}} on {{instance}} {{cluster}} {{namespace}}
        job,instance,cluster,namespace"#]].assert_eq(
        &[&mark["expr"], &mark["textFormat"], &mark["tagKeys"]]
            .map(|of| of.as_str().unwrap())
            .join("\n"),
    );
    let alerts = &page["annotations"]["list"][3];
    expect![[r#"max by (cluster, namespace, job, alertname, severity) (ALERTS{alertstate="firing", environment="pre\"prod\\", cluster=~"$cluster", namespace=~"$namespace", job=~"$job"})"#]].assert_eq(alerts["expr"].as_str().unwrap());
}

#[test]
fn rules_look_at_each_cluster_by_itself() {
    let files = files(&fleet());
    let rules = files.text("prometheus/mail.rules.yml").unwrap();
    let (records, alerts) = rules.split_once("  - name: mail-alerts\n    rules:\n").unwrap();
    let spent = records.lines().find(|line| line.contains("[1d]")).unwrap();
    expect![[r#"expr: 'sum by (environment, cluster, namespace, job, queue) (increase(mail_postage_dollars_total{environment="pre\"prod\\"}[1d]))'"#]].assert_eq(spent.trim());
    let (_, objective) = records.split_once("slo:objective:ratio'\n").unwrap();
    expect![[r#"
        expr: vector(0.99)
        labels:
        slo: mail-lost
        environment: 'pre"prod\'"#]]
    .assert_eq(&trimmed(objective.split("  - name").next().unwrap()));
    let waits = alerts.split("      - alert: PostageHigh").next().unwrap();
    expect![[r#"
        - alert: MailWaits
        expr: |-
        max by (environment, cluster, namespace, job, queue) (max_over_time(mail_waiting{environment="pre\"prod\\"}[5m])) > 100
        and on (environment, cluster, namespace, job) sum by (environment, cluster, namespace, job) (increase(mail_sent_total{environment="pre\"prod\\"}[10m])) < 0.5
        and on (environment, cluster, namespace, job) max by (environment, cluster, namespace, job) (last_over_time(telemetry_heartbeat_timestamp_seconds{environment="pre\"prod\\"}[10m]))
        for: '10m'
        labels:
        severity: warning
        annotations:
        summary: Mail waits.
        description: '{{ $value | humanize }} mails of {{ $labels.job }} ({{ $labels.cluster }}, {{ $labels.namespace }}) wait in {{ $labels.queue }}.'
        runbook_url: 'https://example.org/reference/mail.md#mailwaits'
        dashboard_url: 'https://grafana.example.org/d/mail-out?viewPanel=988757&var-cluster={{ $labels.cluster | urlquery }}&var-namespace={{ $labels.namespace | urlquery }}&var-job={{ $labels.job | urlquery }}'"#]].assert_eq(&trimmed(waits));
    let burns = alerts.split("      - alert: MailBudgetBurn\n").nth(1).unwrap();
    expect![[r#"
        expr: |-
        job:mail_lost:ratio_rate1h{environment="pre\"prod\\"} > 14.4 * 0.01
        and job:mail_lost:ratio_rate5m{environment="pre\"prod\\"} > 14.4 * 0.01
        and sum by (environment, cluster, namespace, job) (increase(mail_sent_total{environment="pre\"prod\\", status!="cancelled"}[1h])) >= 20
        and on (environment, cluster, namespace, job) max by (environment, cluster, namespace, job) (last_over_time(telemetry_heartbeat_timestamp_seconds{environment="pre\"prod\\"}[6h]))"#]].assert_eq(&trimmed(burns.split("        for:").next().unwrap()));
}

#[test]
fn an_example_happens_in_places_that_differ_in_one_label_each() {
    let files = files(&fleet());
    let tests = files.text("prometheus/tests/mail.test.yml").unwrap();
    let first = tests.split("  - name: MailWaits does not fire\n").next().unwrap();
    let (fed, expected) = first.split_once("alert_rule_test:\n").unwrap();
    let lines = |text: &str, having: &str| {
        let lines = text.lines().filter(|line| line.contains(having));
        trimmed(&lines.collect::<Vec<_>>().join("\n"))
    };
    expect![[r#"
        - series: 'mail_waiting{job="example-bot", instance="example-1", queue="out \"fast\"", environment="pre\"prod\\", cluster="example-cluster", namespace="example-namespace"}'
        - series: 'mail_waiting{job="example-bot", instance="example-1", queue="out \"fast\"", environment="not-pre\"prod\\", cluster="example-cluster", namespace="example-namespace"}'
        - series: 'mail_waiting{job="example-bot", instance="example-1", queue="out \"fast\"", environment="pre\"prod\\", cluster="not-example-cluster", namespace="example-namespace"}'
        - series: 'mail_waiting{job="example-bot", instance="example-1", queue="out \"fast\"", environment="pre\"prod\\", cluster="example-cluster", namespace="not-example-namespace"}'"#]].assert_eq(&lines(fed, "mail_waiting"));
    // Nothing fires in the other environment.
    expect![[r#"
        description: '150 mails of example-bot (example-cluster, example-namespace) wait in out "fast".'
        description: '150 mails of example-bot (not-example-cluster, example-namespace) wait in out "fast".'
        description: '150 mails of example-bot (example-cluster, not-example-namespace) wait in out "fast".'"#]].assert_eq(&lines(expected, "description"));
    let first = expected.split("- exp_labels:\n").nth(1).unwrap();
    expect![[r#"
        job: example-bot
        environment: 'pre"prod\'
        cluster: example-cluster
        namespace: example-namespace
        queue: 'out "fast"'
        severity: warning
        exp_annotations:
        summary: Mail waits.
        description: '150 mails of example-bot (example-cluster, example-namespace) wait in out "fast".'
        runbook_url: 'https://example.org/reference/mail.md#mailwaits'
        dashboard_url: 'https://grafana.example.org/d/mail-out?viewPanel=988757&var-cluster=example-cluster&var-namespace=example-namespace&var-job=example-bot'"#]].assert_eq(&trimmed(first));
}

#[test]
fn links_lead_to_the_cluster_that_is_meant() {
    let page = files(&fleet()).text("grafana/mail-out.json").unwrap().to_owned();
    let kept = "&${cluster:queryparam}&${namespace:queryparam}&${job:queryparam}&${instance";
    assert!(page.contains(kept), "{page}");
}

#[test]
fn labels_that_cannot_be_selected_or_told_apart_by_are_refused() {
    let wrong = options()
        .selector("env-name", "")
        .selector("job", "$job")
        .extra_label("queue")
        .extra_label("cluster")
        .extra_label("cluster")
        .extra_label("__name__")
        .extra_label("");
    let problems = problems_with(&wrong, |_| {});
    let own: Vec<_> = problems.into_iter().filter(|of| of.starts_with("option")).collect();
    expect![[r#"
        option extra label "": a label is made of letters, digits and underscores, does not begin with a digit, and two underscores in front are Prometheus' own
        option extra label "__name__": a label is made of letters, digits and underscores, does not begin with a digit, and two underscores in front are Prometheus' own
        option extra label "cluster": is given twice; give it once, as a selector or as an extra label
        option extra label "queue": an instrument has this label, which means something else there; take another
        option selector "env-name": a label is made of letters, digits and underscores, does not begin with a digit, and two underscores in front are Prometheus' own
        option selector "env-name": there is no value, which would select the series that lack the label
        option selector "job": Grafana would take a value with $ or [[ for a variable; select by another
        option selector "job": what is generated has a label or a variable of this name; take another"#]].assert_eq(&own.join("\n"));
}
