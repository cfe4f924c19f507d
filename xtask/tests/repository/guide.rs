//! A guide quotes its example and nothing else, and the example has nothing
//! that the guide does not quote or say that it leaves out.
//!
//! Above each snippet stands the file that it is from, alone in a line. The
//! snippets of a file are, in their order, all of the file, so that what is
//! typed from the guide compiles. Blank lines do not count.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use xtask::repository;

/// A page, and the folder whose files it quotes.
struct Guide {
    page: &'static str,
    folder: &'static str,
}

const GUIDES: [Guide; 2] = [
    Guide { page: "docs/library.md", folder: "examples/programs/library" },
    Guide { page: "docs/own-domain.md", folder: "examples/own-domain" },
];

/// Snippets by their files, those of one file as if they were one.
type Snippets<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// The snippets of a guide. Commands for the shell are no snippets, nor is what
/// they print.
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
        if ["sh", "text"].contains(&language) {
            continue;
        }
        let file = before.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
        let file = file.ok_or_else(|| format!("no file stands alone above {block:#?}"))?;
        found.entry(file).or_default().extend(block);
    }
    Ok(found)
}

/// Whether the snippet is the whole text.
fn compare(snippet: &[&str], text: &str) -> Result<(), String> {
    let is_there = |line: &&str| !line.trim().is_empty();
    let mut quoted = snippet.iter().copied().filter(is_there);
    let mut all = text.lines().filter(is_there);
    loop {
        match (quoted.next(), all.next()) {
            (None, None) => return Ok(()),
            (None, Some(line)) => return Err(format!("the guide lacks {line:?} and what follows")),
            (Some(quoted), found) if Some(quoted) == found => {}
            (Some(quoted), found) => {
                return Err(format!("the guide has {quoted:?}, the file {found:?}"));
            }
        }
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

impl Guide {
    fn read(&self) -> String {
        fs::read_to_string(repository::root().join(self.page)).unwrap()
    }

    fn folder(&self) -> PathBuf {
        repository::root().join(self.folder)
    }
}

#[test]
fn the_guides_quote_the_files_as_they_are() {
    for guide in GUIDES {
        let text = guide.read();
        let snippets = snippets(&text).unwrap();
        assert!(snippets.len() > 4, "only {} files are quoted", snippets.len());
        let Guide { page, folder } = guide;
        for (file, snippet) in &snippets {
            let text = fs::read_to_string(guide.folder().join(file))
                .unwrap_or_else(|error| panic!("{page} quotes {file}: {error}"));
            if let Err(difference) = compare(snippet, &text) {
                panic!("{page} and {folder}/{file} differ: {difference}");
            }
        }
    }
}

/// A program that calls a provider cannot be compiled as a test of that crate.
#[test]
fn the_page_of_the_face_quotes_its_program() {
    let page = fs::read_to_string(repository::root().join("crates/botmeter/README.md")).unwrap();
    let file = "examples/programs/chat/src/bin/front-page.rs";
    let program = fs::read_to_string(repository::root().join(file)).unwrap();
    let quoted = page.split("```rust,ignore\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(quoted, Some(program.as_str()), "crates/botmeter/README.md quotes {file}");
}

#[test]
fn the_guides_quote_or_name_every_file() {
    for guide in GUIDES {
        let mut files = BTreeSet::new();
        written(&guide.folder(), "", &mut files);
        assert!(files.len() > 6, "only {} files were found", files.len());
        let text = guide.read();
        for file in files {
            let is_named = text.contains(&format!("`{file}`"));
            assert!(is_named, "{} neither quotes nor names {file}", guide.page);
        }
    }
}

#[test]
fn what_differs_is_found_on_either_side() {
    let text = "a\nb\n\nc\n";
    assert_eq!(compare(&["a", "", "b", "c"], text), Ok(()));
    for (snippet, difference) in [
        (&["a", "b"][..], "the guide lacks \"c\" and what follows"),
        (&["b", "c"], "the guide has \"b\", the file Some(\"a\")"),
        (&["a", "b", "c", "d"], "the guide has \"d\", the file None"),
        (&["a", "// …", "c"], "the guide has \"// …\", the file Some(\"b\")"),
    ] {
        assert_eq!(compare(snippet, text), Err(difference.to_owned()), "{snippet:?}");
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
