//! The texts themselves.

use std::time::Duration;

use botmeter_board::{
    Dashboard, Limit, OwnUnit, Panel, Row, Show, increase, last,
    promql::{Asked, of_panel},
    within,
};
use expect_test::expect;
use serde_json::Value;

use super::options;
use crate::{
    Catalogue, Files, Options, generate,
    sample::{self, Mail, Status},
};

fn files() -> Files {
    generate(&sample::catalogue(), &options()).unwrap()
}

/// Everything on the page, those in closed rows included.
pub(super) fn panels(files: &Files) -> Vec<Value> {
    let text = files.text("grafana/mail-out.json").unwrap();
    let dashboard: Value = serde_json::from_str(text).unwrap();
    let items = dashboard["panels"].as_array().unwrap().iter().flat_map(|item| {
        let hidden = item["panels"].as_array().into_iter().flatten();
        [item].into_iter().chain(hidden)
    });
    items.cloned().collect()
}

/// What the panel of this title is told of its fields.
pub(super) fn fields(files: &Files, title: &str) -> Value {
    let mut panels = panels(files).into_iter();
    let panel = panels.find(|panel| panel["title"] == title && panel["type"] != "row");
    panel.unwrap()["fieldConfig"]["defaults"].take()
}

/// Title, name of the line, and query of every panel.
pub(super) fn queries(files: &Files) -> String {
    let mut lines = Vec::new();
    for panel in panels(files) {
        for target in panel["targets"].as_array().into_iter().flatten() {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            lines.push(format!("{} | {}", text(&panel["title"]), text(&target["legendFormat"])));
            lines.push(format!("  {}", text(&target["expr"])));
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn the_same_catalogue_gives_the_same_files() {
    let files = files();
    assert_eq!(files, self::files());
    expect![[r#"
        catalogue.json
        grafana/mail-out.json
        kubernetes/dashboard-mail-out.yaml
        kubernetes/pod-monitor.yaml
        kubernetes/rules-mail.yaml
        prometheus/mail.rules.yml
        prometheus/tests/mail-slow.test.yml
        prometheus/tests/mail.test.yml
        reference/README.md
        reference/mail.md"#]]
    .assert_eq(&files.paths().collect::<Vec<_>>().join("\n"));
}

#[test]
fn panels_select_what_is_chosen_and_keep_their_groups() {
    expect![[r#"
        Sent | Sent
          sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__range]))
        Within half a second | Within half a second
          1 - sum(increase(mail_duration_seconds_bucket{job=~"$job", instance=~"$instance", queue=~"$queue", le="0.5"}[$__range])) / (sum(increase(mail_duration_seconds_count{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__range])) > 0)
        Waiting | {{queue}}
          sum by (queue) (mail_waiting{job=~"$job", instance=~"$instance", queue=~"$queue"})
        Waiting | in an hour {{queue}}
          sum by (queue) (predict_linear(mail_waiting{job=~"$job", instance=~"$instance", queue=~"$queue"}[30m], 3600))
        Failed | {{queue}} {{job}}
          (sum by (job, queue) (rate(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status=~"error|cancelled"}[$__rate_interval])) or 0 * sum by (job, queue) (rate(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__rate_interval]))) / (sum by (job, queue) (rate(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__rate_interval])) > 0)
        Latency | p50
          histogram_quantile(0.5, sum by (le) (rate(mail_duration_seconds_bucket{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__rate_interval]))) >= 0
        Latency | p95
          histogram_quantile(0.95, sum by (le) (rate(mail_duration_seconds_bucket{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__rate_interval]))) >= 0
        Durations | {{le}}
          sum by (le) (increase(mail_duration_seconds_bucket{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__rate_interval]))
        Dearest | {{queue}}
          topk(3, sum by (queue) (increase(mail_postage_dollars_total{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__range])))
        Queues | Mails {{queue}}
          sum by (queue) (increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__range]))
        Queues | Postage {{queue}}
          sum by (queue) (increase(mail_postage_dollars_total{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__range])) / (sum by (queue) (increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue"}[$__range])) > 0)
        Last | {{job}} {{instance}}
          time() - max by (job, instance) (mail_last_timestamp_seconds{job=~"$job", instance=~"$instance"})
        Parts | Parts
          sum(rate(mail_parts_count{job=~"$job", instance=~"$instance"}[$__rate_interval])) * 60
        Burn | short window
          (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status="error"}[5m])) or 0 * sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status!="cancelled"}[5m]))) / (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status!="cancelled"}[5m])) > 0) / 0.01
        Burn | long window
          (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status="error"}[1h])) or 0 * sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status!="cancelled"}[1h]))) / (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status!="cancelled"}[1h])) > 0) / 0.01
        Burn | slow burn
          (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status="error"}[6h])) or 0 * sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status!="cancelled"}[6h]))) / (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", queue=~"$queue", status!="cancelled"}[6h])) > 0) / 0.01
    "#]].assert_eq(&queries(&files()));
}

