//! What depends on where the files are used.

use std::time::Duration;

use expect_test::expect;
use serde_json::{Value, json};

use super::{options, problems_with};
use crate::{Files, Options, generate, sample};

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
        .refresh(Duration::from_secs(120));
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
