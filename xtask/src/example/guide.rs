//! The guide quotes the example and nothing else, and the example has nothing
//! that the guide does not quote or say that it leaves out.
//!
//! Above each snippet stands the file that it is from, alone in a line. The
//! snippets of a file are, in their order, all of the file; a line `// …` or
//! `# …` stands for what is left out. Blank lines do not count.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::folder;
use crate::repository;

/// What stands in a snippet for lines of the file that it leaves out.
const GAPS: [&str; 2] = ["// …", "# …"];

/// Snippets by their files, those of one file as if they were one.
type Snippets<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// The snippets of a guide. Commands for the shell are no snippets.
fn snippets(guide: &str) -> Result<Snippets<'_>, String> {
    let mut found = Snippets::new();
    let mut lines = guide.lines();
    let mut before = "";
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            if !line.trim().is_empty() {
                before = line;
            }
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if language == "sh" {
            continue;
        }
        let file = before.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
        let file = file.ok_or_else(|| format!("no file stands alone above {block:#?}"))?;
        found.entry(file).or_default().extend(block);
    }
    Ok(found)
}

/// Whether the snippet is the whole text, but for the gaps that it shows.
fn compare(snippet: &[&str], text: &str) -> Result<(), String> {
    let is_there = |line: &&&str| !line.trim().is_empty();
    let snippet: Vec<&str> = snippet.iter().filter(is_there).copied().collect();
    let all: Vec<&str> = text.lines().collect();
    let mut rest: Vec<&str> = all.iter().filter(is_there).copied().collect();
    let parts: Vec<&[&str]> = snippet.split(|line| GAPS.contains(&line.trim())).collect();
    let last = parts.len() - 1;
    for (at, part) in parts.iter().enumerate() {
        let start = if at == 0 || part.is_empty() && at != last {
            Some(0)
        } else if at == last {
            // What follows the last gap is the end of the file.
            rest.len().checked_sub(part.len())
        } else {
            rest.windows(part.len().max(1)).position(|window| window == *part)
        };
        let start = start.ok_or_else(|| format!("the file does not have\n{}", part.join("\n")))?;
        for (offset, quoted) in part.iter().enumerate() {
            match rest.get(start + offset) {
                Some(line) if line == quoted => {}
                found => return Err(format!("the guide has {quoted:?}, the file {found:?}")),
            }
        }
        rest.drain(..start + part.len());
    }
    match rest.first() {
        Some(line) => Err(format!("the guide lacks {line:?} and what follows")),
        None => Ok(()),
    }
}

/// The files of the example that a person wrote, with `/` in their paths.
fn written(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if ["target", "dashboards", "Cargo.lock"].contains(&path.as_str()) {
            continue;
        }
        if entry.path().is_dir() {
            written(&entry.path(), &format!("{path}/"), found);
        } else {
            found.insert(path);
        }
    }
}

fn guide() -> String {
    fs::read_to_string(repository::root().join("docs/own-domain.md")).unwrap()
}

#[test]
fn the_guide_quotes_the_files_as_they_are() {
    let guide = guide();
    let snippets = snippets(&guide).unwrap();
    assert!(snippets.len() > 10, "only {} files are quoted", snippets.len());
    for (file, snippet) in &snippets {
        let text = fs::read_to_string(folder().join(file))
            .unwrap_or_else(|error| panic!("the guide quotes {file}: {error}"));
        if let Err(difference) = compare(snippet, &text) {
            panic!("docs/own-domain.md and examples/own-domain/{file} differ: {difference}");
        }
    }
}

#[test]
fn the_guide_quotes_or_names_every_file() {
    let mut files = BTreeSet::new();
    written(&folder(), "", &mut files);
    assert!(files.len() > 10, "only {} files were found", files.len());
    let guide = guide();
    for file in files {
        let is_named = guide.contains(&format!("`{file}`"));
        assert!(is_named, "docs/own-domain.md neither quotes nor names {file}");
    }
}

#[test]
fn a_snippet_is_the_file_but_for_its_gaps() {
    let text = "a\nb\n\nc\nd\ne\n";
    for snippet in [
        "a\nb\nc\nd\ne",
        "a\n// …\nd\ne",
        "a\nb\n// …",
        "// …\ne",
        "// …\n  # …\ne",
        "// …\nc\n# …",
    ] {
        let lines: Vec<&str> = snippet.lines().collect();
        assert_eq!(compare(&lines, text), Ok(()), "{snippet}");
    }
}

#[test]
fn what_differs_is_found_on_either_side() {
    let text = "a\nb\nc\nd\n";
    for (snippet, difference) in [
        ("a\nb\nc", "the guide lacks \"d\" and what follows"),
        ("b\nc\nd", "the guide has \"b\", the file Some(\"a\")"),
        ("a\nb\nx\nd", "the guide has \"x\", the file Some(\"c\")"),
        ("a\nb\nc\nd\ne", "the guide has \"e\", the file None"),
        ("a\n// …\nx\n// …", "the file does not have\nx"),
        ("a\n// …\nc", "the guide has \"c\", the file Some(\"d\")"),
        ("a\n// …\nc\n// …\nb\n// …", "the file does not have\nb"),
    ] {
        let lines: Vec<&str> = snippet.lines().collect();
        assert_eq!(compare(&lines, text), Err(difference.to_owned()), "{snippet}");
    }
}

#[test]
fn snippets_belong_to_the_file_above_them() {
    let guide =
        "`a.rs`\n\n```rust\n1\n```\n\nText.\n\n```sh\nrun\n```\n\n`a.rs`\n\n```rust\n2\n```\n";
    assert_eq!(snippets(guide), Ok(BTreeMap::from([("a.rs", vec!["1", "2"])])));
    let error = snippets("Text.\n\n```rust\n1\n```\n").unwrap_err();
    assert!(error.starts_with("no file stands alone above"), "{error}");
}
