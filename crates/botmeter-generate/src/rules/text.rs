//! The texts of alerts: `{model}` and `{value}` in braces.

use botmeter_board::{OwnUnit, Show, promql::Fleet};

/// The template by which Prometheus fills in a word.
pub(super) fn template(
    word: &str,
    labels: &[&str],
    show: Option<&Show>,
    fleet: &Fleet,
) -> Option<String> {
    match (word, show) {
        ("value", Some(show)) => Some(value(show)),
        ("job", _) => Some(job(fleet, label)),
        _ => labels.contains(&word).then(|| label(word)),
    }
}

/// The job, and where it is if that has to be told.
pub(super) fn job(fleet: &Fleet, label: impl Fn(&str) -> String) -> String {
    let job = label("job");
    let places: Vec<_> = fleet.labels.iter().map(|key| label(key)).collect();
    if places.is_empty() { job } else { format!("{job} ({})", places.join(", ")) }
}

/// What Prometheus fills in for a label.
pub(super) fn label(key: &str) -> String {
    format!("{{{{ $labels.{key} }}}}")
}

/// The same in an address.
pub(super) fn in_address(key: &str) -> String {
    format!("{{{{ $labels.{key} | urlquery }}}}")
}

fn value(show: &Show) -> String {
    let known = match show {
        Show::Ratio => "{{ $value | humanizePercentage }}",
        Show::Seconds => "{{ $value | humanizeDuration }}",
        Show::Bytes => "{{ $value | humanize1024 }}B",
        Show::Dollars => r#"{{ $value | printf "%.2f" }} USD"#,
        Show::Count => "{{ $value | humanize }}",
        // 0.2 a second would be humanized to 200m.
        Show::PerSecond | Show::RequestsPerSecond | Show::PerMinute => {
            r#"{{ $value | printf "%.3g" }}"#
        }
        Show::Own(OwnUnit::Money(sign)) => {
            return format!(r#"{{{{ $value | printf "%.2f" }}}} {sign}"#);
        }
        Show::Own(OwnUnit::Counted(text) | OwnUnit::Grafana { text, .. }) => {
            return format!(r#"{{{{ $value | printf "%.4g" }}}} {text}"#);
        }
    };
    known.to_owned()
}
