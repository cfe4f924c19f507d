//! The format of `.env`, read as Compose reads it, and refused where Compose
//! would read something else than what stands there.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

/// The variables of a file, by name.
pub(super) type Variables = BTreeMap<String, String>;

/// Reads the text of a file; an error names its line, and shows nothing of it
/// but the name of a variable: what is misspelt may be a password.
///
/// Known are `NAME=value`, `export NAME=value`, values in single and double
/// quotes, and comments. A dollar sign is refused outside of single quotes,
/// because Compose puts the value of another variable in its place.
pub(super) fn parse(text: &str) -> Result<Variables> {
    let mut found = Variables::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let number = index + 1;
        let Some((name, value)) = entry(line).with_context(|| format!("line {number}"))? else {
            continue;
        };
        if found.insert(name.clone(), value).is_some() {
            bail!("line {number}: {name} is there twice: remove one of the two");
        }
    }
    Ok(found)
}

fn entry(line: &str) -> Result<Option<(String, String)>> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let Some((name, rest)) = line.split_once('=') else {
        bail!("there is no equals sign: write NAME=value, or # in front of a comment");
    };
    let name = name.trim();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty()
        || !name.chars().all(is_name)
        || name.starts_with(|c: char| c.is_ascii_digit())
    {
        bail!(
            "what stands before the equals sign is no name of a variable: use letters, digits and \
             _, with no digit in front"
        );
    }
    let value = value(rest.trim()).with_context(|| format!("the value of {name}"))?;
    Ok(Some((name.to_owned(), value)))
}

fn value(text: &str) -> Result<String> {
    match text.chars().next() {
        Some('\'') => {
            let Some((inside, after)) = text[1..].split_once('\'') else {
                bail!("a single quote is opened and not closed on the line");
            };
            only_comment(after)?;
            Ok(inside.to_owned())
        }
        Some('"') => double_quoted(&text[1..]),
        _ => {
            let comment = text.find(" #").or_else(|| text.find("\t#"));
            let value = text[..comment.unwrap_or(text.len())].trim_end();
            // A value that is nothing but a comment is an empty value.
            let value = if value.starts_with('#') { "" } else { value };
            no_dollar(value)?;
            Ok(value.to_owned())
        }
    }
}

fn double_quoted(text: &str) -> Result<String> {
    let mut inside = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                only_comment(characters.as_str())?;
                no_dollar(&inside)?;
                return Ok(inside);
            }
            '\\' => match characters.next() {
                Some('n') => inside.push('\n'),
                Some('t') => inside.push('\t'),
                Some(escaped @ ('"' | '\\')) => inside.push(escaped),
                _ => bail!("a backslash is followed by none of \" \\ n t"),
            },
            other => inside.push(other),
        }
    }
    bail!("a double quote is opened and not closed on the line")
}

fn only_comment(text: &str) -> Result<()> {
    let text = text.trim_start();
    if text.is_empty() || text.starts_with('#') {
        return Ok(());
    }
    bail!("something follows the closing quote: remove it, or put it inside")
}

fn no_dollar(value: &str) -> Result<()> {
    if value.contains('$') {
        bail!(
            "there is a $, for which Compose would put in another variable: \
             put the value in single quotes"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_compose_reads_is_read() {
        let text = "\u{feff}# ports\n\nA=1\n export B = two words # of a comment\nC=\n\
                    D='a $b # c' # quoted\nE=\"a \\\"b\\\"\\n\" \nF=a#b\nG= # nothing\r\n";
        let expected = [
            ("A", "1"),
            ("B", "two words"),
            ("C", ""),
            ("D", "a $b # c"),
            ("E", "a \"b\"\n"),
            ("F", "a#b"),
            ("G", ""),
        ];
        let expected: Variables =
            expected.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        assert_eq!(parse(text).unwrap(), expected);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, expected) in [
            (
                "A=1\nnonsense",
                "line 2: there is no equals sign: write NAME=value, or # in front of a comment",
            ),
            (
                "PASSWORD: secret",
                "line 1: there is no equals sign: write NAME=value, or # in front of a comment",
            ),
            (
                "PASSWORD: secret==",
                "line 1: what stands before the equals sign is no name of a variable: use letters, \
                 digits and _, with no digit in front",
            ),
            (
                "1A=1",
                "line 1: what stands before the equals sign is no name of a variable: use letters, \
                 digits and _, with no digit in front",
            ),
            ("A=1\nA=2", "line 2: A is there twice: remove one of the two"),
            (
                "P=secret$x",
                "line 1: the value of P: there is a $, for which Compose would put in another \
                 variable: put the value in single quotes",
            ),
            ("P='a", "line 1: the value of P: a single quote is opened and not closed on the line"),
            (
                "P=\"a",
                "line 1: the value of P: a double quote is opened and not closed on the line",
            ),
            (
                "P='it's-secret'",
                "line 1: the value of P: something follows the closing quote: remove it, or put it \
                 inside",
            ),
            ("P=\"\\x\"", "line 1: the value of P: a backslash is followed by none of \" \\ n t"),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(format!("{error:#}"), expected, "{text:?}");
        }
    }
}
