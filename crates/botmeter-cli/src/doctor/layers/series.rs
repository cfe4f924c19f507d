//! The layers `series`, `labels` and `age`: what Prometheus has of ours.

use std::collections::BTreeSet;

use botmeter_telemetry::{Finding, self_observation};

use super::{
    Examination, listed, stranger,
    targets::{job_of_page, scrape_config},
    unanswered,
};
use crate::doctor::{
    names::{Comparison, Respelled, Way, compare},
    prometheus::{Labels, quoted},
    web::port,
};

pub(super) const SERIES: &str = "series";
pub(super) const LABELS: &str = "labels";
pub(super) const AGE: &str = "age";

pub(super) fn are_there(examination: &mut Examination) -> Finding {
    let job = examination.options.job.as_deref();
    examination.names = match examination.prometheus.names(job) {
        Ok(names) => names,
        Err(error) => return unanswered(SERIES, &error),
    };
    let comparison = compare(&examination.known.expected, &examination.names);
    if !comparison.respelled.is_empty() {
        return respelled(examination, &comparison.respelled);
    }
    if !comparison.is_ours() {
        return absent(examination);
    }
    let Comparison { present, absent, .. } = comparison;
    let silent: Vec<String> = {
        // Of the domains that the program has, because nobody has all.
        let domains: BTreeSet<&str> = present.iter().map(|family| family.domain.as_str()).collect();
        let of_ours = absent.iter().filter(|family| domains.contains(family.domain.as_str()));
        of_ours.map(|family| family.name.clone()).collect()
    };
    let mut evidence = format!("{} families of the catalogue", present.len());
    if !silent.is_empty() {
        evidence = format!("{evidence}; not yet, for want of events: {}", listed(&silent, ", "));
    }
    Finding::ok(SERIES, evidence)
}

/// Our numbers are there, and no panel finds them.
fn respelled(examination: &Examination, all: &[Respelled]) -> Finding {
    let pairs: Vec<String> =
        all.iter().map(|it| format!("{} instead of {}", it.found, it.expected)).collect();
    let evidence = format!("under another spelling: {}", listed(&pairs, ", "));
    // Whoever has no right to see the configuration still gets the rest.
    let translation = examination.prometheus.translation().ok().flatten();
    let strategy = "UnderscoreEscapingWithSuffixes";
    let is_other = |it: &&String| it.as_str() != strategy && !it.is_empty();
    // The way that most names went is the one to close.
    let mut ways: Vec<&Way> = all.iter().map(|it| &it.way).collect();
    ways.sort();
    let most = ways.chunk_by(|one, other| one == other).max_by_key(|same| same.len());
    let remedy = match (most.and_then(|same| same.first()), translation.as_ref().filter(is_other)) {
        (Some(Way::Dots | Way::NoSuffix), Some(other)) => format!(
            "in prometheus.yml, where {other} is chosen, and restart it:\notlp:\n  \
             translation_strategy: {strategy}"
        ),
        (Some(Way::Dots), None) => "find who pushes or scrapes names with dots, and have them \
                                    translated: in a Collector's prometheus exporter,\n    \
                                    translation_strategy: UnderscoreEscapingWithSuffixes"
            .to_owned(),
        (Some(Way::NoSuffix), None) => "have units and `_total` appended: in a Collector's \
                                        prometheus exporter,\n    add_metric_suffixes: true\nor \
                                        register the whole name where another library serves the \
                                        page"
            .to_owned(),
        (Some(Way::Prefix(prefix)), _) => format!(
            "remove what puts {prefix}_ before each name: in a Collector's prometheus exporter, the \
             line\n    namespace: {prefix}"
        ),
        (Some(Way::Suffix) | None, _) => "register the names of dashboards/reference/ in the \
                                          program that emits these: without unit and `total` for \
                                          OpenTelemetry, with both for Prometheus"
            .to_owned(),
    };
    Finding::broken(SERIES, evidence, remedy)
}

/// None of our names is there.
fn absent(examination: &Examination) -> Finding {
    let Examination { prometheus, options, names, targets, page, .. } = examination;
    let url = prometheus.url();
    if let Some(job) = &options.job {
        let anchor = anchor();
        return match prometheus.values("job", Some(&anchor)) {
            Err(error) => unanswered(SERIES, &error),
            Ok(jobs) if !jobs.is_empty() => {
                let jobs: Vec<String> = jobs.into_iter().collect();
                Finding::broken(
                    SERIES,
                    format!(
                        "no series of the catalogue has the job {job:?}, but these have: {}",
                        listed(&jobs, ", ")
                    ),
                    format!(
                        "--job {}, or OTEL_SERVICE_NAME={job} where the program pushes",
                        job_of_page(examination).unwrap_or(&jobs[0])
                    ),
                )
            }
            Ok(_) => Finding::broken(
                SERIES,
                format!("{url} has no series of the catalogue, of whatever job"),
                way_in(examination),
            ),
        };
    }
    let own_port = page.as_deref().and_then(port);
    let is_scraped = own_port.is_some() && targets.iter().any(|it| port(&it.url) == own_port);
    if is_scraped && let Some(finding) = stranger::of_names(SERIES, url, names) {
        return finding;
    }
    Finding::broken(
        SERIES,
        format!("{url} has {} names, and none of the catalogue", names.len()),
        way_in(examination),
    )
}

