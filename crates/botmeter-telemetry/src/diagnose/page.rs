//! The layer `page`: whether a scraper would get something.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use botmeter_core::wall;
use botmeter_export::{BackendKind, Exports, finding::Finding};

use super::subject::Subject;
use crate::{compiled::where_to_change, self_observation};

pub(super) const LAYER: &str = "page";

/// How long the page may take.
const PATIENCE: Duration = Duration::from_secs(4);

pub(super) fn look(subject: &Subject) -> Finding {
    let of_scrape = |exports: &&Exports| exports.backend() == BackendKind::Scrape;
    let mut running = subject.running.iter();
    let Some((running, exports)) = running.find_map(|running| {
        let exports = running.exports.as_ref().filter(of_scrape)?;
        Some((running, exports))
    }) else {
        return Finding::skipped(
            LAYER,
            "the page for scrapes was not chosen; OTEL_METRICS_EXPORTER=prometheus chooses it",
        );
    };
    // Asked before, because asking counts as well.
    let scrapes = scrapes(exports);
    let Some(address) = running.address else {
        let what = "the application's own server has to answer /metrics with Telemetry::page";
        return Finding::skipped(LAYER, format!("{what}; {scrapes}"));
    };
    let url = format!("http://{}/metrics", reachable(address));
    let place = || {
        let place = subject.settings.as_ref().map(where_to_change);
        place.map_or_else(String::new, |place| format!("; {place}"))
    };
    match ask(reachable(address)) {
        Ok(page) if is_ours(&page) => {
            let series = page.lines().filter(|line| !line.starts_with('#')).count();
            let live = subject.settings.as_ref().and_then(|settings| settings.live.as_ref());
            let live = live.map(|live| format!("; the live page is at {}", live.url(address)));
            let live = live.unwrap_or_default();
            Finding::ok(
                LAYER,
                format!("{url} answers with {series} lines of numbers; {scrapes}{live}"),
            )
        }
        Ok(page) => {
            let begin = page.lines().next().unwrap_or_default();
            Finding::broken(
                LAYER,
                format!("{url} answers {begin:?} and not with the page of this program"),
                format!("look for another program at this port, or choose another{}", place()),
            )
        }
        Err(error) => Finding::broken(
            LAYER,
            format!("{url} does not answer: {error}"),
            format!(
                "look into the log for why the page's server ended, or choose another port{}",
                place()
            ),
        ),
    }
}

/// A 200 with the instrument that every program has.
fn is_ours(page: &str) -> bool {
    let anchor = self_observation::STARTUP.descriptor().prometheus_name();
    let is_answer = ["HTTP/1.0 200 ", "HTTP/1.1 200 "].iter().any(|line| page.starts_with(line));
    is_answer && page.contains(&anchor)
}

/// Who has asked so far. Nobody may mean that Prometheus does not know of us.
fn scrapes(exports: &Exports) -> String {
    let ago = exports.last().success.and_then(|when| wall::now().duration_since(when).ok());
    match ago {
        None => "nobody has asked for it yet".to_owned(),
        Some(ago) => {
            let count = exports.success_count();
            format!("it was asked for {count} times, last {} s ago", ago.as_secs())
        }
    }
}

/// Where this machine finds what listens there: nobody connects to "any
/// address".
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

/// The whole answer. HTTP/1.0, so that it is in one piece up to its end.
fn ask(address: SocketAddr) -> io::Result<String> {
    let end = Instant::now() + PATIENCE;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /metrics HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = Vec::new();
    let mut part = vec![0; 64 * 1024];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part)? {
            0 => return Ok(String::from_utf8_lossy(&answer).into_owned()),
            length => answer.extend_from_slice(&part[..length]),
        }
    }
}
