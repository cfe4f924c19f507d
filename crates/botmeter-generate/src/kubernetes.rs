//! The same files for a cluster: dashboards as `ConfigMap`s that Grafana's
//! sidecar loads, rules and the scrape route as objects of the Prometheus
//! operator.

use crate::{Options, rules::Rules, yaml::Yaml};

const MONITORING: &str = "monitoring.coreos.com/v1";

/// A dashboard, byte for byte.
pub(crate) fn dashboard(uid: &str, text: &str, options: &Options) -> Yaml {
    let metadata = Yaml::map([
        ("name", Yaml::text(dashboard_name(uid))),
        // What the sidecar of Grafana's chart looks for by default.
        ("labels", Yaml::texts([("grafana_dashboard", "1")])),
        ("annotations", Yaml::texts([("grafana_folder", options.grafana_folder.as_str())])),
    ]);
    Yaml::map([
        ("apiVersion", Yaml::text("v1")),
        ("kind", Yaml::text("ConfigMap")),
        ("metadata", metadata),
        ("data", Yaml::texts([(format!("{uid}.json"), text)])),
    ])
}

/// The rules of a domain.
pub(crate) fn rules(rules: &Rules, options: &Options) -> Yaml {
    Yaml::map([
        ("apiVersion", Yaml::text(MONITORING)),
        ("kind", Yaml::text("PrometheusRule")),
        ("metadata", selected(&format!("botmeter-{}-rules", name(rules.domain)), options)),
        ("spec", rules.yaml()),
    ])
}

/// Where Prometheus reads: the port that is called `metrics`.
pub(crate) fn pod_monitor(options: &Options) -> Yaml {
    let endpoint = Yaml::texts([("port", "metrics"), ("path", "/metrics"), ("interval", "15s")]);
    let pods = Yaml::map([("matchLabels", Yaml::texts(options.pod_labels.clone()))]);
    Yaml::map([
        ("apiVersion", Yaml::text(MONITORING)),
        ("kind", Yaml::text("PodMonitor")),
        ("metadata", selected("botmeter-pods", options)),
        (
            "spec",
            Yaml::map([("selector", pods), ("podMetricsEndpoints", Yaml::List(vec![endpoint]))]),
        ),
    ])
}

/// The name of a dashboard's `ConfigMap`.
pub(crate) fn dashboard_name(uid: &str) -> String {
    format!("botmeter-{}-dashboard", name(uid))
}

/// Objects are named in small letters, digits and dashes.
fn name(of: &str) -> String {
    of.to_ascii_lowercase().replace('_', "-")
}

fn selected(name: &str, options: &Options) -> Yaml {
    let name = ("name", Yaml::text(name));
    if options.kubernetes_labels.is_empty() {
        Yaml::map([name])
    } else {
        Yaml::map([name, ("labels", Yaml::texts(options.kubernetes_labels.clone()))])
    }
}
