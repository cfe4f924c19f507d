//! Queries that no board makes, so that the checks are seen to find them.

use expect_test::{Expect, expect};

use super::*;
use crate::Fleet;
use crate::sample;

const SELECTED: &str = r#"{job=~"$job", instance=~"$instance"}"#;

fn definitions() -> Definitions {
    let mut definitions = Definitions::new(sample::catalogue().instruments(), &Fleet::default());
    definitions.record("job_queue:mail:rate5m", &["job", "queue"].map(str::to_owned));
    let buckets = "job_le:mail_duration_seconds_bucket:rate5m";
    definitions.record(buckets, &["job", "le"].map(str::to_owned));
    definitions
}

fn labels(expr: &str) -> Vec<String> {
    let checked = check(expr, &definitions(), Place::Rule);
    assert_eq!(checked.problems, Vec::<String>::new(), "{expr}");
    checked.labels.into_iter().collect()
}

fn refused(expr: &str, expected: &Expect) {
    expected.assert_eq(&check(expr, &definitions(), Place::Rule).problems.join("\n"));
}

#[test]
fn the_labels_of_a_result_are_known() {
    assert_eq!(labels("mail_waiting"), ["instance", "job", "queue"]);
    assert_eq!(labels("sum(mail_waiting)"), Vec::<String>::new());
    assert_eq!(labels("sum by (queue) (rate(mail_sent_total[5m])) * 60"), ["queue"]);
    assert_eq!(labels("1 - sum by (job) (mail_waiting) / 2"), ["job"]);
    assert_eq!(labels("topk(3, job_queue:mail:rate5m offset 1d)"), ["job", "queue"]);
    assert_eq!(
        labels(
            "histogram_quantile(0.9, sum by (le, job) (rate(mail_duration_seconds_bucket[5m])))"
        ),
        ["job"]
    );
    assert_eq!(labels("time() - max by (job) (mail_last_timestamp_seconds)"), ["job"]);
    assert_eq!(labels("sum_over_time(job_queue:mail:rate5m[30d:1h])"), ["job", "queue"]);
    assert_eq!(labels("vector(0.99)"), Vec::<String>::new());
}

