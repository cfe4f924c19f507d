//! The texts of alerts: `{model}` and `{value}` in braces.

use botmeter_board::Show;

/// What stands in braces in a text, filled in.
///
/// # Errors
///
/// The first word in braces that is not known.
pub(super) fn filled(text: &str, fill: impl Fn(&str) -> Option<String>) -> Result<String, &str> {
    let mut filled = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((word, after)) = after.split_once('}') else { return Err(after) };
        filled.push_str(before);
        filled.push_str(&fill(word).ok_or(word)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

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
