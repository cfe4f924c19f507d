//! `cargo xtask pictures`: the pictures of the front page, of the demo as it
//! runs, drawn by a browser.

use std::{fs, path::Path, process::Command, thread, time::Duration};

use anyhow::{Context, Result, ensure};

use crate::{
    repository,
    running::started,
    servers::{Server, find},
    terminal::say,
};

/// Where they are kept.
const FOLDER: &str = "docs/pictures";

/// The demo tells the same story with it, whenever it runs.
const SEED: &str = "7";

/// How long the demo runs before it is drawn: the time that the pictures show.
const SHOWN: Duration = Duration::from_mins(5);

/// A picture: its file, what is asked of the live page, and its size.
const PICTURES: [(&str, &str, &str); 3] = [
    ("live-llm.png", "dashboard=llm-api-health", "1280,1500"),
    ("live-phone.png", "", "390,844"),
    ("live-alert.png", "alert?called=LlmProviderErrorsHigh", "1280,900"),
];

/// Runs the demo and the live page for a while, and draws them.
///
/// # Errors
///
/// When there is no browser, or one of the programs fails.
pub fn run() -> Result<()> {
    let browser = find(Server::Chromium)?;
    let browser = browser
        .with_context(|| format!("failed to find a browser: {}", Server::Chromium.remedy()))?;
    let folder = repository::root().join(FOLDER);
    fs::create_dir_all(&folder)
        .with_context(|| format!("failed to create {}", folder.display()))?;
    let program = repository::build("botmeter-cli", "botmeter")?;
    let mut demo = Command::new(repository::build("botmeter-demo", "botmeter-demo")?);
    demo.args(["--port", "0", "--seed", SEED, "--rate", "20"]);
    let (_demo, page) = started(&mut demo, "metrics: ")?;
    let mut watch = Command::new(program);
    watch.args(["watch", "--listen", "127.0.0.1:0", &page]);
    let (_watch, live) = started(&mut watch, "live page: ")?;
    say(format_args!("drawing {live} when it has run for {} minutes", SHOWN.as_secs() / 60));
    thread::sleep(SHOWN);
    for (file, asked, size) in PICTURES {
        let range = format!("?range={}", SHOWN.as_secs());
        let address = match asked {
            "" => format!("{live}{range}"),
            alert if alert.starts_with("alert") => format!("{live}{alert}"),
            more => format!("{live}{range}&{more}"),
        };
        draw(&browser, &address, size, &folder.join(file))?;
        say(format_args!("wrote {FOLDER}/{file}"));
    }
    Ok(())
}

fn draw(browser: &Path, address: &str, size: &str, to: &Path) -> Result<()> {
    let mut command = Command::new(browser);
    command.args(["--headless", "--disable-gpu", "--hide-scrollbars"]);
    // Nothing is loaded but our own page; as root, a browser runs in no other
    // way.
    command.arg("--no-sandbox");
    command.arg(format!("--window-size={size}"));
    command.arg(format!("--screenshot={}", to.display())).arg(address);
    let output = command.output().with_context(|| format!("failed to run {command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success() && to.is_file(), "{command:?} fails: {said}");
    Ok(())
}
