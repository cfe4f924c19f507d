//! A line from which one piece after the other is taken.

use std::fmt::Display;

use super::Format;

/// What is left of a line.
pub(super) struct Cursor<'a> {
    rest: &'a str,
    format: Format,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: &'a str, format: Format) -> Self {
        Self { rest: line, format }
    }

    /// Goes over blanks, where the format allows any number of them.
    pub(super) fn skip_blanks(&mut self) {
        if self.format == Format::Text {
            self.rest = self.rest.trim_start_matches([' ', '\t']);
        }
    }

    /// Goes over what sets two pieces apart.
    pub(super) fn gap(&mut self, before: &str) -> Result<(), String> {
        let rest = self.rest;
        let is_there = match self.format {
            Format::Text => {
                self.skip_blanks();
                self.rest.len() < rest.len()
            }
            Format::OpenMetrics => self.eat(" "),
        };
        if is_there { Ok(()) } else { Err(format!("a blank is missing before {before}")) }
    }

    pub(super) fn eat(&mut self, what: &str) -> bool {
        let rest = self.rest.strip_prefix(what);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn starts_with(&self, what: &str) -> bool {
        self.rest.starts_with(what)
    }

    /// All that is left.
    pub(super) fn rest(self) -> &'a str {
        self.rest
    }

    /// What stands before the next blank.
    pub(super) fn word(&mut self) -> &'a str {
        self.until(|c| matches!(c, ' ' | '\t'))
    }

    /// What a name that is not in quotes can be made of, up to here.
    pub(super) fn bare_name(&mut self) -> &'a str {
        self.until(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | ':')))
    }

    fn until(&mut self, is_end: fn(char) -> bool) -> &'a str {
        let (taken, rest) = self.rest.split_at(self.rest.find(is_end).unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// The text whose opening quote was eaten, up to its closing one.
    pub(super) fn quoted(&mut self, what: impl Display) -> Result<String, String> {
        let mut text = String::new();
        // Nearly always there is nothing in it to be unescaped.
        while let Some((plain, end, rest)) = self.until_special() {
            text.push_str(plain);
            self.rest = rest;
            if end == '"' {
                return Ok(text);
            }
            let mut chars = rest.chars();
            text.push(escaped(chars.next(), true)?);
            self.rest = chars.as_str();
        }
        Err(format!("{what} has no end; close its quotes"))
    }

    /// What stands before the next quote or backslash, which of them it is,
    /// and what follows.
    fn until_special(&self) -> Option<(&'a str, char, &'a str)> {
        let at = self.rest.find(['"', '\\'])?;
        let (plain, rest) = self.rest.split_at(at);
        let mut rest = rest.chars();
        Some((plain, rest.next()?, rest.as_str()))
    }
}

/// The text of `# HELP`, unescaped.
pub(super) fn help(text: &str, format: Format) -> Result<String, String> {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => escaped(chars.next(), format == Format::OpenMetrics)?,
            c => c,
        });
    }
    Ok(plain)
}

fn escaped(c: Option<char>, is_quote_too: bool) -> Result<char, String> {
    match c {
        Some('n') => Ok('\n'),
        Some('\\') => Ok('\\'),
        Some('"') if is_quote_too => Ok('"'),
        Some(other) => Err(format!("\\{other} means nothing; write a backslash as \\\\")),
        None => Err("a backslash at the end means nothing; write it as \\\\".to_owned()),
    }
}
