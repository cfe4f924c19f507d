//! A window that survives its program.

use std::fs;
#[cfg(unix)]
use std::net::TcpListener;

use crate::program::failed;
#[cfg(unix)]
use crate::{
    bot::{Bot, page},
    program::{Live, ended},
};

#[cfg(unix)]
#[test]
fn what_was_kept_is_there_after_a_restart_and_can_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bots.window");
    let kept = file.to_str().unwrap();
    let bot = Bot::says(page(9, 0));
    let place = bot.place();
    let arguments = ["--interval", "1s", "--keep", kept, &place];
    let live = Live::start("watch", &arguments);
    live.until("/", "version 1.2.3");
    live.until("/", "knows 2 s");
    assert_eq!(live.interrupted().0, Some(0));

    // Without its bot, and with what it counted.
    drop(bot);
    let opened = Live::start("open", &[kept]);
    let page = opened.get("/").body;
    assert!(page.contains("version 1.2.3") && !page.contains("cannot be read"), "{page}");
    let report = folder.path().join("report.html");
    let output = ended(&["report", "--from", kept, "--out", report.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");
    assert!(fs::read_to_string(report).unwrap().contains("version 1.2.3"));

    let live = Live::start("watch", &arguments);
    let page = live.until("/", "connection refused");
    let known = page.split("knows ").nth(1).unwrap().split('<').next().unwrap();
    assert!(known != "0 s" && known != "1 s", "it begins anew: {known}");
    // What was kept is there, and has ended since.
    let heard = page.split("heard ").nth(1).unwrap();
    assert!(heard.contains(" ago"), "{heard}");
}

#[cfg(unix)]
#[test]
fn what_was_kept_before_the_first_reading_is_nothing_to_be_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bots.window");
    let kept = file.to_str().unwrap();
    // It takes connections, and never says anything.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let live = Live::start("watch", &["--interval", "4m", "--keep", kept, &address]);
    assert_eq!(live.interrupted().0, Some(0));
    let report = folder.path().join("report.html");
    let report = ["report", "--from", kept, "--out", report.to_str().unwrap()];
    for arguments in [&["open", kept, "--listen", "127.0.0.1:0"][..], &report] {
        let (code, text) = failed(arguments);
        assert_eq!(code, Some(1), "{text}");
        let said = format!("error: failed to use {kept}: nothing was read before it was kept; ");
        assert!(text.starts_with(&said), "{text}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_said_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[u8], &str); 3] = [
        (b"<html>", "it is something else; give a file that was kept"),
        (b"botmeter window 9\n", "it is in format \"9\", and this program reads 1;"),
        (b"botmeter window 1\n12345678", "it was changed or cut off;"),
    ];
    for (number, (bytes, said)) in cases.into_iter().enumerate() {
        let file = folder.path().join(number.to_string());
        fs::write(&file, bytes).unwrap();
        let path = file.to_str().unwrap();
        let listen = ["--listen", "127.0.0.1:0"];
        let begin = format!("error: failed to use {path}: read the window: ");
        for command in [&["watch", "--keep", path][..], &["open", path]] {
            let arguments: Vec<_> = command.iter().chain(&listen).copied().collect();
            let (code, text) = failed(&arguments);
            assert_eq!(code, Some(1), "{text}");
            assert!(text.starts_with(&begin) && text.contains(said), "{text}");
        }
        assert_eq!(fs::read(&file).unwrap(), bytes);
    }
    let missing = folder.path().join("missing");
    let (code, text) = failed(&["open", missing.to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(text.contains("there is no such file"), "{text}");
}
