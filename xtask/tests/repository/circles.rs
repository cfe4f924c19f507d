//! No two modules of a crate need each other.
//!
//! What is counted: the children of one module are the nodes, each with all
//! that lies below it, and one has an edge to another where a path in its code
//! leads there, by whatever re-exports. So `label/set.rs` that names
//! `crate::Meter` ties `label` to `meter`.
//!
//! What is not: a module and what lies inside it may know each other, because
//! a folder and its own file are one room; a circle that closes only through
//! the file of a parent is therefore not seen. `mod` declarations are no
//! imports, and code for tests does not count. Of macros, what is passed to them
//! counts and what they expand to does not: a path with `$crate` belongs to
//! whoever invokes them. Both files of a module that a feature chooses count
//! as one.

mod graph;
mod modules;
mod reader;

use std::{fs, path::Path};

use xtask::repository;

/// Circles that there still are, as the modules of each; whoever breaks one
/// strikes it here.
const STILL: &[(&str, &[&str])] = &[
    ("botmeter-board", &["alert", "condition", "example", "expr", "line", "query", "series"]),
    ("botmeter-demo", &["story::docs", "story::world"]),
    ("botmeter-http", &["domain", "layer"]),
    ("botmeter-orchestrator", &["profile", "task"]),
];

/// What ties modules of a crate to each other, as text.
fn circles(root: &Path) -> Vec<graph::Circle> {
    graph::circles(&reader::read(root).edges())
}

#[test]
fn no_modules_of_a_crate_need_each_other() {
    let mut wrong = Vec::new();
    for package in repository::crates().unwrap() {
        let source = package.manifest_path.parent().unwrap().join("src/lib.rs");
        let found = circles(source.as_std_path());
        let known: Vec<&[&str]> = STILL
            .iter()
            .filter(|(name, _)| *name == package.name.as_str())
            .map(|(_, modules)| *modules)
            .collect();
        for circle in found.iter().filter(|it| !known.iter().any(|known| it.modules == *known)) {
            wrong.push(format!("{}: {circle}", package.name));
        }
        for known in known.iter().filter(|known| !found.iter().any(|it| it.modules == **known)) {
            wrong.push(format!("{}: {known:?} is no circle now; strike it", package.name));
        }
    }
    let root = format!("{}/", repository::root().display());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n").replace(&root, ""));
}

/// A crate of these files, and its circles.
fn circles_of(files: &[(&str, &str)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let found = circles(&folder.path().join("lib.rs"));
    let root = format!("{}/", folder.path().display());
    found.iter().map(|circle| circle.to_string().replace(&root, "")).collect()
}

#[test]
fn a_circle_is_told_with_the_line_of_each_tie() {
    let found = circles_of(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\npub use b::B;\n"),
        ("a.rs", "//! A.\nuse crate::B;\npub struct A(B);\n"),
        ("b.rs", "pub struct B;\nfn b() {\n    drop(crate::c::C);\n}\n"),
        ("c.rs", "pub struct C(super::a::A);\n"),
    ]);
    let told = "a, b, c need each other\n  \
                a → b → c → a\n    \
                a → b  a.rs:2: use crate::B;\n    \
                b → c  b.rs:3: drop(crate::c::C);\n    \
                c → a  c.rs:1: pub struct C(super::a::A);";
    assert_eq!(found, [told]);
}

#[test]
fn what_is_passed_to_a_macro_counts_and_what_it_expands_to_does_not() {
    let passed = circles_of(&[
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "pub fn a() { vec![crate::b::b(1)] }"),
        ("b.rs", "pub fn b(_: u8) { crate::a::a() }"),
    ]);
    assert_eq!(passed.len(), 1, "{passed:?}");
    let expanded = circles_of(&[
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "#[macro_export]\nmacro_rules! a { () => { $crate::b::b() } }"),
        ("b.rs", "pub fn b() { crate::a!() }"),
    ]);
    assert_eq!(expanded, [""; 0]);
}

#[test]
fn siblings_in_a_folder_count_and_their_parent_does_not() {
    let found = circles_of(&[
        ("lib.rs", "mod folder;\n"),
        ("folder.rs", "mod a;\nmod b;\nuse a::A;\npub struct Own(A);\n"),
        ("folder/a.rs", "use super::{Own, b::*};\npub struct A;\nfn a(_: B, _: Own) {}\n"),
        ("folder/b.rs", "pub struct B;\n"),
    ]);
    assert_eq!(found, [""; 0]);
    let found = circles_of(&[
        ("lib.rs", "mod folder;\n"),
        ("folder.rs", "mod a;\nmod b;\nuse a::A;\n"),
        ("folder/a.rs", "use super::b::*;\npub struct A;\n"),
        ("folder/b.rs", "pub struct B(super::A);\n"),
    ]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("folder::a, folder::b need each other"), "{found:?}");
}

#[test]
fn code_for_tests_and_visibility_do_not_count() {
    let found = circles_of(&[
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "pub(in crate::b) fn a() {}\n#[cfg(test)]\nmod tests { use crate::b::b; }\n"),
        ("b.rs", "pub fn b() {}\n#[cfg(all(target_os = \"linux\", test))]\nuse crate::a;\n"),
    ]);
    assert_eq!(found, [""; 0]);
}
