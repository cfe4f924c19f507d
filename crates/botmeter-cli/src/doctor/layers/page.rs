//! The layers `page` and `page names`: what a scraper of the program gets.

use std::collections::BTreeSet;

use botmeter_telemetry::Finding;
use botmeter_window::exposition::{Format, Page};

use super::{Examination, listed, stranger};
use crate::doctor::{
    names::compare,
    web::{Reply, Silence, Web},
};

pub(super) const PAGE: &str = "page";
pub(super) const NAMES: &str = "page names";

const NO_PAGE: &str = "the program pushes; --metrics URL looks at its page as well";

pub(super) fn served(examination: &mut Examination) -> Finding {
    let Some(url) = &examination.page else { return Finding::skipped(PAGE, NO_PAGE) };
    match read(url) {
        Ok(names) if names.is_empty() => Finding::broken(
            PAGE,
            format!("{url} is a page without a single sample"),
            "record something: the domains are named with Telemetry::builder(…).start::<Llm>()",
        ),
        Ok(names) => Finding::ok(PAGE, format!("{url} is served, with {} names", names.len())),
        Err((evidence, remedy)) => Finding::broken(PAGE, evidence, remedy),
    }
}

pub(super) fn names(examination: &mut Examination) -> Finding {
    let Some(url) = &examination.page else { return Finding::skipped(NAMES, NO_PAGE) };
    let there = match read(url) {
        Ok(names) => names,
        Err((evidence, remedy)) => return Finding::broken(NAMES, evidence, remedy),
    };
    let comparison = compare(&examination.known.expected, &there);
    if let Some(first) = comparison.respelled.first() {
        let pairs: Vec<String> = comparison
            .respelled
            .iter()
            .map(|it| format!("{} instead of {}", it.found, it.expected))
            .collect();
        return Finding::broken(
            NAMES,
            format!("{url} has {}", listed(&pairs, ", ")),
            format!(
                "register {} in the program that serves this page; dashboards/reference/ has \
                 every name",
                first.expected
            ),
        );
    }
    if !comparison.is_ours() {
        return stranger::of_names(NAMES, url, &there).unwrap_or_else(|| {
            Finding::broken(
                NAMES,
                format!("{url} has no name of the catalogue"),
                "give the page of a program with botmeter: --metrics http://HOST:9464/metrics",
            )
        });
    }
    let (present, all) = (comparison.present.len(), examination.known.expected.len());
    let without = match all - present {
        0 => "",
        _ => {
            "; the others are of domains that this program does not have, or of events that did not \
             happen yet"
        }
    };
    Finding::ok(NAMES, format!("{present} of the {all} families of the catalogue{without}"))
}

/// The names on the page; otherwise what was seen and what to change.
fn read(url: &str) -> Result<BTreeSet<String>, (String, String)> {
    let Reply { status, content_type, body } = match Web::new().get(url, &[]) {
        Ok(reply) => reply,
        Err(silence) => return Err((format!("{url}: {silence}"), of_silence(&silence))),
    };
    if status != 200 {
        let remedy = match status {
            404 => {
                "give the path of the page, which botmeter serves at /metrics: --metrics \
                    http://HOST:PORT/metrics"
            }
            401 | 403 => {
                "let Prometheus and this command in without credentials, or look at the \
                          targets of Prometheus alone"
            }
            _ => "give the page of a program with botmeter: --metrics http://HOST:9464/metrics",
        };
        return Err((format!("{url} answers {status}"), remedy.to_owned()));
    }
    let Some(format) = Format::of_content_type(&content_type) else {
        return Err((
            format!("{url} has the content type {content_type:?}, which Prometheus refuses"),
            "give the page of a program with botmeter (another server is at this address), or \
             answer with the headers of Page::answer where your own server has the page"
                .to_owned(),
        ));
    };
    let page = Page::read(&body, format).map_err(|fault| {
        let remedy = "write the page as Page::render gives it, and nothing else";
        (format!("{url} is no page of metrics: failed to {fault}"), remedy.to_owned())
    })?;
    Ok(page.samples().map(|sample| sample.name.clone()).collect())
}

fn of_silence(silence: &Silence) -> String {
    let remedy = match silence {
        Silence::Refused => {
            "start the program, with the feature `scrape` and \
             OTEL_METRICS_EXPORTER=prometheus, or give the address that it prints: --metrics \
             http://HOST:PORT/metrics; --otlp URL looks at a program that pushes"
        }
        Silence::UnknownName => {
            "give a host that is known here: --metrics http://HOST:PORT/metrics"
        }
        Silence::TooLate => "look for what holds the program up, or for a firewall in between",
        Silence::Other(_) => "give the page of a program: --metrics http://HOST:PORT/metrics",
    };
    remedy.to_owned()
}
