//! Which servers run, and how each is started: what compose.yaml says of
//! containers, said of programs.

mod fleet;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};

use super::{
    folder::Folder,
    found::Programs,
    grafana,
    server::{Ready, Server},
};
use crate::{
    configure::{self, View},
    place::Place,
    ring::FLEET,
    settings::{FLEET_PORT, PASSWORD, QUERY_PORT, Settings},
};

/// The servers, in the order in which they are started.
pub(super) fn servers(
    place: &Place,
    settings: &Settings,
    programs: &Programs,
) -> Result<Vec<Server>> {
    let folder = Folder::new(&place.run);
    let start = Start { place, settings, folder: &folder };
    let fleet = programs.thanos.as_ref();
    if fleet.is_some() {
        settings.ports_differ(&[QUERY_PORT, FLEET_PORT])?;
    }
    let mut servers = fleet.map(|program| start.stores(program)).unwrap_or_default();
    // Who hands on leaves the rules to the ruler.
    let configuration = if fleet.is_some() { "fleet.yml" } else { "prometheus.yml" };
    servers.push(start.prometheus(&programs.prometheus, configuration));
    servers.push(start.jaeger(&programs.jaeger));
    if let Some(program) = &programs.alertmanager {
        servers.push(start.alertmanager(program));
    }
    if let Some(program) = fleet {
        servers.push(start.ruler(program));
    }
    if let Some(program) = &programs.collector {
        servers.push(start.collector(program));
    }
    if let Some(program) = &programs.grafana {
        settings.ready_for_grafana(&place.env_file)?;
        let asked = if fleet.is_some() { QUERY_PORT } else { "BOTMETER_PROMETHEUS_PORT" };
        servers.push(program.server(place, settings, &folder, asked));
    }
    if let Some(program) = &programs.demo {
        servers.push(start.demo(program));
    }
    Ok(servers)
}

/// Writes what the servers read: Prometheus' folder as a container sees it, and
/// folders for data.
pub(super) fn lay_out(
    place: &Place,
    settings: &Settings,
    profiles: &BTreeSet<String>,
    servers: &[Server],
) -> Result<()> {
    let folder = Folder::new(&place.run);
    let prometheus = folder.prometheus();
    let rules = prometheus.join("rules");
    // Anew each time: a rule that is gone would live on.
    if rules.exists() {
        fs::remove_dir_all(&rules)
            .with_context(|| format!("failed to remove {}", rules.display()))?;
    }
    copy(&place.dashboards.join("prometheus"), &rules, ".rules.yml")?;
    copy(&place.compose.join("prometheus"), &prometheus, "prometheus.yml")?;
    configure::write(&configure::targets(settings, profiles, View::Native)?, &prometheus)?;
    if profiles.contains(FLEET) {
        Start { place, settings, folder: &folder }.lay_out_fleet()?;
    }
    for server in servers {
        let data = folder.data().join(server.name);
        if matches!(server.name, "prometheus" | "alertmanager" | "grafana") {
            fs::create_dir_all(&data)
                .with_context(|| format!("failed to create {}", data.display()))?;
        }
        if server.name == "grafana" {
            grafana::lay_out(place, &folder)?;
        }
    }
    Ok(())
}

/// Copies the files of a folder whose names end so.
fn copy(from: &Path, to: &Path, ending: &str) -> Result<()> {
    let failed = || format!("failed to copy {} to {}", from.display(), to.display());
    fs::create_dir_all(to).with_context(failed)?;
    for entry in fs::read_dir(from).with_context(failed)? {
        let entry = entry.with_context(failed)?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.ends_with(ending)) {
            let text = fs::read_to_string(entry.path()).with_context(failed)?;
            configure::replace(&to.join(name), &text)?;
        }
    }
    Ok(())
}

struct Start<'a> {
    place: &'a Place,
    settings: &'a Settings,
    folder: &'a Folder,
}

