//! What happened, as marks across all panels.

use botmeter_board::{Happening, Mark};

use super::model::{Annotation, Annotations, DataSource};
use crate::promql::{self, Place};

/// What is marked on every dashboard.
pub(super) fn annotations(prometheus: &DataSource) -> Annotations {
    let marks = Mark::all().into_iter().map(|mark| annotation(&mark, prometheus));
    Annotations { list: [by_hand()].into_iter().chain(marks).collect() }
}

fn annotation(mark: &Mark, prometheus: &DataSource) -> Annotation {
    let (name, color, title, tags) = match mark.what {
        Happening::Restart => ("Restarts", "blue", "Started", "job,instance"),
        Happening::Deployment => ("Deployments", "purple", "New version", "job,version"),
        Happening::Alert => ("Firing alerts", "red", "{{alertname}}", "alertname,severity"),
    };
    Annotation {
        name: name.to_owned(),
        datasource: prometheus.clone(),
        enable: mark.is_shown,
        icon_color: color.to_owned(),
        expr: Some(promql::render(&mark.expr, Place::Panel { scope: mark.scope, variables: &[] })),
        step: Some("60s".to_owned()),
        title_format: Some(title.to_owned()),
        text_format: Some(mark.text.replace('{', "{{").replace('}', "}}")),
        tag_keys: Some(tags.to_owned()),
        use_value_for_time: Some(mark.what == Happening::Restart),
        ..Annotation::default()
    }
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
