//! Writing YAML: only what the files of Prometheus and Kubernetes need.

use std::fmt::Write as _;

/// A value of a YAML document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Yaml {
    /// Keys in their order.
    Map(Vec<(String, Yaml)>),
    /// Values in their order.
    List(Vec<Yaml>),
    /// A text, which stays a text whatever it looks like.
    Text(String),
    /// A number.
    Number(f64),
}

impl Yaml {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn map<const N: usize>(pairs: [(&str, Self); N]) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// Texts by their keys.
    pub(crate) fn texts<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (key.into(), Self::text(value))).collect())
    }

    /// The document, with a line end at its end.
    pub(crate) fn document(&self) -> String {
        let mut document = self.lines().join("\n");
        document.push('\n');
        document
    }

    fn lines(&self) -> Vec<String> {
        match self {
            Self::Map(pairs) if pairs.is_empty() => vec!["{}".to_owned()],
            Self::List(items) if items.is_empty() => vec!["[]".to_owned()],
            Self::Map(pairs) => pairs.iter().flat_map(|(key, value)| pair(key, value)).collect(),
            Self::List(items) => items.iter().flat_map(item).collect(),
            Self::Text(text) if is_block(text) => {
                let (head, text) = match text.strip_suffix('\n') {
                    Some(text) => ("|", text),
                    None => ("|-", text.as_str()),
                };
                let mut lines = vec![head.to_owned()];
                lines.extend(text.split('\n').map(indented));
                lines
            }
            Self::Text(text) => vec![scalar(text)],
            Self::Number(number) => vec![number.to_string()],
        }
    }

    fn is_nested(&self) -> bool {
        match self {
            Self::Map(pairs) => !pairs.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Text(_) | Self::Number(_) => false,
        }
    }
}

fn pair(key: &str, value: &Yaml) -> Vec<String> {
    let mut lines = value.lines();
    if value.is_nested() {
        for line in &mut lines {
            *line = indented(line);
        }
        lines.insert(0, format!("{}:", scalar(key)));
    } else if let Some(first) = lines.first_mut() {
        *first = format!("{}: {first}", scalar(key));
    }
    lines
}

fn item(item: &Yaml) -> Vec<String> {
    let mut lines = item.lines();
    for (at, line) in lines.iter_mut().enumerate() {
        *line = if at == 0 { format!("- {line}") } else { indented(line) };
    }
    lines
}

fn indented(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!("  {line}") }
}

/// Whether the text is several lines that a literal block can hold as they
/// are: the first line tells the indentation, and one line end at the end can
/// be kept.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n'])
        && !text.ends_with("\n\n")
        && text.split('\n').all(|line| {
            (line.is_empty() || !line.trim_matches(' ').is_empty())
                && !line.chars().any(needs_escape)
        })
}

/// A text on one line, quoted only where it has to be.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        text.to_owned()
    } else if text.chars().any(needs_escape) {
        double_quoted(text)
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Words that start with a letter and hold nothing that means something in
/// YAML, except those that YAML or its older versions take for something else.
fn is_plain(text: &str) -> bool {
    const TAKEN: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-. ,/$()".contains(c))
        && !text.ends_with(' ')
        && !TAKEN.contains(&text.to_ascii_lowercase().as_str())
}

fn needs_escape(c: char) -> bool {
    // The line and paragraph separators and the byte order mark are line ends
    // or forbidden to some parsers.
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(c);
            }
            '\n' => quoted.push_str("\\n"),
            c if needs_escape(c) => {
                // Writing to a string never fails.
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn maps_lists_and_texts_are_nested_as_prometheus_reads_them() {
        let document = Yaml::map([
            ("empty", Yaml::Map(Vec::new())),
            ("none", Yaml::List(Vec::new())),
            (
                "groups",
                Yaml::List(vec![
                    Yaml::map([
                        ("name", Yaml::text("llm")),
                        ("expr", Yaml::text("a > 0\nand b{c=\"d\"} > 0")),
                        ("labels", Yaml::texts([("severity", "critical")])),
                    ]),
                    Yaml::List(vec![Yaml::text("nested"), Yaml::text("x\ny")]),
                ]),
            ),
        ]);
        expect![[r#"
            empty: {}
            none: []
            groups:
              - name: llm
                expr: |-
                  a > 0
                  and b{c="d"} > 0
                labels:
                  severity: critical
              - - nested
                - |-
                    x
                    y
        "#]]
        .assert_eq(&document.document());
    }

    #[test]
    fn a_text_stays_a_text_whatever_it_looks_like() {
        let texts = [
            "plain words",
            "5m",
            "0.5",
            "True",
            "no",
            "",
            " padded ",
            "a: b",
            "it's",
            "# no comment",
            "{{ $value }}",
            "tab\there",
            " first line indented\nsecond",
            "ends with a line end\n",
            "{\n  \"a\": 1\n\n}\n",
            "two line ends\n\n",
            "bell\u{7} \u{2028} \\ \"",
            "- dash",
            "grüße",
        ];
        let lines: Vec<_> =
            texts.iter().map(|text| Yaml::map([("k", Yaml::text(*text))]).document()).collect();
        expect![[r#"
            k: plain words
            k: '5m'
            k: '0.5'
            k: 'True'
            k: 'no'
            k: ''
            k: ' padded '
            k: 'a: b'
            k: 'it''s'
            k: '# no comment'
            k: '{{ $value }}'
            k: "tab\u0009here"
            k: " first line indented\nsecond"
            k: |
              ends with a line end
            k: |
              {
                "a": 1

              }
            k: "two line ends\n\n"
            k: "bell\u0007 \u2028 \\ \""
            k: '- dash'
            k: 'grüße'
        "#]]
        .assert_eq(&lines.concat());
    }
}
