//! What happened, as marks across all panels.

use botmeter_board::{Happening, Mark};

use super::{
    model::{Annotation, Annotations, DataSource},
    page::Page,
    variables::prometheus,
};
use crate::promql;

/// What is marked on every dashboard.
pub(super) fn annotations(page: &Page<'_>) -> Annotations {
    let marks = Mark::all().into_iter().map(|mark| annotation(page, &mark));
    Annotations { list: [by_hand()].into_iter().chain(marks).collect() }
}

fn annotation(page: &Page<'_>, mark: &Mark) -> Annotation {
    let fleet = &page.options.fleet;
    let (name, color, title, tags) = match mark.what {
        Happening::Restart => ("Restarts", "blue", "Started", "job,instance"),
        Happening::Deployment => ("Deployments", "purple", "New version", "job,version"),
        Happening::Alert => ("Firing alerts", "red", "{{alertname}}", "alertname,severity"),
    };
    // Where it was comes last, behind what it was.
    let text = mark.text.replace('{', "{{").replace('}', "}}");
    let places = fleet.labels.iter().map(|key| format!("{{{{{key}}}}}"));
    let text: Vec<_> = [text].into_iter().chain(places).collect();
    let keys = fleet.labels.iter().map(String::as_str);
    let tags: Vec<_> = [tags].into_iter().chain(keys).collect();
    Annotation {
        name: name.to_owned(),
        datasource: prometheus(page.options.has_traces),
        enable: mark.is_shown,
        icon_color: color.to_owned(),
        expr: Some(promql::render(&mark.expr, page.place_of_marks(mark.scope), fleet)),
        step: Some("60s".to_owned()),
        title_format: Some(title.to_owned()),
        text_format: Some(text.join(" ")),
        tag_keys: Some(tags.join(",")),
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
