//! Queries in words of PromQL, about what others record.

use std::time::Duration;

use botmeter_board::{
    Board, Foreign, Limit, Panel, Query, Row, Scope, Show, Trigger,
    promql::{Asked, of_panel},
};
use expect_test::{Expect, expect};

use super::{options, problems_of, problems_with};
use crate::{
    Catalogue, Options, generate,
    sample::{self, DESCRIPTION, Mail, Queue},
};

const CPU: Foreign = Foreign::counter("node_cpu_seconds_total", &["mode"]);
const DEPTH: Foreign = Foreign::gauge("rabbitmq_depth", &["queue"]);

const BUSY: &str = "sum by ($by) (rate(node_cpu_seconds_total{$fleet, mode!=\"idle\"}[$window]))";
const DEEP: &str = "max by ($by) (max_over_time(rabbitmq_depth{$bots}[$shown]))";

fn busy() -> Query<()> {
    Query::raw(BUSY, &[CPU])
}

fn deep() -> Query<(Queue,)> {
    Query::raw(DEEP, &[DEPTH])
}

fn with(query: impl Into<botmeter_board::Line>) -> impl FnOnce(&mut Board) {
    let panel = Panel::time_series("Raw", DESCRIPTION, Show::Count).draw(query);
    |board| board.dashboards[0].rows.push(Row::open("Others", [panel]))
}

fn spelt(options: &Options, query: impl Into<botmeter_board::Line>) -> String {
    let mut board = sample::board();
    with(query)(&mut board);
    let files = generate(&Catalogue::new().domain::<Mail>(board), options).unwrap();
    let page: serde_json::Value =
        serde_json::from_str(files.text("grafana/mail-out.json").unwrap()).unwrap();
    let mut panels = page["panels"].as_array().unwrap().iter();
    let target = &panels.find(|panel| panel["title"] == "Raw").unwrap()["targets"][0];
    let text = |key: &str| target[key].as_str().unwrap().to_owned();
    format!("{}: {}", text("legendFormat"), text("expr"))
}

