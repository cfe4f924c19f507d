//! The way from a line to the traces of what it shows.

use botmeter_board as board;

use super::model::Link;

/// A link on each line to the traces of its service, in the time that the
/// dashboard shows.
///
/// Exemplars lead to single traces, but only buckets and counters have them;
/// the search works for every line.
pub(super) fn link(dashboard: &board::Dashboard, panel: &board::Panel) -> Link {
    // A label that one line lacks would stay as `${...}` in the search.
    let tags: Vec<_> = dashboard
        .trace_attributes(panel)
        .map(|(key, attribute)| format!(r#"{attribute}=\"${{__field.labels.{key}}}\""#))
        .collect();
    let tags =
        if tags.is_empty() { String::new() } else { format!(r#","tags":"{}""#, tags.join(" ")) };
    let search = format!(
        concat!(
            r#"{{"traces":{{"datasource":"${{jaeger_datasource}}","queries":[{{"refId":"A","#,
            r#""datasource":{{"type":"jaeger","uid":"${{jaeger_datasource}}"}},"#,
            r#""queryType":"search","service":"${{__field.labels.job}}"{tags}}}],"#,
            r#""range":{{"from":"${{__from}}","to":"${{__to}}"}}}}}}"#
        ),
        tags = tags
    );
    Link {
        title: "Traces of ${__field.labels.job}".to_owned(),
        kind: "link".to_owned(),
        icon: "external link".to_owned(),
        tooltip: "Search Jaeger for the traces of this service in this time".to_owned(),
        url: format!("/explore?schemaVersion=1&orgId=1&panes={}", encoded(&search)),
        tags: Vec::new(),
        as_dropdown: false,
        target_blank: true,
        include_vars: false,
        keep_time: false,
    }
}

/// The text for an address, with what Grafana fills in left as it is.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = rest.find('}').filter(|_| rest.starts_with("${")).map(|end| end + 1);
        let taken = end.unwrap_or(c.len_utf8());
        if end.is_some() || c.is_ascii_alphanumeric() || "-_.~".contains(c) {
            encoded.push_str(&rest[..taken]);
        } else {
            for byte in rest[..taken].bytes() {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                encoded.push('%');
                encoded.push(char::from(HEX[usize::from(byte >> 4)]));
                encoded.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
        rest = &rest[taken..];
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grafana_fills_in_stays_as_it_is() {
        assert_eq!(
            encoded(r#"{"a":"${__from}","é":"$1"}"#),
            "%7B%22a%22%3A%22${__from}%22%2C%22%C3%A9%22%3A%22%241%22%7D"
        );
    }
}
