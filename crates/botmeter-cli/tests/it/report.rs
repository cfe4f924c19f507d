//! A page as one file.

use std::fs;

use crate::{
    bot::{Bot, page},
    program::{ended, failed},
};

#[test]
fn a_report_is_one_file_that_asks_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report.html");
    let bot = Bot::says(page(9, 0));
    let arguments =
        ["report", "--interval", "1s", "--for", "2s", &bot.place(), "--out", out.to_str().unwrap()];
    let output = ended(&arguments);
    assert!(output.status.success(), "{output:?}");
    let html = fs::read_to_string(&out).unwrap();
    assert!(html.contains("version 1.2.3") && html.contains("<h2>Telemetry</h2>"));
    for foreign in ["<script", "<form", "src=", "rel=\"stylesheet\"", "href=\"panel.", "@import"] {
        assert!(!html.contains(foreign), "{foreign}");
    }
    assert!(
        html.contains(
            "http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;"
        )
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside");
}

#[test]
fn of_bots_that_are_silent_there_is_no_report() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report.html");
    let (code, said) =
        failed(&["report", "--for", "1s", "127.0.0.1:9", "--out", out.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(
        said.starts_with("error: failed to read bot 127.0.0.1:9: connection refused"),
        "{said}"
    );
    assert!(!out.exists());
}

#[test]
fn of_a_prometheus_that_is_silent_there_is_no_report_and_no_screen() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("report.html");
    let asked = ["--prometheus", "http://127.0.0.1:9"];
    let why = "http://127.0.0.1:9: connection refused: nothing listens there";
    let report = ["report", "--out", out.to_str().unwrap()];
    for command in [&report[..], &["watch", "--check", "1s"], &["top", "--once"]] {
        let arguments: Vec<_> = command.iter().chain(&asked).copied().collect();
        let (code, said) = failed(&arguments);
        assert_eq!(code, Some(1), "{arguments:?}");
        assert!(said.starts_with("error: failed to ") && said.contains(why), "{said}");
    }
    assert!(!out.exists());
    let (code, said) = failed(&["watch", "--prometheus", "http://a:1", "127.0.0.1:9"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("cannot be used with"), "{said}");
}