#[test]
fn what_depends_on_the_place_is_put_in() {
    expect![[r#"Raw: sum by () (rate(node_cpu_seconds_total{mode!="idle"}[$__rate_interval]))"#]]
        .assert_eq(&spelt(&options(), busy()));
    expect![[r#"{{queue}}: max by (queue) (max_over_time(rabbitmq_depth{job=~"$job", instance=~"$instance"}[$__range]))"#]].assert_eq(&spelt(&options(), deep()));
    let fleet = options().selector("environment", "$").extra_label("cluster");
    assert!(!problems_with(&fleet, |_| {}).is_empty(), "a value with $ is no value");
    let fleet = options().selector("environment", "a\"b").extra_label("cluster");
    expect![[r#"Raw: (sum by () (rate(node_cpu_seconds_total{environment="a\"b", cluster=~"$cluster", mode!="idle"}[$__rate_interval]))) * 2"#]].assert_eq(&spelt(&fleet, busy() * 2.0));
    let asked = Asked {
        scope: Scope::Instance,
        variables: &[],
        chosen: &[("job", "$by")],
        rate_interval: Duration::from_mins(1),
        shown: Duration::from_hours(1),
    };
    let line = botmeter_board::Line::from(deep());
    expect![[r#"max by (job, instance, queue) (max_over_time(rabbitmq_depth{job="$by"}[1h]))"#]]
        .assert_eq(&of_panel(&line.expr, &asked));
}

#[test]
fn where_nothing_is_chosen_nothing_is_left_of_a_word() {
    let asked = Asked {
        scope: Scope::Fleet,
        variables: &[],
        chosen: &[],
        rate_interval: Duration::from_mins(1),
        shown: Duration::from_hours(1),
    };
    let cases = [
        ("rate(node_cpu_seconds_total{$bots,mode=\"idle\"}[$window])", "{mode=\"idle\"}"),
        ("rate(node_cpu_seconds_total{$bots ,  mode=\"idle\"}[$window])", "{mode=\"idle\"}"),
        ("rate(node_cpu_seconds_total{mode=\"idle\",$bots}[$window])", "{mode=\"idle\",}"),
        ("rate(node_cpu_seconds_total{$bots}[$window])", "{}"),
    ];
    for (text, selected) in cases {
        let line = || botmeter_board::Line::from(Query::<()>::raw(text, &[CPU]));
        assert_eq!(problems_of(with(line())), Vec::<String>::new(), "{text}");
        let query = of_panel(&line().expr, &asked);
        assert_eq!(query, format!("rate(node_cpu_seconds_total{selected}[1m])"));
        assert!(promql_parser::parser::parse(&query).is_ok(), "{query}");
    }
}

#[test]
fn a_counter_is_asked_for_its_growth_alone() {
    for call in ["rate", "irate", "increase", "resets", "changes", "count_over_time"] {
        let text = format!("sum({call}(node_cpu_seconds_total[5m]))");
        assert_eq!(problems_of(with(Query::<()>::raw(text, &[CPU]))), Vec::<String>::new());
    }
    for call in ["max_over_time", "last_over_time", "avg_over_time", "delta", "deriv"] {
        let text = format!("sum({call}(node_cpu_seconds_total[5m]))");
        let problems = problems_of(with(Query::<()>::raw(text, &[CPU])));
        let expected = format!(
            "dashboard mail-out panel \"Raw\": calls {call} on node_cpu_seconds_total, which only \
             grows; take rate or increase of it"
        );
        assert_eq!(problems, [expected]);
    }
}

fn refused(text: &'static str, of: &[Foreign], expected: &Expect) {
    expected.assert_eq(&problems_of(with(Query::<()>::raw(text, of))).join("\n"));
}

#[test]
fn a_raw_query_asks_for_what_it_declares_and_nothing_else() {
    refused(
        "sum(rabbitmq_depth{$bots}",
        &[DEPTH],
        &expect![[
            r#"dashboard mail-out panel "Raw": the raw query does not parse: unclosed left parenthesis: sum(rabbitmq_depth{job=~"$job", instance=~"$instance"}"#
        ]],
    );
    refused(
        "sum(rabbitmq_depth{$job})",
        &[DEPTH],
        &expect![[r#"
        dashboard mail-out panel "Raw": the raw query does not parse: unexpected character inside braces: '$': sum(rabbitmq_depth{$job})
        dashboard mail-out panel "Raw": the raw query has $job; there are $bots, $fleet, $by, $window, $shown"#]],
    );
    refused(
        "sum(rabbitmq_depth{$bots}) + up",
        &[DEPTH, CPU],
        &expect![[r#"
        dashboard mail-out panel "Raw": declares node_cpu_seconds_total, which the raw query does not ask for
        dashboard mail-out panel "Raw": the raw query asks for up, which it does not declare"#]],
    );
    refused(
        "sum(rate(rabbitmq_depth{model=\"x\"}[5m]))",
        &[DEPTH],
        &expect![[r#"
        dashboard mail-out panel "Raw": calls rate on rabbitmq_depth, which also falls
        dashboard mail-out panel "Raw": selects rabbitmq_depth by model, which it does not declare"#]],
    );
    refused(
        "sum(node_cpu_seconds_total)",
        &[CPU],
        &expect![[
            r#"dashboard mail-out panel "Raw": asks for the plain value of a counter: node_cpu_seconds_total"#
        ]],
    );
    refused(
        "sum({__name__=\"x\"})",
        &[],
        &expect![[
            r#"dashboard mail-out panel "Raw": the raw query selects series without a name"#
        ]],
    );
    let ungrouped = Query::<(Queue,)>::raw("rabbitmq_depth{$bots}", &[DEPTH]);
    expect![[r#"dashboard mail-out panel "Raw": the raw query has labels and no $by, which groups by them"#]].assert_eq(&problems_of(with(ungrouped)).join("\n"));
}

#[test]
fn rules_have_no_raw_queries() {
    const MANY: Limit = Limit::new(10.0, "it is too deep");
    let problems = problems_of(|board| {
        board.alerts[0].when = Trigger::from(busy().above(&MANY));
    });
    let own: Vec<_> = problems.iter().filter(|what| what.contains("raw")).collect();
    expect!["alert MailWaits: has a raw query, which is for panels; write a rule of your own"]
        .assert_eq(own[0]);
}
