//! Starting, stopping, and ports.

use std::{
    error::Error as _,
    net::{SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use botmeter_core::{Backend, Meter};
use botmeter_telemetry::{BackendKind, Exports, ScrapeSettings, Telemetry, export::scrape::Scrape};

use crate::{DURATION, Status, started};
use witness::scraper::{LONG, connect, eventually, get};

fn start_at(address: SocketAddr) -> Result<Scrape, botmeter_core::Error> {
    Scrape::start(ScrapeSettings::Listen(address), Exports::new(BackendKind::Scrape))
}

#[test]
fn port_0_gives_a_usable_address_back() {
    let (one, _) = started();
    let (other, _) = started();
    for scrape in [&one, &other] {
        let address = scrape.address().unwrap();
        assert_ne!(address.port(), 0);
        assert_eq!(get(address, "/healthz").text(), "ok\n");
    }
    assert_ne!(one.address(), other.address());
}

#[test]
fn a_port_in_use_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let error = start_at(address).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "listen on {address}: the port is in use; end the program that uses it, or choose \
             another port, or port 0 for any that is free"
        )
    );
    assert!(error.source().is_some(), "the system's own words");
}

#[tokio::test]
async fn a_start_that_fails_inside_a_runtime_is_an_error_and_no_panic() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let error = start_at(taken.local_addr().unwrap()).unwrap_err();
    assert!(error.to_string().contains("the port is in use"), "{error}");
}

#[test]
fn where_to_choose_another_port_depends_on_who_chose_it() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let port = address.port().to_string();
    let variables =
        [("OTEL_METRICS_EXPORTER", "prometheus"), ("OTEL_EXPORTER_PROMETHEUS_PORT", port.as_str())];
    let by_environment = Telemetry::builder("my-bot").environment(variables.into_iter().collect());
    let by_code =
        Telemetry::builder("my-bot").environment(variables.into_iter().collect()).scrape(address);
    for (builder, advice) in [
        (
            by_code,
            "the program itself chooses the address, so change it in its code or its options",
        ),
        (
            by_environment,
            "OTEL_EXPORTER_PROMETHEUS_HOST and OTEL_EXPORTER_PROMETHEUS_PORT choose the address",
        ),
    ] {
        let error = builder.start::<()>().unwrap_err();
        let expected = format!(
            "listen on {address}: the port is in use; end the program that uses it, or choose \
             another port, or port 0 for any that is free; {advice}"
        );
        assert_eq!(error.to_string(), expected);
        assert!(error.source().is_some(), "the system's own words");
    }
}

#[test]
fn an_address_of_another_machine_is_a_clear_error() {
    // Reserved for documentation: no machine has it.
    let error = start_at("192.0.2.1:9464".parse().unwrap()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("listen on 192.0.2.1:9464: this machine has no such address; choose"),
        "{error}"
    );
}

#[test]
fn a_shutdown_ends_the_server_once_and_for_all() {
    let (scrape, _) = started();
    let address = scrape.address().unwrap();
    // One that is idle does not hold the shutdown up.
    let idle = connect(address);
    assert_eq!(get(address, "/healthz").text(), "ok\n");
    scrape.shutdown(LONG).unwrap();
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    scrape.shutdown(Duration::ZERO).unwrap();
    let again = start_at(address).expect("the port is free again");
    assert_eq!(again.address(), Some(address));
    drop(idle);
}

#[test]
fn a_deadline_without_end_is_no_trouble() {
    let (scrape, _) = started();
    scrape.shutdown(Duration::MAX).unwrap();
}

#[test]
fn dropping_the_last_clone_ends_the_server() {
    let (scrape, _) = started();
    let address = scrape.address().unwrap();
    let clone = scrape.clone();
    drop(scrape);
    assert_eq!(get(address, "/healthz").text(), "ok\n");
    drop(clone);
    eventually("the port to be free", || TcpStream::connect(address).is_err());
}

/// The page goes on to work, so what is on it goes on to be right.
#[test]
fn what_is_recorded_after_a_shutdown_is_on_the_page_all_the_same() {
    let (scrape, _) = started();
    let duration = DURATION.bind(&Meter::new(scrape.clone()), (Status::Success,));
    duration.record(0.3);
    scrape.shutdown(LONG).unwrap();
    duration.record(0.3);
    let page = scrape.page().render();
    assert!(page.ends_with("llm_duration_seconds_count{status=\"success\"} 2\n"), "{page}");
}

/// Only the histograms of others need one.
#[cfg(target_os = "linux")]
#[test]
fn no_thread_looks_after_our_own_histograms() {
    let (scrape, _) = started();
    // A thread names itself once it runs, which the one that answers does.
    assert_eq!(get(scrape.address().unwrap(), "/healthz").text(), "ok\n");
    // Keeps the backend.
    let meter = Meter::new(scrape);
    DURATION.bind(&meter, (Status::Success,)).record(0.3);
    let names: Vec<String> = std::fs::read_dir("/proc/self/task")
        .unwrap()
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .collect();
    assert!(names.iter().any(|name| name.starts_with("botmeter-scrape")), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("botmeter-upkeep")), "{names:?}");
}
