//! Boards that are made in a loop over data, such as a list of queues.

use std::time::Duration;

use botmeter_board::{
    Alert, Board, Dashboard, Example, Foreign, Growth, Limit, Measure, Objective, OwnUnit, Panel,
    Query, Recorded, Row, Severity, Show, increase, last, promql::quoted, said, share_of,
};
use expect_test::expect;
use serde_json::Value;

use super::options;
use crate::{
    Catalogue, Files, Problem, generate,
    sample::{self, Mail, Queue, SENT, Status, WAITING},
};

/// The sample with a page, recordings, alerts and objectives for these queues.
fn board(queues: &[String]) -> Board {
    let mut board = sample::board();
    let mut panels = Vec::new();
    for (at, queue) in queues.iter().enumerate() {
        let most = 40.0 + 10.0 * f64::from(u8::try_from(at).unwrap());
        let limit = Limit::because(most, format!("the contract of {queue} says {most}"));
        let titles = [format!("Waiting: {queue}"), format!("Burn: {queue}")];
        let objective = objective(at, queue, &titles[1]);
        panels.extend([
            waiting(queue, &titles[0]).limit(&limit),
            depth(queue),
            Panel::burn(titles[1].clone(), about(queue), &objective),
        ]);
        board = board
            .recordings([Recorded::new(
                &format!("mail_sent_{at}:increase1d"),
                increase(&SENT).with::<Queue>(queue).over(Duration::from_hours(24)).all(),
                format!("Mails of a day in {queue}."),
            )])
            .alerts([alert(at, queue, &limit, &titles[0])])
            .objectives([objective]);
    }
    let tags: Vec<_> = queues.iter().map(|queue| format!("queue {queue}")).collect();
    board.dashboard(
        Dashboard::new("mail-queues".to_owned(), format!("{} queues", queues.len()), about("all"))
            .tags(&tags)
            .rows([Row::open(format!("From {}", queues.join(" to ")), panels)]),
    )
}

fn about(queue: &str) -> String {
    format!("What {queue} has, what is good, what is bad, and what there is to do about it.")
}

fn waiting(queue: &str, title: &str) -> Panel {
    let unit = OwnUnit::Counted(format!("mails of {queue}").into());
    Panel::time_series(title.to_owned(), about(queue), Show::Own(unit))
        .draw(last(&WAITING).with::<Queue>(queue).all().named(format!("{queue} now")))
        .without_data(format!("nothing in {queue}"))
        .leads_to("mail-out".to_owned())
}

fn depth(queue: &str) -> Panel {
    let keys = vec!["queue".to_owned()];
    let depth = Foreign::new("rabbitmq_depth".to_owned(), Growth::AlsoFalls, keys);
    let text = format!("max by ($by) (rabbitmq_depth{{queue={}, $bots}})", quoted(queue));
    Panel::stat(format!("Depth: {queue}"), about(queue), Show::Count)
        .draw(Query::<()>::raw(text, &[depth]))
}

fn alert(at: usize, queue: &str, limit: &Limit, panel: &str) -> Alert {
    let waits = |mails| Example::after(Duration::from_mins(5)).holds(&WAITING, (queue,), mails);
    let many = limit.value + 1.0;
    let when = last(&WAITING).with::<Queue>(queue).by::<(Queue,)>().above(limit);
    Alert::new(format!("MailWaitsIn{at}"), Severity::Warning, when)
        .says(
            format!("Mail waits in {queue}."),
            format!("{{value}} mails of {{job}} wait in {queue}."),
            Show::Count,
        )
        .runbook(&[format!("Call those who look after {queue}.")])
        .panel(panel.to_owned())
        .tested(waits(many).fires::<(Queue,)>((queue,), said(Show::Count, many)), waits(many - 1.0))
}

fn objective(at: usize, queue: &str, panel: &str) -> Objective {
    let lost = share_of(&SENT).that(Status::Error).not_counting(Status::Cancelled);
    let target = Limit::because(0.99, format!("{queue} may lose one in a hundred"));
    Objective::new(format!("mail_lost_{at}"), &target, Measure::failures(lost.with::<Queue>(queue)))
        .of_at_least(&Limit::new(20.0, "a few mails are no share"))
        .alert(format!("MailBudgetBurnIn{at}"), format!("Too much mail of {queue} gets lost."))
        .runbook(&[format!("Look at the log of {queue}.")])
        .panel(panel.to_owned())
}

fn generated(queues: &[&str]) -> Result<Files, Vec<String>> {
    let queues: Vec<_> = queues.iter().map(|queue| (*queue).to_owned()).collect();
    generate(&Catalogue::new().domain::<Mail>(board(&queues)), &options())
        .map_err(|error| error.problems().iter().map(Problem::to_string).collect())
}

