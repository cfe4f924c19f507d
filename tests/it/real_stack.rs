//! The demo against a real Prometheus, by both routes.

use std::{collections::BTreeMap, collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, bail};
use integration_tests::{
    Dashboard, Demo, Labels, Prometheus, Question, eventually, read_dashboards,
};

/// The demo needs some of everything to happen; a machine may be busy.
const SOON: Duration = Duration::from_mins(3);

const SCRAPED: &str = "demo-scraped";
const PUSHED: &str = "demo-pushed";

/// Every fault at once and often, so that each series moves within seconds.
const OPTIONS: &[&str] = &["--rate", "40", "--seed", "7", "--timeout", "1s"];

struct Stack {
    prometheus: Prometheus,
    dashboards: Vec<Dashboard>,
    _demos: [Demo; 2],
}

/// A Prometheus with a demo that it scrapes and one that pushes to it;
/// nothing where there is no Prometheus.
fn start() -> Result<Option<Stack>> {
    let scraped = Demo::start(&[("OTEL_SERVICE_NAME", SCRAPED)], OPTIONS)?;
    let builder = Prometheus::builder().scrape(SCRAPED, "one", scraped.address());
    let Some(prometheus) = builder.start()? else { return Ok(None) };
    let endpoint = prometheus.otlp_endpoint();
    let variables = [
        ("OTEL_SERVICE_NAME", PUSHED),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
    ];
    let pushed = Demo::start(&variables, OPTIONS)?;
    let dashboards = read_dashboards(&xtask::dashboards::folder().join("grafana"))?;
    Ok(Some(Stack { prometheus, dashboards, _demos: [scraped, pushed] }))
}

impl Stack {
    /// The answer must hold numbers and no complaint; nothing yet is `None`.
    fn ask(&self, question: &Question, job: &str) -> Result<Option<()>> {
        let text = question.filled(job);
        let answer = self.prometheus.query(&text)?;
        if let Some(complaint) = answer.warnings.first().or(answer.infos.first()) {
            bail!("{}: {text}: {complaint}", question.place);
        }
        let is_there =
            !answer.series.is_empty() && answer.series.iter().all(|(_, value)| value.is_finite());
        Ok(is_there.then_some(()))
    }

    /// The series of a job by name, without what tells the routes apart. A
    /// bound counts as a number.
    fn series(&self, job: &str) -> Result<BTreeMap<String, BTreeSet<Labels>>> {
        let mut found: BTreeMap<String, BTreeSet<Labels>> = BTreeMap::new();
        for mut labels in self.prometheus.series(&format!("{{job=\"{job}\"}}"))? {
            for key in ["job", "instance"] {
                labels.remove(key).with_context(|| format!("{labels:?} has no {key}"))?;
            }
            let name = labels.remove("__name__").context("a series has no name")?;
            if let Some(bound) = labels.get_mut("le") {
                *bound = bound.parse::<f64>()?.to_string();
            }
            found.entry(name).or_default().insert(labels);
        }
        Ok(found)
    }
}

/// Prometheus adds these: about a scrape, and of the attributes of a pushed
/// resource beyond its name and instance. No panel asks for them.
fn is_added_by_prometheus(name: &str) -> bool {
    name == "up" || name == "target_info" || name.starts_with("scrape_")
}

/// Each route reports its own exports.
fn is_about_exports(name: &str) -> bool {
    name.starts_with("telemetry_export") || name.starts_with("telemetry_last_export")
}

#[test]
fn every_panel_and_variable_is_answered_by_both_routes_with_the_same_labels() -> Result<()> {
    let Some(stack) = start()? else { return Ok(()) };
    for job in [SCRAPED, PUSHED] {
        for dashboard in &stack.dashboards {
            for variable in &dashboard.variables {
                let (selector, label) = variable.label_values(job)?;
                eventually(SOON, &format!("{} for {job}", variable.place), || {
                    let values = stack.prometheus.label_values(&label, &selector)?;
                    Ok((!values.is_empty()).then_some(()))
                })?;
            }
            for query in &dashboard.queries {
                let what = format!("{} for {job}: {}", query.place, query.filled(job));
                eventually(SOON, &what, || stack.ask(query, job))?;
            }
        }
    }
    let difference = "the same series on both routes";
    let mut last = String::new();
    let same = eventually(SOON, difference, || {
        let (mut scraped, mut pushed) = (stack.series(SCRAPED)?, stack.series(PUSHED)?);
        for series in [&mut scraped, &mut pushed] {
            series.retain(|name, _| !is_added_by_prometheus(name) && !is_about_exports(name));
        }
        last = differences(&scraped, &pushed);
        Ok(last.is_empty().then_some(()))
    });
    assert!(same.is_ok(), "{last}");
    Ok(())
}

fn differences(
    scraped: &BTreeMap<String, BTreeSet<Labels>>,
    pushed: &BTreeMap<String, BTreeSet<Labels>>,
) -> String {
    let names: BTreeSet<&String> = scraped.keys().chain(pushed.keys()).collect();
    let none = BTreeSet::new();
    let mut lines = Vec::new();
    for name in names {
        let (a, b) = (scraped.get(name).unwrap_or(&none), pushed.get(name).unwrap_or(&none));
        lines.extend(a.difference(b).map(|labels| format!("only scraped: {name}{labels:?}")));
        lines.extend(b.difference(a).map(|labels| format!("only pushed: {name}{labels:?}")));
    }
    lines.join("\n")
}