#[test]
fn alerts_group_by_job_and_show_where_to_look() {
    let files = files();
    let rules = files.text("prometheus/mail.rules.yml").unwrap();
    let alerts = rules.split_once("  - name: mail-alerts\n    rules:\n").unwrap().1;
    let first = alerts.split("      - alert: PostageHigh").next().unwrap();
    let lines: Vec<_> = first.lines().map(|line| line.strip_prefix("      ").unwrap()).collect();
    expect![[r#"
        - alert: MailWaits
          expr: |-
            max by (job, queue) (max_over_time(mail_waiting[5m])) > 100
            and on (job) sum by (job) (increase(mail_sent_total[10m])) < 0.5
            and on (job) max by (job) (last_over_time(telemetry_heartbeat_timestamp_seconds[10m]))
          for: '10m'
          labels:
            severity: warning
          annotations:
            summary: Mail waits.
            description: '{{ $value | humanize }} mails of {{ $labels.job }} wait in {{ $labels.queue }}.'
            runbook_url: 'https://example.org/reference/mail.md#mailwaits'
            dashboard_url: 'https://grafana.example.org/d/mail-out?viewPanel=988757&var-job={{ $labels.job | urlquery }}'"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn alerts_of_others_do_not_lead_to_pages_of_this_project() {
    let nowhere = generate(&sample::catalogue(), &Options::new("cargo xtask dashboards")).unwrap();
    let paths = nowhere.paths().filter(|path| !path.starts_with("grafana/"));
    for path in paths {
        let text = nowhere.text(path).unwrap();
        for link in ["runbook_url", "dashboard_url", "github.com", "localhost"] {
            assert!(!text.contains(link), "{path} has a {link}");
        }
    }
    let one = Options::new("cargo xtask dashboards").grafana_url("https://grafana.example.org");
    let files = generate(&sample::catalogue(), &one).unwrap();
    let rules = files.text("prometheus/mail.rules.yml").unwrap();
    assert!(rules.contains("https://grafana.example.org/d/mail-out?"), "{rules}");
    assert!(!rules.contains("runbook_url"), "{rules}");
}

#[test]
fn an_example_becomes_a_test_that_promtool_runs() {
    let files = files();
    let tests = files.text("prometheus/tests/mail.test.yml").unwrap();
    let first = tests.split("  - name: MailWaits does not fire\n").next().unwrap();
    expect![[r##"
        # generated by botmeter-generate: cargo xtask dashboards
        rule_files:
          - '../mail.rules.yml'
        evaluation_interval: '1m'
        group_eval_order:
          - mail-recordings
          - mail-objectives
          - mail-objectives-long
          - mail-alerts
        tests:
          - name: MailWaits fires
            interval: '1m'
            input_series:
              - series: 'mail_waiting{job="example-bot", instance="example-1", queue="out \"fast\""}'
                values: '150+0x30'
              - series: 'mail_sent_total{job="example-bot", instance="example-1", queue="in", status="success"}'
                values: '0+0x30'
              - series: 'telemetry_heartbeat_timestamp_seconds{job="example-bot", instance="example-1"}'
                values: '0+60x30'
            alert_rule_test:
              - eval_time: '30m'
                alertname: MailWaits
                exp_alerts:
                  - exp_labels:
                      job: example-bot
                      queue: 'out "fast"'
                      severity: warning
                    exp_annotations:
                      summary: Mail waits.
                      description: '150 mails of example-bot wait in out "fast".'
                      runbook_url: 'https://example.org/reference/mail.md#mailwaits'
                      dashboard_url: 'https://grafana.example.org/d/mail-out?viewPanel=988757&var-job=example-bot'
    "##]].assert_eq(first);
}

#[test]
fn the_catalogue_has_the_names_and_bounds_of_everything() {
    let files = files();
    let index: Value = serde_json::from_str(files.text("catalogue.json").unwrap()).unwrap();
    assert_eq!(index["format"], 1);
    let sent = &index["instruments"][0];
    expect![[r#"{"domain":"mail","family":"mail_sent_total","help":"Mails that were sent.","kind":"counter","labels":[{"key":"queue","limit":10},{"key":"status","values":["success","error","cancelled"]}],"name":"mail.sent","unit":"{mail}"}"#]].assert_eq(&sent.to_string());
    let alerts = index["groups"].as_array().unwrap().iter().flat_map(|group| {
        let alerts = group["alerts"].as_array().into_iter().flatten();
        alerts.map(ToString::to_string).take(1)
    });
    expect![[r#"{"labels":{"severity":"warning"},"limits":[{"reason":"nobody reads a hundred mails","value":100.0},{"reason":"half of them have to arrive","value":0.5}],"name":"MailWaits"}"#]].assert_eq(&alerts.collect::<Vec<_>>().join("\n"));
    expect![[r#"[{"domain":"mail","title":"Mail","uid":"mail-out"}]"#]]
        .assert_eq(&index["dashboards"].to_string());
    let pages = files.text("prometheus/mail.rules.yml").unwrap();
    for name in pages.lines().filter_map(|line| line.trim().strip_prefix("- name: ")) {
        assert!(index["groups"].as_array().unwrap().iter().any(|group| group["name"] == name));
    }
}

#[test]
fn a_label_of_the_dashboard_narrows_the_search_for_traces() {
    let files = files();
    let dashboard = files.text("grafana/mail-out.json").unwrap();
    let link = dashboard.lines().find(|line| line.contains("/explore?")).unwrap();
    for part in ["${jaeger_datasource}", "mail.queue%3D%5C%22${__field.labels.queue}%5C%22"] {
        assert!(link.contains(part), "{part} in {link}");
    }
    let options = options().without_traces();
    let files = generate(&sample::catalogue(), &options).unwrap();
    let dashboard = files.text("grafana/mail-out.json").unwrap();
    assert!(!dashboard.contains("jaeger") && dashboard.contains(r#""uid": "${datasource}""#));
}

#[test]
fn the_reference_page_has_a_section_for_each_alert() {
    let files = files();
    let page = files.text("reference/mail.md").unwrap();
    let headings: Vec<_> = page.lines().filter(|line| line.starts_with('#')).collect();
    expect![[r#"
        # mail
        ## Instruments
        ### Labels
        ### Buckets
        ### In no panel
        ## Dashboard `mail-out`
        ## Recorded series
        ## Alerts
        ### MailWaits
        ### PostageHigh
        ### MailBudgetBurn"#]]
    .assert_eq(&headings.join("\n"));
}

#[test]
fn a_dashboard_of_several_domains_belongs_to_none_of_them() {
    let overview = Dashboard::new("overview", "Overview", "Is everything well?").rows([Row::open(
        "All",
        [Panel::stat("Mails", sample::DESCRIPTION, Show::Count).draw(
            increase(&sample::SENT).all() - increase(&sample::SENT).only(Status::Error).all(),
        )],
    )]);
    let catalogue = sample::catalogue().dashboard(overview);
    let files = generate(&catalogue, &options()).unwrap();
    let of_overview: Vec<_> = files.paths().filter(|path| path.contains("overview")).collect();
    assert_eq!(of_overview, ["grafana/overview.json", "kubernetes/dashboard-overview.yaml"]);
}

#[test]
fn objects_of_the_operator_carry_the_labels_that_it_selects_by() {
    let options = options().kubernetes_label("release", "monitoring").pod_label("app", "bots");
    let files = generate(&sample::catalogue(), &options).unwrap();
    expect![[r#"
        # generated by botmeter-generate: cargo xtask dashboards
        apiVersion: monitoring.coreos.com/v1
        kind: PodMonitor
        metadata:
          name: botmeter-pods
          labels:
            release: monitoring
        spec:
          selector:
            matchLabels:
              app: bots
          podMetricsEndpoints:
            - port: metrics
              path: '/metrics'
              interval: '15s'
    "#]]
    .assert_eq(files.text("kubernetes/pod-monitor.yaml").unwrap());
    let rules = files.text("kubernetes/rules-mail.yaml").unwrap();
    let (head, spec) = rules.split_once("spec:\n").unwrap();
    expect![[r#"
        # generated by botmeter-generate: cargo xtask dashboards
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata:
          name: botmeter-mail-rules
          labels:
            release: monitoring
    "#]]
    .assert_eq(head);
    let plain = files.text("prometheus/mail.rules.yml").unwrap();
    let (_, groups) = plain.split_once('\n').unwrap();
    let indented: Vec<_> =
        groups.lines().map(|line| format!("  {line}").trim_end().to_owned()).collect();
    assert_eq!(spec.trim_end(), indented.join("\n").trim_end());
}

#[test]
fn what_is_chosen_stands_in_a_query_that_is_asked_elsewhere() {
    let board = sample::board();
    let hostile = "a\"} or up{x=\"\\\n.*";
    let mut asked = Vec::new();
    for dashboard in &board.dashboards {
        for panel in dashboard.rows.iter().flat_map(|row| &row.panels) {
            let place = Asked {
                scope: panel.scope,
                variables: &dashboard.variables,
                chosen: &[("job", hostile), ("queue", "in"), ("queue", hostile)],
                rate_interval: Duration::from_secs(20),
                shown: Duration::from_mins(15),
            };
            asked.extend(panel.lines.iter().map(|line| of_panel(&line.expr, &place)));
        }
    }
    assert!(asked.len() > 10, "{asked:#?}");
    for query in &asked {
        assert!(!query.contains('$'), "{query}");
        let parsed = promql_parser::parser::parse(query);
        let parsed = format!("{:?}", parsed.unwrap_or_else(|error| panic!("{query}: {error}")));
        assert!(!parsed.contains("name: Some(\"up\")"), "{query}");
    }
    assert_eq!(
        asked[0],
        r#"sum(increase(mail_sent_total{job="a\"} or up{x=\"\\\n.*", queue=~"in|a\"\\} or up\\{x=\"\\\\\n\\.\\*"}[15m]))"#
    );
}

#[test]
fn shares_over_time_are_drawn_as_large_as_they_are() {
    let mut board = sample::board();
    let limited = Panel::time_series("Arrived", sample::DESCRIPTION, Show::Ratio)
        .draw(within(0.5, &sample::TOOK).all())
        .limit(&sample::TOO_FEW);
    board.dashboards[0].rows.push(Row::open("More", [limited]));
    let files = generate(&Catalogue::new().domain::<Mail>(board), &options()).unwrap();
    let top = |title| {
        let fields = fields(&files, title);
        (fields["max"].clone(), fields["custom"]["axisSoftMax"].clone())
    };
    assert_eq!(top("Within half a second"), (1.0.into(), Value::Null), "a dial is the whole");
    assert_eq!(top("Failed"), (Value::Null, Value::Null));
    assert_eq!(top("Arrived"), (Value::Null, sample::TOO_FEW.value.into()), "the limit shows");
    assert_eq!(top("Waiting"), (Value::Null, Value::Null), "a hundred mails would press it down");
}

#[test]
fn a_number_without_a_limit_is_not_said_to_be_well() {
    let mut board = sample::board();
    let limited = Panel::stat("Waits", sample::DESCRIPTION, Show::Count)
        .draw(last(&sample::WAITING).all())
        .limit(&sample::TOO_MANY);
    let advised = Panel::stat("Arrived", sample::DESCRIPTION, Show::Ratio)
        .draw(within(0.5, &sample::TOOK).shown().all())
        .advised_below(&Limit::new(0.9, "one late mail in ten is nothing to wake up for"));
    board.dashboards[0].rows.push(Row::open("More", [limited, advised]));
    let files = generate(&Catalogue::new().domain::<Mail>(board), &options()).unwrap();
    let colors = |title| {
        let fields = fields(&files, title);
        let steps = fields["thresholds"]["steps"].as_array().unwrap();
        steps.iter().map(|step| step["color"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for title in ["Sent", "Within half a second", "Dearest", "Last"] {
        assert_eq!(colors(title), ["text"], "{title}");
    }
    assert_eq!(colors("Waits"), ["green", "orange"]);
    assert_eq!(colors("Arrived"), ["orange", "green"]);
}

#[test]
fn the_rows_of_a_table_with_the_most_come_first() {
    let files = files();
    let table = panels(&files).into_iter().find(|panel| panel["type"] == "table").unwrap();
    let first = serde_json::json!([{ "displayName": "Mails", "desc": true }]);
    assert_eq!(table["options"]["sortBy"], first);
}

#[test]
fn a_unit_of_ones_own_stands_in_panels_columns_and_alerts() {
    const MAILS: Show = Show::Own(OwnUnit::counted("mails"));
    const WATTS: Show = Show::Own(OwnUnit::grafana("watt", "W"));
    let mut board = sample::board();
    let euros = Show::Own(OwnUnit::money("€"));
    let panels =
        [("Own mails", MAILS), ("Own euros", euros), ("Own watts", WATTS)].map(|(title, show)| {
            Panel::stat(title, sample::DESCRIPTION, show).draw(last(&sample::OPEN).all())
        });
    board.undrawn.clear();
    board.dashboards[0].rows.push(Row::open("Own", panels));
    board.alerts[0].show = WATTS;
    let files = generate(&Catalogue::new().domain::<Mail>(board), &options()).unwrap();
    for (title, unit, empty) in [
        ("Own mails", "count:mails", "0"),
        ("Own euros", "currency:€", "0"),
        ("Own watts", "watt", "no traffic"),
    ] {
        let fields = fields(&files, title);
        assert_eq!((&fields["unit"], &fields["noValue"]), (&unit.into(), &empty.into()), "{title}");
    }
    let rules = files.text("prometheus/mail.rules.yml").unwrap();
    assert!(rules.contains(r#"{{ $value | printf "%.4g" }} W mails of"#), "{rules}");
}