impl Start<'_> {
    fn at(&self, variable: &str) -> String {
        format!("{}:{}", self.settings.host(), self.settings.port(variable))
    }

    /// Where a server listens.
    fn listen(&self, variable: &str) -> String {
        std::net::SocketAddr::new(self.settings.bind(), self.settings.port(variable)).to_string()
    }

    fn ports(&self, variables: &[&'static str]) -> Vec<(&'static str, u16)> {
        variables.iter().map(|name| (*name, self.settings.port(name))).collect()
    }

    /// Every variable, so that a configuration file may read any; in front of
    /// which come those that a file knows by another name.
    fn variables(&self, more: &[(&str, String)]) -> BTreeMap<String, String> {
        let secret = |name: &str| name == PASSWORD;
        let all = self.settings.all().filter(|(name, _)| !secret(name));
        all.map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())))
            .collect()
    }

    /// The host part of an address in a configuration file.
    fn bind(&self) -> String {
        match self.settings.bind() {
            std::net::IpAddr::V6(address) => format!("[{address}]"),
            std::net::IpAddr::V4(address) => address.to_string(),
        }
    }

    fn prometheus(&self, program: &Path, configuration: &str) -> Server {
        let port = "BOTMETER_PROMETHEUS_PORT";
        let folder = self.folder.prometheus();
        let get = |name| self.settings.get(name);
        Server {
            name: "prometheus",
            program: program.to_owned(),
            arguments: vec![
                format!("--config.file={}", folder.join(configuration).display()),
                format!("--storage.tsdb.path={}", self.folder.data().join("prometheus").display()),
                format!(
                    "--storage.tsdb.retention.time={}",
                    get("BOTMETER_PROMETHEUS_RETENTION_TIME")
                ),
                format!(
                    "--storage.tsdb.retention.size={}",
                    get("BOTMETER_PROMETHEUS_RETENTION_SIZE")
                ),
                "--web.enable-otlp-receiver".to_owned(),
                "--web.enable-lifecycle".to_owned(),
                format!("--web.external-url=http://{}", self.outside(port)),
                "--enable-feature=exemplar-storage".to_owned(),
                format!("--web.listen-address={}", self.listen(port)),
            ],
            variables: self.variables(&[]),
            directory: folder,
            ready: Ready::Page(format!("http://{}/-/ready", self.at(port))),
            ports: self.ports(&[port]),
        }
    }

    /// The address in links, which people follow.
    fn outside(&self, variable: &str) -> String {
        format!("localhost:{}", self.settings.port(variable))
    }

    fn jaeger(&self, program: &Path) -> Server {
        Server {
            name: "jaeger",
            program: program.to_owned(),
            arguments: vec![
                "--config".to_owned(),
                self.place.compose.join("jaeger/jaeger.yaml").display().to_string(),
            ],
            variables: self.variables(&[("JAEGER_LISTEN_HOST", self.bind())]),
            directory: self.place.compose.clone(),
            ready: Ready::Page(format!("http://{}/status", self.at("BOTMETER_JAEGER_HEALTH_PORT"))),
            ports: self.ports(&[
                "BOTMETER_JAEGER_PORT",
                "BOTMETER_JAEGER_GRPC_PORT",
                "BOTMETER_JAEGER_OTLP_GRPC_PORT",
                "BOTMETER_JAEGER_OTLP_HTTP_PORT",
                "BOTMETER_JAEGER_HEALTH_PORT",
                "BOTMETER_JAEGER_TELEMETRY_PORT",
            ]),
        }
    }

    fn collector(&self, program: &Path) -> Server {
        Server {
            name: "collector",
            program: program.to_owned(),
            arguments: vec![
                "--config".to_owned(),
                self.place.compose.join("collector/collector.yaml").display().to_string(),
            ],
            variables: self.variables(&[
                ("BOTMETER_COLLECTOR_HOST", self.bind()),
                ("BOTMETER_COLLECTOR_JAEGER", self.at("BOTMETER_JAEGER_OTLP_GRPC_PORT")),
            ]),
            directory: self.place.compose.clone(),
            // The page of what it was sent answers also while it is empty.
            ready: Ready::Page(format!(
                "http://{}/metrics",
                self.at("BOTMETER_COLLECTOR_PAGE_PORT")
            )),
            ports: self.ports(&[
                "BOTMETER_COLLECTOR_GRPC_PORT",
                "BOTMETER_COLLECTOR_HTTP_PORT",
                "BOTMETER_COLLECTOR_PAGE_PORT",
                "BOTMETER_COLLECTOR_TELEMETRY_PORT",
            ]),
        }
    }

    fn alertmanager(&self, program: &Path) -> Server {
        let port = "BOTMETER_ALERTMANAGER_PORT";
        Server {
            name: "alertmanager",
            program: program.to_owned(),
            arguments: vec![
                "--config.file=alertmanager.yml".to_owned(),
                format!("--storage.path={}", self.folder.data().join("alertmanager").display()),
                format!("--web.external-url=http://{}", self.outside(port)),
                "--cluster.listen-address=".to_owned(),
                format!("--web.listen-address={}", self.listen(port)),
            ],
            variables: self.variables(&[]),
            // Where the paths of its secrets begin.
            directory: self.place.compose.join("alertmanager"),
            ready: Ready::Page(format!("http://{}/-/ready", self.at(port))),
            ports: self.ports(&[port]),
        }
    }

    /// A demo that is scraped like any bot of this machine; where an endpoint
    /// for metrics is set, it pushes instead, because with both its series
    /// would be there twice.
    fn demo(&self, program: &Path) -> Server {
        let pushes = self.settings.is_chosen("BOTMETER_DEMO_METRICS_ENDPOINT")
            || self.settings.get("BOTMETER_SCENARIO") != "localhost";
        let port = if pushes { 0 } else { self.settings.port("BOTMETER_BOT_PORT") };
        let mut more = vec![
            ("OTEL_SERVICE_NAME", self.settings.get("BOTMETER_BOT_JOB").to_owned()),
            ("OTEL_TRACES_EXPORTER", "otlp".to_owned()),
            (
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                self.of_this_machine(self.settings.get("BOTMETER_DEMO_TRACES_ENDPOINT")),
            ),
        ];
        if pushes {
            more.push((
                "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
                self.of_this_machine(self.settings.get("BOTMETER_DEMO_METRICS_ENDPOINT")),
            ));
            more.push(("OTEL_METRIC_EXPORT_INTERVAL", "15000".to_owned()));
        }
        let mut ports = Vec::new();
        let ready = if pushes {
            Ready::Said("/metrics")
        } else {
            ports = self.ports(&["BOTMETER_BOT_PORT"]);
            Ready::Page(format!("http://127.0.0.1:{port}/metrics"))
        };
        Server {
            name: "demo",
            program: program.to_owned(),
            arguments: vec![
                "--port".to_owned(),
                port.to_string(),
                "--rate".to_owned(),
                self.settings.get("BOTMETER_DEMO_RATE").to_owned(),
            ],
            variables: self.variables(&more),
            directory: self.place.run.clone(),
            ready,
            ports,
        }
    }

    /// The same server in an address that names it as in the network of the
    /// containers.
    fn of_this_machine(&self, url: &str) -> String {
        for (inside, variable) in [
            ("http://prometheus:9090", "BOTMETER_PROMETHEUS_PORT"),
            ("http://jaeger:4317", "BOTMETER_JAEGER_OTLP_GRPC_PORT"),
            ("http://jaeger:4318", "BOTMETER_JAEGER_OTLP_HTTP_PORT"),
            ("http://collector:14317", "BOTMETER_COLLECTOR_GRPC_PORT"),
            ("http://collector:14318", "BOTMETER_COLLECTOR_HTTP_PORT"),
        ] {
            if let Some(path) = url.strip_prefix(inside)
                && (path.is_empty() || path.starts_with('/'))
            {
                return format!("http://{}{path}", self.at(variable));
            }
        }
        url.to_owned()
    }
}

#[cfg(test)]
mod tests;
