//! The page that a scraper gets, judged as Prometheus would.

use std::collections::BTreeSet;

use super::web::shortened;

/// The names of the series on a page in one of the text formats that Prometheus
/// reads, or the first line that breaks it, as the end of a sentence.
pub(super) fn names(page: &str) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for (number, line) in page.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some(name) = name_of(line) else {
            let quoted = shortened(line, 80);
            return Err(format!("line {} is no sample: {quoted:?}", number + 1));
        };
        names.insert(name.to_owned());
    }
    Ok(names)
}

/// The name of a sample that is written as it has to be.
fn name_of(line: &str) -> Option<&str> {
    let end = line.find(['{', ' ', '\t'])?;
    let (name, rest) = line.split_at(end);
    if rest.starts_with('{') && name.is_empty() {
        return quoted_name(rest);
    }
    let is_name_char = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let starts_well = !name.starts_with(|c: char| c.is_ascii_digit());
    if name.is_empty() || !starts_well || !name.chars().all(is_name_char) {
        return None;
    }
    let numbers = match rest.strip_prefix('{') {
        Some(labels) => &labels[end_of_labels(labels)? + 1..],
        None => rest,
    };
    is_value(numbers).then_some(name)
}

/// A name that the older form does not allow stands among the labels:
/// `{"llm.requests"} 1`.
fn quoted_name(rest: &str) -> Option<&str> {
    let inside = rest.strip_prefix("{\"")?;
    let (name, _) = inside.split_once('"')?;
    let labels = rest.strip_prefix('{')?;
    is_value(&labels[end_of_labels(labels)? + 1..]).then_some(name)
}

/// Where the brace is that no quotes are around.
fn end_of_labels(labels: &str) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in labels.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '}' if !is_quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// A number, and perhaps a time; the newer format may add an exemplar.
fn is_value(text: &str) -> bool {
    let plain = text.split(" # ").next().unwrap_or_default();
    let mut numbers = plain.split_whitespace();
    let is_number = |text: &str| text.parse::<f64>().is_ok();
    numbers.next().is_some_and(is_number)
        && numbers.next().is_none_or(is_number)
        && numbers.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_whatever_the_labels_hold() {
        let page = "\
# HELP a_total Things.
# TYPE a_total counter
a_total{x=\"brace } quote \\\" \"} 3
b:c{} +Inf 1700000000
  d NaN
{\"llm.requests\",model=\"x\"} 1
e_total 2 # {trace_id=\"1\"} 0.5
# EOF
";
        let names: Vec<_> = names(page).unwrap().into_iter().collect();
        assert_eq!(names, ["a_total", "b:c", "d", "e_total", "llm.requests"]);
    }

    #[test]
    fn lines_that_prometheus_refuses_are_quoted() {
        for (page, line) in [
            ("a 1\n<html>\n", "line 2 is no sample: \"<html>\""),
            ("{\"status\":\"ok\"}", "line 1 is no sample: \"{\\\"status\\\":\\\"ok\\\"}\""),
            ("a one", "line 1 is no sample: \"a one\""),
            ("a", "line 1 is no sample: \"a\""),
            ("9a 1", "line 1 is no sample: \"9a 1\""),
            ("a.b 1", "line 1 is no sample: \"a.b 1\""),
            ("a{b=\"c} 1", "line 1 is no sample: \"a{b=\\\"c} 1\""),
        ] {
            assert_eq!(names(page).unwrap_err(), line);
        }
    }
}