/// How series get into this Prometheus at all.
fn way_in(examination: &Examination) -> String {
    match examination.options.pushed_to() {
        Some(otlp) => format!(
            "wait for one push (15 s); if it stays, {otlp} is not this Prometheus or hands nothing \
             to it: push to it directly with\n\
             OTEL_EXPORTER_OTLP_METRICS_ENDPOINT={}/api/v1/otlp/v1/metrics",
            examination.prometheus.url()
        ),
        None => scrape_config(examination),
    }
}

/// The family that every program has and nobody else.
fn anchor() -> String {
    self_observation::STARTUP.descriptor().prometheus_name()
}

pub(super) fn have_labels(examination: &mut Examination) -> Finding {
    let comparison = compare(&examination.known.expected, &examination.names);
    // Whoever has no self-observation is not ours entirely, and yet has to
    // have the labels.
    let anchor = anchor();
    let name = if examination.names.contains(&anchor) {
        anchor
    } else {
        let mut series = comparison
            .present
            .iter()
            .flat_map(|family| examination.names.iter().filter(|name| family.has(name)));
        let Some(first) = series.next() else {
            return Finding::skipped(LABELS, "there are no series");
        };
        first.clone()
    };
    let selector = selector(&name, examination.options.job.as_deref());
    examination.series = match examination.prometheus.series(&selector) {
        Ok(series) => series,
        Err(error) => return unanswered(LABELS, &error),
    };
    let found = examination.series.iter().find_map(|labels| fault(&name, labels));
    found.unwrap_or_else(|| {
        let pairs: BTreeSet<String> = examination
            .series
            .iter()
            .map(|labels| format!("{}/{}", labels["job"], labels["instance"]))
            .collect();
        let pairs: Vec<String> = pairs.into_iter().collect();
        Finding::ok(LABELS, format!("job/instance of {name}: {}", listed(&pairs, ", ")))
    })
}

fn fault(name: &str, labels: &Labels) -> Option<Finding> {
    let shown: Vec<String> = labels
        .iter()
        .filter(|(key, _)| *key != "__name__")
        .map(|(key, value)| format!("{key}={}", quoted(value)))
        .collect();
    let shown = format!("{name}{{{}}}", shown.join(", "));
    let get = |key: &str| labels.get(key).map_or("", String::as_str);
    if labels.contains_key("exported_job") || labels.contains_key("exported_instance") {
        return Some(Finding::broken(
            LABELS,
            format!(
                "{shown}: job and instance are those of who was scraped, and not the program's"
            ),
            format!(
                "in the job {:?} of prometheus.yml, which scrapes a Collector:\n    honor_labels: true",
                get("job")
            ),
        ));
    }
    if get("job").is_empty() || get("job").starts_with("unknown_service") {
        let remedy = "give the service a name where it pushes: OTEL_SERVICE_NAME=my-bot";
        return Some(Finding::broken(LABELS, format!("{shown}: the job has no name"), remedy));
    }
    get("instance").is_empty().then(|| {
        Finding::broken(
            LABELS,
            format!("{shown}: the label instance is missing, which every panel selects by"),
            "tell processes apart where they push: \
             OTEL_RESOURCE_ATTRIBUTES=service.instance.id=HOST:PID",
        )
    })
}

pub(super) fn selector(name: &str, job: Option<&str>) -> String {
    match job {
        Some(job) => format!("{name}{{job={}}}", quoted(job)),
        None => name.to_owned(),
    }
}

/// After this many seconds without a sign of life, which is set every five,
/// and exported every fifteen, nobody is alive.
const MOST_SECONDS: f64 = 60.0;

pub(super) fn are_fresh(examination: &mut Examination) -> Finding {
    let heartbeat = self_observation::HEARTBEAT.descriptor().prometheus_name();
    if !examination.names.contains(&heartbeat) {
        return Finding::broken(
            AGE,
            format!("there is no {heartbeat}, by which dashboards and alerts know a bot"),
            "hold a Telemetry of botmeter-telemetry for as long as the program runs; if it does, \
             let the series pass where something filters them",
        );
    }
    let selector = selector(&heartbeat, examination.options.job.as_deref());
    match examination.prometheus.number(&format!("time() - max({selector})")) {
        Err(error) => unanswered(AGE, &error),
        Ok(Some(seconds)) if seconds <= MOST_SECONDS => {
            Finding::ok(AGE, format!("the last sign of life is {seconds:.0} s old"))
        }
        Ok(Some(seconds)) => Finding::broken(
            AGE,
            format!("the last sign of life is {seconds:.0} s old, and is sent every 15 s"),
            "start the program; if it runs, its log says why exports fail, and \
             Telemetry::diagnose tells more; if its clock is slow, correct it",
        ),
        Ok(None) => Finding::broken(
            AGE,
            format!("{heartbeat} has no current sample: the series are of the past"),
            "start the program; if it runs, its log says why exports fail, and \
             Telemetry::diagnose tells more",
        ),
    }
}
