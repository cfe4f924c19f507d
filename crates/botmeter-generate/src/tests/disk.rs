//! Files on disk.

use std::fs;

use expect_test::expect;

use super::options;
use crate::{Mode, generate, sample};

#[test]
fn a_second_run_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let files = generate(&sample::catalogue(), &options()).unwrap();
    let first = files.apply(folder.path(), Mode::Write).unwrap();
    assert_eq!((first.written.len(), first.unchanged), (8, 0));
    let second = files.apply(folder.path(), Mode::Write).unwrap();
    assert_eq!((second.written.len(), second.unchanged), (0, 8));
    assert_eq!(second.to_string(), "0 written, 0 removed, 8 unchanged");
    files.apply(folder.path(), Mode::Check).unwrap();
}

#[test]
fn a_check_names_what_differs_and_the_command_that_mends_it() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let files = generate(&sample::catalogue(), &options()).unwrap();
    files.apply(root, Mode::Write).unwrap();
    fs::write(root.join("prometheus/mail.rules.yml"), "groups: []\n").unwrap();
    fs::remove_file(root.join("reference/mail.md")).unwrap();
    fs::copy(root.join("grafana/mail-out.json"), root.join("grafana/mail-old.json")).unwrap();
    fs::write(root.join("grafana/.hidden"), "").unwrap();
    let error = files.apply(root, Mode::Check).unwrap_err();
    let said = error.to_string().replace(&root.display().to_string(), "dashboards");
    expect![[r#"
        find the generated files in "dashboards" up to date; run `cargo xtask dashboards`
          prometheus/mail.rules.yml: stale
          reference/mail.md: missing
          grafana/mail-old.json: nothing generates it any more"#]]
    .assert_eq(&said);
    let report = files.apply(root, Mode::Write).unwrap();
    expect![[r"
        wrote prometheus/mail.rules.yml
        wrote reference/mail.md
        removed grafana/mail-old.json
        2 written, 1 removed, 6 unchanged"]]
    .assert_eq(&report.to_string());
    files.apply(root, Mode::Check).unwrap();
}

#[test]
fn a_file_of_a_person_is_complained_of_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let own = root.join("prometheus/tests/own.test.yml");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(&own, "tests: []\n").unwrap();
    let files = generate(&sample::catalogue(), &options()).unwrap();
    for mode in [Mode::Write, Mode::Check] {
        let error = files.apply(root, mode).unwrap_err().to_string();
        let complaint =
            "prometheus/tests/own.test.yml: was not generated; move it out of this folder";
        assert!(error.contains(complaint), "{error}");
    }
    assert_eq!(fs::read_to_string(&own).unwrap(), "tests: []\n");
    assert!(!root.join("grafana").exists());
}
