//! What the page says of each kind of instrument.

use botmeter_core::{Backend, Memory, Meter};
use botmeter_telemetry::{
    BackendKind, Exports, ScrapeSettings,
    export::scrape::{PageBody, Scrape},
};
use http_body_util::BodyExt as _;

use crate::{CALLS, Status, record, started};
use witness::scraper::get;

const PAGE: &str = "\
# HELP llm_active Calls under way.
# TYPE llm_active gauge
llm_active -2
# HELP llm_cache_hit_ratio Share of cached answers.
# TYPE llm_cache_hit_ratio gauge
llm_cache_hit_ratio 0.125
# HELP llm_checksum A name that ends like a suffix.
# TYPE llm_checksum histogram
llm_checksum_bucket{le=\"0.5\"} 1
llm_checksum_bucket{le=\"+Inf\"} 1
llm_checksum_sum 0.5
llm_checksum_count 1
# HELP llm_cost_dollars_total Money spent.
# TYPE llm_cost_dollars_total counter
llm_cost_dollars_total{model=\"small\"} 0.75
# HELP llm_discount Money saved.
# TYPE llm_discount histogram
llm_discount_bucket{status=\"error\",le=\"0.5\"} 0
llm_discount_bucket{status=\"error\",le=\"+Inf\"} 0
llm_discount_sum{status=\"error\"} 0
llm_discount_count{status=\"error\"} 0
llm_discount_bucket{status=\"success\",le=\"0.5\"} 1
llm_discount_bucket{status=\"success\",le=\"+Inf\"} 2
llm_discount_sum{status=\"success\"} 1
llm_discount_count{status=\"success\"} 2
# HELP llm_duration_seconds How long calls took.
# TYPE llm_duration_seconds histogram
llm_duration_seconds_bucket{status=\"error\",le=\"0.5\"} 0
llm_duration_seconds_bucket{status=\"error\",le=\"2.5\"} 0
llm_duration_seconds_bucket{status=\"error\",le=\"327.68\"} 0
llm_duration_seconds_bucket{status=\"error\",le=\"+Inf\"} 0
llm_duration_seconds_sum{status=\"error\"} 0
llm_duration_seconds_count{status=\"error\"} 0
llm_duration_seconds_bucket{status=\"success\",le=\"0.5\"} 2
llm_duration_seconds_bucket{status=\"success\",le=\"2.5\"} 3
llm_duration_seconds_bucket{status=\"success\",le=\"327.68\"} 3
llm_duration_seconds_bucket{status=\"success\",le=\"+Inf\"} 4
llm_duration_seconds_sum{status=\"success\"} 403
llm_duration_seconds_count{status=\"success\"} 4
# HELP llm_last_success_timestamp_seconds When a call last went well.
# TYPE llm_last_success_timestamp_seconds gauge
llm_last_success_timestamp_seconds 1700000000.5
# HELP llm_requests_total Calls that ended.
# TYPE llm_requests_total counter
llm_requests_total{model=\"a \\\"large\\\" one, naïve = {déjà}\",status=\"success\"} 7
llm_requests_total{model=\"small\",status=\"error\"} 0
llm_requests_total{model=\"small\",status=\"success\"} 4294967297
";

#[test]
fn every_kind_of_instrument_is_on_the_page() {
    let (scrape, _) = started();
    record(&Meter::new(scrape.clone()));
    assert_eq!(get(scrape.address().unwrap(), "/metrics").text(), PAGE);
    assert_eq!(scrape.page().render(), PAGE);
}

#[test]
fn the_memory_backend_shows_the_same_text() {
    let memory = Memory::new();
    record(&Meter::new(memory.clone()));
    assert_eq!(memory.text(), PAGE);
}

#[test]
fn a_series_that_is_bound_twice_is_one() {
    let (scrape, _) = started();
    let meter = Meter::new(scrape.clone());
    CALLS.bind(&meter, ("small", Status::Success)).add(1);
    CALLS.bind(&meter, ("small", Status::Success)).add(2);
    assert!(
        scrape.page().render().ends_with("{model=\"small\",status=\"success\"} 3\n"),
        "{}",
        scrape.page().render()
    );
}

#[test]
fn odd_label_values_arrive_whole() {
    let (scrape, _) = started();
    let meter = Meter::new(scrape.clone());
    let long = "é".repeat(64);
    let values = ["\"", "say \"hi\"", "{a=\"b\"}", "# TYPE x gauge", " ", "日本語 🦀", &long];
    for value in values {
        CALLS.bind(&meter, (value, Status::Success)).add(1);
    }
    CALLS.bind(&meter, ("a\nb\\c\u{0}", Status::Success)).add(1);
    let page = scrape.page().render();
    let mut expected = vec![
        r#"llm_requests_total{model="\"",status="success"} 1"#.to_owned(),
        r#"llm_requests_total{model="say \"hi\"",status="success"} 1"#.to_owned(),
        r#"llm_requests_total{model="{a=\"b\"}",status="success"} 1"#.to_owned(),
        r##"llm_requests_total{model="# TYPE x gauge",status="success"} 1"##.to_owned(),
        r#"llm_requests_total{model=" ",status="success"} 1"#.to_owned(),
        r#"llm_requests_total{model="日本語 🦀",status="success"} 1"#.to_owned(),
        format!(r#"llm_requests_total{{model="{long}",status="success"}} 1"#),
        r#"llm_requests_total{model="a_b_c_",status="success"} 1"#.to_owned(),
    ];
    expected.sort();
    assert_eq!(page.lines().skip(2).collect::<Vec<_>>(), expected);
}

#[test]
fn a_page_without_a_server_counts_its_answers() {
    let exports = Exports::new(BackendKind::Scrape);
    let scrape = Scrape::start(ScrapeSettings::Mounted, exports.clone()).unwrap();
    assert_eq!(scrape.address(), None);
    record(&Meter::new(scrape.clone()));
    let page = scrape.page();
    let headers = ::http::HeaderMap::new();
    let answer = page.answer(&::http::Method::GET, &headers);
    assert_eq!(exports.success_count(), 0, "nobody has it yet");
    assert_eq!(text(answer), PAGE);
    assert_eq!(text(page.answer(&::http::Method::HEAD, &headers)), "");
    assert_eq!(exports.success_count(), 1, "only a page that someone gets is an export");
    drop(page.answer(&::http::Method::GET, &headers));
    let reason = "the scraper did not take its whole answer";
    assert_eq!((exports.failure_count(), exports.last().error.as_deref()), (1, Some(reason)));
    scrape.shutdown(witness::scraper::LONG).unwrap();
    assert_eq!(page.render(), PAGE, "the page outlives the backend");
}

fn text(answer: ::http::Response<PageBody>) -> String {
    let whole = futures_executor::block_on(answer.into_body().collect()).unwrap();
    String::from_utf8(whole.to_bytes().to_vec()).unwrap()
}