#[test]
fn bots_that_are_told_apart_are_not_mixed() {
    let fleet = Fleet {
        selected: vec![("environment".to_owned(), "a\"b".to_owned())],
        labels: vec!["cluster".to_owned()],
    };
    let definitions = Definitions::new(sample::catalogue().instruments(), &fleet);
    let problems = |expr: &str, place| check(expr, &definitions, place).problems.join("\n");
    let waiting = r#"sum by (environment, cluster, job) (mail_waiting{environment="a\"b"})"#;
    let paired = format!("{waiting} and on (environment, cluster, job) {waiting}");
    assert_eq!(problems(&paired, Place::Rule), "");
    expect!["pairs across all values of cluster"].assert_eq(&problems(
        &paired.replace("on (environment, cluster", "on (environment"),
        Place::Rule,
    ));
    expect![[r#"does not select mail_waiting by environment="a\"b""#]]
        .assert_eq(&problems("sum(mail_waiting)", Place::Rule));
    let selected = format!(r#"mail_waiting{{environment="a\"b", {}"#, &SELECTED[1..]);
    expect![[r#"does not select mail_waiting by cluster=~"$cluster""#]]
        .assert_eq(&problems(&selected, Place::Panel));
}

#[test]
fn what_does_not_exist_is_not_asked_for() {
    refused(
        "sum(rate(mail_lost_total[5m]))",
        &expect!["asks for mail_lost_total, which nothing records"],
    );
    refused(
        r#"sum(mail_waiting{model="x"})"#,
        &expect!["selects mail_waiting by model, which it does not have"],
    );
    refused(
        "sum by (model) (mail_waiting)",
        &expect!["groups by model, which is not there: mail_waiting"],
    );
    refused("{job=\"x\"}", &expect![[r#"selects series without a name: {job="x"}"#]]);
    refused(
        "sum(rate(mail_sent_total[5m])) by",
        &expect!["does not parse: invalid promql query: sum(rate(mail_sent_total[5m])) by"],
    );
}

#[test]
fn counters_are_asked_for_growth_and_levels_for_values() {
    refused(
        "sum(mail_sent_total)",
        &expect!["asks for the plain value of a counter: mail_sent_total"],
    );
    refused(
        "sum(mail_duration_seconds_count)",
        &expect!["asks for the plain value of a counter: mail_duration_seconds_count"],
    );
    refused(
        "rate(mail_waiting[5m])",
        &expect!["calls rate on something that also falls: mail_waiting"],
    );
    refused(
        "max_over_time(mail_sent_total[5m])",
        &expect!["calls max_over_time on something that only grows: mail_sent_total"],
    );
    refused("irate(mail_sent_total[5m])", &expect!["calls irate, which no board can ask for"]);
    refused(
        "rate(sum(mail_sent_total)[5m:1m])",
        &expect!["calls rate on something that is no range"],
    );
    refused("mail_waiting[5m]", &expect!["has a range outside of a function: mail_waiting[5m]"]);
}

#[test]
fn quantiles_are_of_buckets_grouped_by_their_bound() {
    refused(
        "histogram_quantile(0.9, sum by (job) (rate(mail_duration_seconds_bucket[5m])))",
        &expect![
            "takes a quantile without grouping by le: sum by (job) (rate(mail_duration_seconds_bucket[5m]))"
        ],
    );
    refused(
        "histogram_quantile(0.9, sum by (job) (rate(mail_duration_seconds_sum[5m])))",
        &expect![[r#"
            takes the quantile of something that is no bucket: sum by (job) (rate(mail_duration_seconds_sum[5m]))
            takes a quantile without grouping by le: sum by (job) (rate(mail_duration_seconds_sum[5m]))"#]],
    );
    refused(
        "histogram_quantile(0.9, rate(mail_duration_seconds_bucket[5m]))",
        &expect![
            "takes the quantile of something that is no bucket: rate(mail_duration_seconds_bucket[5m])"
        ],
    );
    refused(
        r#"sum(rate(mail_duration_seconds_bucket{le="3"}[5m]))"#,
        &expect![
            "selects the bucket 3 of mail_duration_seconds_bucket, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]"
        ],
    );
    refused(
        r#"sum(rate(mail_parts_bucket{le="1"}[5m]))"#,
        &expect![
            "selects the bucket 1 of mail_parts_bucket: the routes spell whole bounds differently"
        ],
    );
    refused(
        r#"sum(rate(mail_parts_bucket{le=~"0.5|2.5"}[5m]))"#,
        &expect![[r#"selects mail_parts_bucket by le in another way than le="bound""#]],
    );
    assert_eq!(labels(r#"sum(rate(mail_parts_bucket{le="2.5"}[5m]))"#), Vec::<String>::new());
}

#[test]
fn panels_of_whole_jobs_ask_for_what_is_recorded_and_select_no_instance() {
    let problems = |expr: &str| check(expr, &definitions(), Place::JobPanel).problems.join("\n");
    let of_job = r#"{job=~"$job"}"#;
    let buckets = format!("job_le:mail_duration_seconds_bucket:rate5m{of_job}");
    let right = [
        format!("sum by (queue) (mail_waiting{of_job})"),
        format!("sum by (queue) (job_queue:mail:rate5m{of_job})"),
        format!("histogram_quantile(0.9, sum by (le) ({buckets}))"),
        format!("histogram_quantile(0.9, sum by (le) (sum_over_time({buckets}[$__range])))"),
    ];
    for expr in right {
        assert_eq!(problems(&expr), "", "{expr}");
    }
    expect!["selects mail_waiting by instance, of which none can be chosen"]
        .assert_eq(&problems(&format!("sum(mail_waiting{SELECTED})")));
    expect![[r#"does not select job_queue:mail:rate5m by job=~"$job""#]]
        .assert_eq(&problems("sum(job_queue:mail:rate5m)"));
    expect!["asks for job_queue:mail_waiting:sum, which nothing records"]
        .assert_eq(&problems(&format!("sum(job_queue:mail_waiting:sum{of_job})")));
    expect![[r#"adds up over time what no rule records: mail_waiting{job=~"$job"}"#]]
        .assert_eq(&problems(&format!("sum(sum_over_time(mail_waiting{of_job}[$__range]))")));
    expect![[r#"takes the quantile of something that is no bucket: sum by (job) (job_queue:mail:rate5m{job=~"$job"})
takes a quantile without grouping by le: sum by (job) (job_queue:mail:rate5m{job=~"$job"})"#]]
        .assert_eq(&problems(&format!(
            "histogram_quantile(0.9, sum by (job) (job_queue:mail:rate5m{of_job}))"
        )));
    expect!["selects the bucket 3 of job_le:mail_duration_seconds_bucket:rate5m, which has [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.5, 2.5, 5.5, 7.5, 10.5]"]
        .assert_eq(&problems(&format!("sum({})", buckets.replace('}', r#", le="3"}"#))));
}

#[test]
fn two_sides_have_the_same_labels() {
    refused(
        "sum by (queue) (rate(mail_sent_total[5m])) / sum(rate(mail_sent_total[5m]))",
        &expect![[
            r#"pairs series that have {"queue"} with series that have {}: sum by (queue) (rate(mail_sent_total[5m])) / sum(rate(mail_sent_total[5m]))"#
        ]],
    );
    refused(
        "sum by (job) (mail_waiting) and on (queue) job_queue:mail:rate5m",
        &expect!["pairs by queue, which one side does not have"],
    );
    refused(
        "sum by (job) (mail_waiting) / ignoring (queue) job_queue:mail:rate5m",
        &expect!["pairs by what is left, which changes when labels are added"],
    );
    refused(
        "sum without (instance) (mail_waiting)",
        &expect!["groups by what is left, which changes when labels are added"],
    );
    assert_eq!(
        labels("job_queue:mail:rate5m and on (job) sum by (job) (mail_waiting)"),
        ["job", "queue"]
    );
}

#[test]
fn panels_select_by_job_and_instance_and_let_grafana_choose_the_window() {
    let problems = |expr: &str| check(expr, &definitions(), Place::Panel).problems.join("\n");
    expect![[r#"
        does not select mail_waiting by job=~"$job"
        does not select mail_waiting by instance=~"$instance""#]]
    .assert_eq(&problems("sum(mail_waiting)"));
    expect!["takes a rate over a fixed time instead of $__rate_interval"]
        .assert_eq(&problems(&format!("sum(rate(mail_sent_total{SELECTED}[5m]))")));
    for window in ["$__rate_interval", "$__range", "1h"] {
        let expr = format!("sum(increase(mail_sent_total{SELECTED}[{window}]))");
        assert_eq!(problems(&expr), "", "{expr}");
    }
    let expr = format!("sum(rate(mail_sent_total{SELECTED}[$__rate_interval]))");
    assert_eq!(problems(&expr), "");
    refused(
        "sum(increase(mail_sent_total[$__range]))",
        &expect!["looks back over what a dashboard shows; a rule says how far: `over`"],
    );
}
