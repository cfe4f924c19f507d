//! A page and a Prometheus that answer what a test wants.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use botmeter_catalogue::catalogue;
use botmeter_core::label::LabelInfo;
use serde_json::{Value, json};

use super::super::known::Known;

/// Status, content type and body.
pub(crate) type Answer = (u16, &'static str, String);

/// A server that answers by path and body, for as long as the tests run.
pub(crate) fn serve(answer: impl Fn(&str, &str) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = Arc::clone(&answer);
            // Somebody who hangs up has heard enough.
            thread::spawn(move || talk(&stream, answer.as_ref()).ok());
        }
    });
    address
}

fn talk(mut stream: &TcpStream, answer: &dyn Fn(&str, &str) -> Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, content_type, text) = answer(path, &String::from_utf8_lossy(&body));
    write!(
        stream,
        "HTTP/1.1 {status} Status\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{text}",
        text.len()
    )
}

/// An address where nobody listens any more.
pub(crate) fn closed() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Every series name of two domains.
pub(super) fn names() -> Vec<String> {
    let ours = ["llm", "telemetry"];
    let registered = catalogue().registered();
    let families = registered.iter().filter(|noted| ours.contains(&noted.domain));
    let names = families.flat_map(|noted| &noted.instruments).flat_map(|descriptor| {
        let name = descriptor.prometheus_name();
        if descriptor.buckets().is_empty() {
            vec![name]
        } else {
            ["_bucket", "_sum", "_count"].map(|suffix| format!("{name}{suffix}")).to_vec()
        }
    });
    names.collect()
}

/// A page with these names, at `/metrics`.
pub(super) fn page_of(names: Vec<String>) -> SocketAddr {
    serve(move |path, _| match path {
        "/metrics" => {
            let lines: Vec<String> =
                names.iter().map(|name| format!("{name}{{a=\"b\"}} 1\n")).collect();
            (200, "text/plain; version=0.0.4", lines.concat())
        }
        _ => (404, "text/plain", "there is nothing here".to_owned()),
    })
}

pub(super) fn page() -> SocketAddr {
    page_of(names())
}

/// What a Prometheus answers, by the path of its API; a test changes what it
/// is about.
pub(super) struct Prometheus {
    pub(super) data: BTreeMap<&'static str, Value>,
    pub(super) ready: Answer,
    /// The keys of labels that every series lacks.
    pub(super) lacks: Vec<&'static str>,
}

impl Prometheus {
    /// One where all is well with a program that it scrapes at this port.
    pub(super) fn well(port: u16) -> Self {
        let own = json!({
            "__name__": "telemetry_startup_total", "job": "bots", "instance": "bot-1",
        });
        let data = [
            ("status/buildinfo", json!({ "version": "3.15.0" })),
            ("status/flags", json!({ "web.enable-otlp-receiver": "false" })),
            ("status/config", json!({ "yaml": "global:\n  scrape_interval: 15s\n" })),
            ("targets", json!({ "activeTargets": [target(port, "up", "")] })),
            ("label/__name__/values", json!(names())),
            ("label/job/values", json!(["bots"])),
            ("series", json!([own])),
            (
                "query",
                json!({ "resultType": "vector", "result": [{ "metric": {}, "value": [1, "3"] }] }),
            ),
            ("rules", json!({ "groups": groups() })),
            ("alertmanagers", json!({ "activeAlertmanagers": [] })),
        ];
        let ready = (200, "text/plain", "Prometheus Server is Ready.\n".to_owned());
        Self { data: data.into(), ready, lacks: Vec::new() }
    }

    pub(super) fn with(mut self, path: &'static str, data: Value) -> Self {
        self.data.insert(path, data);
        self
    }

    pub(crate) fn serve(self) -> SocketAddr {
        serve(move |path, body| self.answer(path, body))
    }

    fn answer(&self, path: &str, body: &str) -> Answer {
        if path == "/-/ready" {
            return self.ready.clone();
        }
        let path = path.split('?').next().unwrap_or_default();
        let asked = path.strip_prefix("/api/v1/").unwrap_or_default();
        let data = match asked {
            "labels" => Some(self.keys(body)),
            _ => self.data.get(asked).cloned(),
        };
        match data {
            Some(data) => {
                (200, "application/json", json!({ "status": "success", "data": data }).to_string())
            }
            None => (404, "text/plain", "404 page not found".to_owned()),
        }
    }

    /// The keys of the family that a form asks for.
    fn keys(&self, form: &str) -> Value {
        let form = form.replace("%5F", "_");
        let registered = catalogue().registered();
        let mut descriptors = registered.iter().flat_map(|noted| &noted.instruments);
        let asked = form.split('=').nth(1).unwrap_or_default();
        let asked = asked.split('%').next().unwrap_or_default();
        let of_family = descriptors.find(|descriptor| {
            let name = descriptor.prometheus_name();
            asked == name
                || ["_bucket", "_sum", "_count"].iter().any(|it| asked == format!("{name}{it}"))
        });
        let own = of_family.map(|descriptor| descriptor.labels()).unwrap_or_default();
        let mut keys: Vec<&str> = own.iter().map(LabelInfo::key).collect();
        keys.extend(["__name__", "instance", "job", "le"]);
        keys.retain(|key| !self.lacks.contains(key));
        json!(keys)
    }
}

/// A target of the job `bots`.
pub(super) fn target(port: u16, health: &str, error: &str) -> Value {
    json!({
        "labels": { "job": "bots", "instance": "bot-1" },
        "scrapePool": "bots",
        "scrapeUrl": format!("http://localhost:{port}/metrics"),
        "lastError": error,
        "health": health,
        "scrapeInterval": "15s",
    })
}

/// All groups that are generated, each with a rule that is well.
pub(super) fn groups() -> Vec<Value> {
    let known = Known::committed();
    let names = known.groups.into_iter().map(|(_, name)| name);
    names.map(|name| json!({ "name": name, "rules": [{ "name": "a", "health": "ok" }] })).collect()
}
