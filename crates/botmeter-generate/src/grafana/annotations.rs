//! What happened, as marks across all panels.

use botmeter_core::process::{BUILD, START_TIME};

use super::model::{Annotation, Annotations, DataSource};

const SELECTED: &str = r#"{job=~"$job", instance=~"$instance"}"#;

/// Restarts, deployments and alerts, read from what every program has.
pub(super) fn annotations(prometheus: &DataSource) -> Annotations {
    let build = BUILD.descriptor().prometheus_name();
    let start_time = START_TIME.descriptor().prometheus_name();
    let builds = format!("count by (job, version) ({build}{SELECTED}");
    let asked = |name: &str, color: &str, expr: String| Annotation {
        name: name.to_owned(),
        datasource: prometheus.clone(),
        enable: true,
        icon_color: color.to_owned(),
        expr: Some(expr),
        step: Some("60s".to_owned()),
        ..Annotation::default()
    };
    let restarts = Annotation {
        title_format: Some("Started".to_owned()),
        text_format: Some("{{job}} on {{instance}}".to_owned()),
        tag_keys: Some("job,instance".to_owned()),
        use_value_for_time: Some(true),
        ..asked(
            "Restarts",
            "blue",
            // Other programs have this series, too, Prometheus itself among them.
            format!(
                "max by (job, instance) ({start_time}{SELECTED}) * 1000 \
                 and max by (job, instance) ({build}{SELECTED})"
            ),
        )
    };
    let deployments = Annotation {
        title_format: Some("New version".to_owned()),
        text_format: Some("{{job}} {{version}}".to_owned()),
        tag_keys: Some("job,version".to_owned()),
        use_value_for_time: Some(false),
        ..asked("Deployments", "purple", format!("{builds}) unless {builds} offset 5m)"))
    };
    let alerts = Annotation {
        enable: false,
        title_format: Some("{{alertname}}".to_owned()),
        text_format: Some("{{job}} {{severity}}".to_owned()),
        tag_keys: Some("alertname,severity".to_owned()),
        use_value_for_time: Some(false),
        ..asked(
            "Firing alerts",
            "red",
            r#"max by (alertname, job, severity) (ALERTS{alertstate="firing", job=~"$job"})"#
                .to_owned(),
        )
    };
    Annotations { list: vec![by_hand(), restarts, deployments, alerts] }
}

/// What people wrote, which Grafana keeps itself.
fn by_hand() -> Annotation {
    Annotation {
        name: "Annotations & Alerts".to_owned(),
        datasource: DataSource { kind: "grafana".to_owned(), uid: "-- Grafana --".to_owned() },
        enable: true,
        hide: true,
        icon_color: "rgba(0, 211, 255, 1)".to_owned(),
        kind: Some("dashboard".to_owned()),
        built_in: Some(1),
        ..Annotation::default()
    }
}
