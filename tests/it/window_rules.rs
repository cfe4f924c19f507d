//! The rules of the window play the generated tests of the rules, which
//! promtool plays as well, and come to the same alerts.

use std::{collections::BTreeMap, fs};

use anyhow::{Context, Result, ensure};
use botmeter_window::{AlertState, Bounds, History, Labels, Rules};
use serde_json::Value;

type Texts = BTreeMap<String, String>;

/// A series of a test, one value a step; the steps without one come first.
#[derive(Debug, PartialEq)]
struct Input {
    labels: Labels,
    absent: u64,
    values: Vec<f64>,
}

/// `name{key="value", …}` and `_x2 1+0.5x30`, as the generator writes them.
fn input(json: &Value) -> Result<Input> {
    let text = |key: &str| json[key].as_str().with_context(|| format!("a series has no {key}"));
    let (name, rest) = text("series")?.split_once('{').context("a series has no labels")?;
    let rest = rest.strip_suffix("\"}").context("labels have no end")?;
    let pairs = rest.split("\", ").map(|pair| pair.split_once("=\"").context("no label"));
    let pairs: Vec<_> = pairs.collect::<Result<_>>()?;
    let mut absent = 0;
    let mut values = Vec::new();
    for part in text("values")?.split(' ') {
        if let Some(count) = part.strip_prefix("_x") {
            absent = count.parse()?;
            continue;
        }
        let (start, rest) = part.split_once('+').context("nothing is added")?;
        let (step, count) = rest.split_once('x').context("nothing is repeated")?;
        let (start, step): (f64, f64) = (start.parse()?, step.parse()?);
        let count: u32 = count.parse()?;
        values.extend((0..=count).map(|times| start + step * f64::from(times)));
    }
    Ok(Input { labels: Labels::of(name, pairs), absent, values })
}

/// A duration as the generator writes it, in milliseconds.
fn milliseconds(text: &str) -> Result<i64> {
    let (count, unit) = text.split_at(text.len() - 1);
    let size = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => 86_400,
    };
    Ok(count.parse::<i64>()? * size * 1000)
}

/// The labels of those that fire, without the name of the alert.
fn firing(rules: &Rules, name: &str) -> Vec<Texts> {
    let firing = rules
        .alerts()
        .filter(|alert| alert.name == name && matches!(alert.state, AlertState::Firing { .. }));
    let labels = firing.map(|alert| {
        let pairs = alert.labels.pairs().filter(|(key, _)| *key != "alertname");
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    });
    let mut labels: Vec<Texts> = labels.collect();
    labels.sort();
    labels
}

/// Plays one test, and returns how many alerts fired when it looked.
fn play(board: &botmeter_board::Board, test: &Value) -> Result<usize> {
    let list = |json: &Value| json.as_array().cloned().unwrap_or_default();
    let inputs = list(&test["input_series"]).iter().map(input).collect::<Result<Vec<_>>>()?;
    let pace = milliseconds(test["interval"].as_str().context("no interval")?)?;
    let mut history = History::new(Bounds::default());
    let mut rules = Rules::of(board, &mut history);
    // Each series has a target of its own: promtool leaves no marks.
    let targets: Vec<_> = inputs.iter().map(|_| history.add_target()).collect();
    let (mut step, mut fired) = (0_u64, 0);
    for check in list(&test["alert_rule_test"]) {
        let name = check["alertname"].as_str().context("a check names no alert")?;
        let end = milliseconds(check["eval_time"].as_str().context("no time")?)?;
        let mut at = i64::try_from(step)? * pace;
        while at <= end {
            for (input, target) in inputs.iter().zip(&targets) {
                let place = step.checked_sub(input.absent);
                let value = place.and_then(|place| input.values.get(usize::try_from(place).ok()?));
                if let Some(value) = value {
                    history.append(*target, at, [(input.labels.clone(), *value)])?;
                }
            }
            rules.evaluate(&mut history, at)?;
            step += 1;
            at += pace;
        }
        let mut expected: Vec<Texts> = list(&check["exp_alerts"])
            .iter()
            .map(|alert| serde_json::from_value(alert["exp_labels"].clone()))
            .collect::<Result<_, _>>()?;
        expected.sort();
        let found = firing(&rules, name);
        ensure!(found == expected, "after {end} ms, {found:?} fire instead of {expected:?}");
        fired += found.len();
    }
    Ok(fired)
}

#[test]
fn every_example_of_an_alert_ends_as_promtool_says() -> Result<()> {
    let (mut played, mut fired) = (0, 0);
    for (domain, board) in botmeter_catalogue::catalogue().boards() {
        let Some(domain) = domain else { continue };
        for suffix in ["", "-slow"] {
            let path = format!("prometheus/tests/{domain}{suffix}.test.yml");
            let path = xtask::dashboards::folder().join(path);
            let Ok(text) = fs::read_to_string(&path) else { continue };
            let file: Value = serde_saphyr::from_str(&text)?;
            for test in file["tests"].as_array().context("there are no tests")? {
                let name = test["name"].as_str().unwrap_or_default();
                // Who reads pages was told which programs are bots.
                if name.ends_with("does not fire for a program that is no bot") {
                    continue;
                }
                fired += play(board, test).with_context(|| format!("{domain}: {name}"))?;
                played += 1;
            }
        }
    }
    ensure!(played > 100 && fired > 50, "{played} tests were played, {fired} alerts fired");
    Ok(())
}

#[test]
fn a_series_is_read_as_the_generator_writes_it() -> Result<()> {
    let json = serde_json::json!({ "series": r#"a{job="b", x="c"}"#, "values": "_x2 1+0.5x2" });
    let labels = Labels::of("a", [("job", "b"), ("x", "c")]);
    assert_eq!(input(&json)?, Input { labels, absent: 2, values: vec![1.0, 1.5, 2.0] });
    Ok(())
}
