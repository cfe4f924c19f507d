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
    assert_eq!((first.written.len(), first.unchanged), (10, 0));
    let second = files.apply(folder.path(), Mode::Write).unwrap();
    assert_eq!((second.written.len(), second.unchanged), (0, 10));
    assert_eq!(second.to_string(), "0 written, 0 removed, 10 unchanged");
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
    expect![[r#"
        wrote prometheus/mail.rules.yml
        wrote reference/mail.md
        removed grafana/mail-old.json
        2 written, 1 removed, 8 unchanged"#]]
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

/// Set in the process whose files may not become long.
#[cfg(unix)]
const FOLDER: &str = "BOTMETER_TEST_FULL_DISK";

#[cfg(unix)]
#[test]
#[ignore = "the test below runs it in a process of its own"]
fn main_of_the_child() {
    let folder = std::env::var_os(FOLDER).unwrap();
    let files = generate(&sample::catalogue(), &options()).unwrap();
    let error = files.apply(folder.as_ref(), Mode::Write).unwrap_err().to_string();
    assert!(error.starts_with("write \""), "{error}");
}

/// A limit on the length of files fails as a full disk does, in the middle of
/// one.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_leaves_every_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let files = generate(&sample::catalogue(), &options()).unwrap();
    files.apply(root, Mode::Write).unwrap();
    let stale = |path: &str| format!("# {}\n{path}\n", crate::files::MARK);
    for path in files.paths() {
        fs::write(root.join(path), stale(path)).unwrap();
    }
    let output = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 2; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "tests::disk::main_of_the_child", "--ignored"])
        .env(FOLDER, root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let found = crate::files::found(root).unwrap();
    assert!(found.keys().map(String::as_str).eq(files.paths()), "{:?}", found.keys());
    for (path, text) in found {
        assert_eq!(String::from_utf8(text).unwrap(), stale(&path));
    }
    let left = |folder: &str| fs::read_dir(root.join(folder)).unwrap().count();
    assert_eq!(left("grafana"), files.paths().filter(|path| path.starts_with("grafana/")).count());
}
