//! The table of the programs says how many of their lines are there for
//! metrics: each row is counted anew.
//!
//! A row names a file, a function, and words. The lines of the function's body
//! that have one of these words count, however it is written.

use std::fs;

use xtask::{outside::PROGRAMS, repository};

/// A row, as `what | file, function | words | lines | at most`.
struct Row<'a> {
    file: &'a str,
    function: &'a str,
    words: Vec<String>,
    lines: usize,
    at_most: usize,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [_, place, words, lines, at_most] = cells.as_slice() else { return None };
        let (file, function) = place.split_once(", ")?;
        Some(Self {
            file: file.trim_matches('`'),
            function: function.trim_matches('`'),
            words: words.split(", ").map(|word| word.trim_matches('`').to_lowercase()).collect(),
            lines: lines.parse().ok()?,
            at_most: at_most.parse().ok()?,
        })
    }

    fn count(&self, text: &str) -> usize {
        let body = body(text, self.function);
        body.iter().filter(|line| self.words.iter().any(|word| has(line, word))).count()
    }
}

/// The lines between the braces of a function, which `rustfmt` has indented.
#[track_caller]
fn body<'a>(text: &'a str, function: &str) -> Vec<&'a str> {
    let mut lines = text.lines();
    let start = format!("fn {function}(");
    let head = lines.by_ref().find(|line| line.contains(&start));
    let head = head.unwrap_or_else(|| panic!("there is no {start}"));
    let indent = head.len() - head.trim_start().len();
    let end = format!("{}}}", " ".repeat(indent));
    let opens = |line: &&str| !line.ends_with('{');
    let after: Vec<&str> = if head.ends_with('{') {
        lines.collect()
    } else {
        lines.skip_while(opens).skip(1).collect()
    };
    after.into_iter().take_while(|line| *line != end).collect()
}

/// Whether a line has a word, alone and in any case.
fn has(line: &str, word: &str) -> bool {
    let line = line.to_lowercase();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(is_part) && !line[at + word.len()..].starts_with(is_part)
    })
}

#[test]
fn the_table_of_the_programs_has_the_lines_that_are_there_for_metrics() {
    let folder = repository::root().join(PROGRAMS.folder);
    let page = fs::read_to_string(folder.join("README.md")).unwrap();
    let rows: Vec<Row<'_>> = page.lines().filter_map(Row::read).collect();
    assert!(rows.len() >= 8, "only {} rows were read", rows.len());
    for row in rows {
        let text = fs::read_to_string(folder.join(row.file)).unwrap();
        let counted = row.count(&text);
        let place = format!("{}, {}", row.file, row.function);
        assert!(counted > 0, "{place} has none of {:?}", row.words);
        assert_eq!(counted, row.lines, "{place}: write this number into the table");
        assert!(counted <= row.at_most, "{place}: {counted} lines, and {} are enough", row.at_most);
    }
}

#[test]
fn lines_of_a_body_are_counted_by_their_words() {
    let text = "fn other(llm: Llm) {\n    llm;\n}\n\n    fn ask(\n        llm: &Llm,\n    ) {\n        \
                let llms = 1;\n        Llm::new();\n        {\n            llm;\n        }\n    }\n\n\
                fn rest() {\n    llm;\n}\n";
    let row = |function| Row::read(function).unwrap().count(text);
    assert_eq!(row("| a | `x.rs`, `ask` | `llm` | 2 | 2 |"), 2);
    assert_eq!(row("| a | `x.rs`, `ask` | `llms`, `llm` | 2 | 2 |"), 3);
    assert!(Row::read("| What | Where | Words | Lines | At most |").is_none());
}