#[test]
fn panels_are_made_from_data() {
    let files = generated(&["billing", "a|b \"fast\""]).unwrap();
    let page: Value =
        serde_json::from_str(files.text("grafana/mail-queues.json").unwrap()).unwrap();
    let mut told = vec![page["title"].to_string(), page["tags"].to_string()];
    for panel in page["panels"].as_array().unwrap() {
        told.push(panel["title"].to_string());
        if let Some(target) = panel["targets"].get(0) {
            let fields = &panel["fieldConfig"]["defaults"];
            told.push(format!("  {} {}", fields["unit"], fields["noValue"]));
            told.push(format!("  {}", target["legendFormat"]));
            told.push(format!("  {}", target["expr"].as_str().unwrap()));
        }
    }
    expect![[r#"
        "2 queues"
        ["botmeter","generated","queue billing","queue a|b \"fast\""]
        "From billing to a|b \"fast\""
        "Waiting: billing"
          "count:mails of billing" "nothing in billing"
          "billing now"
          sum(mail_waiting{job=~"$job", instance=~"$instance", queue="billing"})
        "Depth: billing"
          "short" "0"
          "Depth: billing"
          max by () (rabbitmq_depth{queue="billing", job=~"$job", instance=~"$instance"})
        "Burn: billing"
          "short" "no traffic"
          "short window"
          (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", status="error", queue="billing"}[5m])) or 0 * sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", status!="cancelled", queue="billing"}[5m]))) / (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", status!="cancelled", queue="billing"}[5m])) > 0) / 0.01
        "Waiting: a|b \"fast\""
          "count:mails of a|b \"fast\"" "nothing in a|b \"fast\""
          "a|b \"fast\" now"
          sum(mail_waiting{job=~"$job", instance=~"$instance", queue="a|b \"fast\""})
        "Depth: a|b \"fast\""
          "short" "0"
          "Depth: a|b \"fast\""
          max by () (rabbitmq_depth{queue="a|b \"fast\"", job=~"$job", instance=~"$instance"})
        "Burn: a|b \"fast\""
          "short" "no traffic"
          "short window"
          (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", status="error", queue="a|b \"fast\""}[5m])) or 0 * sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", status!="cancelled", queue="a|b \"fast\""}[5m]))) / (sum(increase(mail_sent_total{job=~"$job", instance=~"$instance", status!="cancelled", queue="a|b \"fast\""}[5m])) > 0) / 0.01
    "#]].assert_eq(&(told.join("\n") + "\n"));
}

#[test]
fn rules_are_made_from_data() {
    let files = generated(&["billing", "a|b \"fast\"", "a\nb"]).unwrap();
    let rules = files.text("prometheus/mail.rules.yml").unwrap();
    let told = rules.lines().filter(|line| line.contains("fast"));
    let told: Vec<_> = told.map(str::trim).collect();
    expect![[r#"
        expr: 'sum by (job) (increase(mail_sent_total{queue="a|b \"fast\""}[1d]))'
        expr: '(sum by (job) (rate(mail_sent_total{status="error", queue="a|b \"fast\""}[5m])) or 0 * sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[5m]))) / (sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[5m])) > 0)'
        expr: '(sum by (job) (rate(mail_sent_total{status="error", queue="a|b \"fast\""}[30m])) or 0 * sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[30m]))) / (sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[30m])) > 0)'
        expr: '(sum by (job) (rate(mail_sent_total{status="error", queue="a|b \"fast\""}[1h])) or 0 * sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[1h]))) / (sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[1h])) > 0)'
        expr: '(sum by (job) (rate(mail_sent_total{status="error", queue="a|b \"fast\""}[2h])) or 0 * sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[2h]))) / (sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[2h])) > 0)'
        expr: '(sum by (job) (rate(mail_sent_total{status="error", queue="a|b \"fast\""}[6h])) or 0 * sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[6h]))) / (sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[6h])) > 0)'
        expr: '(sum by (job) (rate(mail_sent_total{status="error", queue="a|b \"fast\""}[1d])) or 0 * sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[1d]))) / (sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[1d])) > 0)'
        expr: '(sum by (job) (rate(mail_sent_total{status="error", queue="a|b \"fast\""}[3d])) or 0 * sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[3d]))) / (sum by (job) (rate(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[3d])) > 0)'
        expr: 'sum by (job) (increase(mail_sent_total{status="error", queue="a|b \"fast\""}[1h])) or 0 * sum by (job) (increase(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[1h]))'
        expr: 'sum by (job) (increase(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[1h]))'
        sum by (job, queue) (mail_waiting{queue="a|b \"fast\""}) > 50
        summary: 'Mail waits in a|b "fast".'
        description: '{{ $value | humanize }} mails of {{ $labels.job }} wait in a|b "fast".'
        and sum by (job) (increase(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[1h])) >= 20
        summary: 'Too much mail of a|b "fast" gets lost.'
        and sum by (job) (increase(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[6h])) >= 20
        summary: 'Too much mail of a|b "fast" gets lost.'
        and sum by (job) (increase(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[1d])) >= 20
        summary: 'Too much mail of a|b "fast" gets lost.'
        and sum by (job) (increase(mail_sent_total{status!="cancelled", queue="a|b \"fast\""}[3d])) >= 20
        summary: 'Too much mail of a|b "fast" gets lost.'
    "#]].assert_eq(&(told.join("\n") + "\n"));
    let tests = files.text("prometheus/tests/mail.test.yml").unwrap();
    for told in ["of example-bot wait in a|b \"fast\".", "queue: a_b"] {
        assert!(tests.contains(told), "{told} is not in {tests}");
    }
    let page = files.text("reference/mail.md").unwrap();
    assert!(page.contains("- 50: the contract of a|b \"fast\" says 50"), "{page}");
    assert!(page.contains("1. Call those who look after billing."), "{page}");
}

#[test]
fn data_that_would_mean_something_else_is_refused() {
    let problems = generated(&["$job", "{queue}{x}", "a\nb"]).unwrap_err();
    expect![[r#"
        alert MailWaitsIn1: the description names {x}; it can name {job}, {queue}
        alert MailWaitsIn1: the summary names {x}; it can name {job}, {queue}
        dashboard mail-queues panel "Burn: $job": takes the series whose queue is "$job", in which Grafana would look for a variable; group by queue instead
        dashboard mail-queues panel "Depth: $job": the raw query has $job; there are $bots, $fleet, $by, $window, $shown
        dashboard mail-queues panel "Waiting: $job": takes the series whose queue is "$job", in which Grafana would look for a variable; group by queue instead
        dashboard mail-queues panel "Waiting: {queue}{x}": the unit "mails of {queue}{x}" is to be a word or a sign, without braces
    "#]].assert_eq(&(problems.join("\n") + "\n"));
}
