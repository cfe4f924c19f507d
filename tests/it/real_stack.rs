//! The demo against a real Prometheus as in the stack: scraped, pushed, and
//! pushed to a Collector.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use anyhow::{Context, Result};
use integration_tests::{
    Collector, Demo, Discovery, Labels, Prometheus, eventually, every_generated_rule_is_healthy,
};
use xtask::questions::{Dashboard, read_dashboards};

/// The demo needs some of everything to happen; a machine may be busy.
const SOON: Duration = Duration::from_mins(3);

const SCRAPED: &str = "demo-scraped";
const PUSHED: &str = "demo-pushed";
const COLLECTED: &str = "demo-collected";

/// Every fault at once and often, so that each series moves within seconds.
const OPTIONS: &[&str] = &["--rate", "40", "--seed", "7", "--timeout", "1s"];

struct Stack {
    prometheus: Prometheus,
    dashboards: Vec<Dashboard>,
    _demos: [Demo; 3],
    _collector: Collector,
}

/// A Prometheus with a demo that it scrapes, one that pushes to it, and one
/// behind a Collector whose page it scrapes.
fn start() -> Result<Stack> {
    let collector = Collector::start(None)?;
    let scraped = Demo::start(&[("OTEL_SERVICE_NAME", SCRAPED)], OPTIONS)?;
    let discovery = Discovery { collectors: vec![collector.page()], ..Discovery::default() };
    let builder = Prometheus::builder().as_in_the_stack(discovery);
    let builder = builder.scrape(SCRAPED, "one", scraped.address());
    let prometheus = builder.start()?;
    let pushing = |job: &str, endpoint: &str| {
        let variables = [
            ("OTEL_SERVICE_NAME", job),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ];
        Demo::start(&variables, OPTIONS)
    };
    let pushed = pushing(PUSHED, &prometheus.otlp_endpoint())?;
    let collected = pushing(COLLECTED, &collector.otlp_endpoint())?;
    let dashboards = read_dashboards(&xtask::dashboards::folder().join("grafana"))?;
    let demos = [scraped, pushed, collected];
    Ok(Stack { prometheus, dashboards, _demos: demos, _collector: collector })
}

impl Stack {
    /// The series of a job by name, without what tells the routes apart. A
    /// bound counts as a number.
    fn series(&self, job: &str) -> Result<BTreeMap<String, BTreeSet<Labels>>> {
        let mut found: BTreeMap<String, BTreeSet<Labels>> = BTreeMap::new();
        // What rules made of series has no instance.
        let of_the_job = format!("{{job=\"{job}\",instance!=\"\"}}");
        for mut labels in self.prometheus.series(&of_the_job)? {
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

    /// Those that the demo itself gave, without the exports of its route.
    fn own_series(&self, job: &str) -> Result<BTreeMap<String, BTreeSet<Labels>>> {
        let mut series = self.series(job)?;
        series.retain(|name, _| !is_added_by_prometheus(name) && !is_about_exports(name));
        Ok(series)
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
#[ignore = "needs Prometheus and the Collector"]
fn every_panel_and_variable_is_answered_by_every_route_with_the_same_labels() -> Result<()> {
    let stack = start()?;
    for job in [SCRAPED, PUSHED, COLLECTED] {
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
                eventually(SOON, &what, || {
                    Ok(stack.prometheus.answers(query, job, None)?.then_some(()))
                })?;
            }
        }
    }
    let mut last = String::new();
    let same = eventually(SOON, "the same series on every route", || {
        let [scraped, pushed, collected] =
            [SCRAPED, PUSHED, COLLECTED].map(|job| stack.own_series(job));
        let scraped = scraped?;
        last = differences(&scraped, &pushed?) + &differences(&scraped, &collected?);
        Ok(last.is_empty().then_some(()))
    });
    same.context(last)?;
    every_generated_rule_is_healthy(&stack.prometheus, SOON)
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
