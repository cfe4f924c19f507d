//! What is wrong with the page of a program.

use super::{
    super::Options,
    broken,
    fakes::{page_of, serve},
    found,
};

fn metrics(url: String) -> Options {
    Options { metrics: Some(url), ..Options::default() }
}

#[test]
fn another_path() {
    let page = page_of(vec!["a".to_owned()]);
    assert_eq!(
        broken(&metrics(format!("http://{page}/metric"))),
        format!(
            "broken   page         http://{page}/metric answers 404\n\
             change: give the path of the page, which botmeter serves at /metrics: --metrics \
             http://HOST:PORT/metrics"
        )
    );
}

#[test]
fn an_endpoint_of_metrics_is_asked_at_its_own_path() {
    let server = serve(|path, _| match path {
        "/api/v1/otlp" => (200, "application/x-protobuf", String::new()),
        _ => (404, "text/plain", "404 page not found".to_owned()),
    });
    let url = format!("http://{server}/api/v1/otlp");
    let as_it_is = found(&Options { otlp_metrics: Some(url.clone()), ..Options::default() });
    let receiver = as_it_is.of("receiver").unwrap().to_string();
    assert!(receiver.starts_with("ok       receiver     "), "{as_it_is}");
    assert!(receiver.contains(&format!("POST {url}: 200")), "{as_it_is}");
    let lengthened = broken(&Options { otlp: Some(url.clone()), ..Options::default() });
    assert!(lengthened.contains(&format!("POST {url}/v1/metrics: 404")), "{lengthened}");
}

#[test]
fn names_of_others_are_known_by_their_catalogue() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/own-domain/dashboards");
    let page = page_of(vec!["support_tickets_total".to_owned()]);
    let without = metrics(format!("http://{page}"));
    let said = broken(&without);
    assert!(said.contains("has no name of the catalogue"), "{said}");
    let catalogue = Some(format!("{own}/catalogue.json").into());
    let diagnosis = found(&Options { catalogue, ..without });
    let names = diagnosis.of("page names").unwrap().to_string();
    assert!(names.starts_with("ok       page names   1 of the "), "{diagnosis}");
}

#[test]
fn a_page_for_people() {
    let server = serve(|_, _| (200, "text/html; charset=utf-8", "<!doctype html>".to_owned()));
    assert_eq!(
        broken(&metrics(format!("http://{server}"))),
        format!(
            "broken   page         http://{server}/metrics has the content type \"text/html; \
             charset=utf-8\", which Prometheus refuses\n\
             change: give the page of a program with botmeter (another server is at this \
             address), or answer with the headers of Page::answer where your own server has the \
             page"
        )
    );
}

#[test]
fn a_page_that_is_broken_or_empty() {
    let server = serve(|_, _| (200, "text/plain", "a_total 1\nb_total one\n".to_owned()));
    assert_eq!(
        broken(&metrics(format!("http://{server}"))),
        format!(
            "broken   page         http://{server}/metrics is no page of metrics: failed to read \
             line 2 of the page, \"b_total one\": the value \"one\" is no number; give one, NaN, \
             +Inf or -Inf\n\
             change: write the page as Page::render gives it, and nothing else"
        )
    );
    let empty = page_of(Vec::new());
    assert!(broken(&metrics(format!("http://{empty}"))).contains("a page without a single sample"));
}

#[test]
fn a_host_that_nobody_knows() {
    let broken = broken(&metrics("http://bots.invalid:9464".to_owned()));
    let unknown = "http://bots.invalid:9464/metrics: nobody knows the name of the host";
    // Without a network, the name servers themselves do not answer.
    let late = "http://bots.invalid:9464/metrics: no answer within 10s";
    assert!(broken.contains(unknown) || broken.contains(late), "{broken}");
}

#[test]
fn names_under_another_spelling() {
    let page = page_of(vec!["llm_requests".to_owned(), "llm_duration_bucket".to_owned()]);
    assert_eq!(
        broken(&metrics(format!("http://{page}"))),
        format!(
            "broken   page names   http://{page}/metrics has llm_requests instead of \
             llm_requests_total, llm_duration_bucket instead of llm_duration_seconds_bucket\n\
             change: register llm_requests_total in the program that serves this page; \
             dashboards/reference/ has every name"
        )
    );
}

#[test]
fn the_page_of_prometheus_itself() {
    let page = page_of(vec!["prometheus_tsdb_head_series".to_owned(), "go_info".to_owned()]);
    assert_eq!(
        broken(&metrics(format!("http://{page}"))),
        format!(
            "broken   page names   http://{page}/metrics has the names of Prometheus itself, and \
             none of the catalogue\n\
             change: give the port of the program, which is 9464 and not the 9090 of Prometheus, \
             unless OTEL_EXPORTER_PROMETHEUS_PORT says otherwise"
        )
    );
    let other = page_of(vec!["http_requests_total".to_owned(), "build_info".to_owned()]);
    assert!(broken(&metrics(format!("http://{other}"))).contains("has no name of the catalogue"));
}
