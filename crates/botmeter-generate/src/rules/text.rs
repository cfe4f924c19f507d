//! The texts of alerts: `{model}` and `{value}` in braces.

use botmeter_board::Show;

/// The template by which Prometheus fills in a word.
pub(super) fn template(word: &str, labels: &[&str], show: Option<Show>) -> Option<String> {
    if let ("value", Some(show)) = (word, show) {
        return Some(value(show).to_owned());
    }
    labels.contains(&word).then(|| format!("{{{{ $labels.{word} }}}}"))
}

fn value(show: Show) -> &'static str {
    match show {
        Show::Ratio => "{{ $value | humanizePercentage }}",
        Show::Seconds => "{{ $value | humanizeDuration }}",
        Show::Bytes => "{{ $value | humanize1024 }}B",
        Show::Dollars => r#"{{ $value | printf "%.2f" }} USD"#,
        Show::Count => "{{ $value | humanize }}",
        // 0.2 a second would be humanized to 200m.
        Show::PerSecond | Show::RequestsPerSecond | Show::PerMinute => {
            r#"{{ $value | printf "%.3g" }}"#
        }
    }
}
