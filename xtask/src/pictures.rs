//! `cargo xtask pictures`: the pictures in the documents, of the demo and of the
//! first domain of the guide as they run, drawn by a browser.

mod terminal;

use std::{fs, path::Path, process::Command, thread, time::Duration};

use anyhow::{Context, Result};

use crate::{
    browser::{draw, window},
    outside, repository,
    running::{Running, started},
    servers::{Server, needed},
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

/// The live page that the first domain of the guide has of itself, and its
/// size.
const FIRST_DOMAIN: (&str, &str) = ("first-domain.png", "800,740");

/// A picture of a terminal: its file, what is typed after `botmeter`, and how
/// the same is asked for where there is no terminal.
const TERMINALS: [(&str, &str, &[&str]); 2] = [
    ("doctor.png", "doctor", &[]),
    (
        "top.png",
        "top",
        &["--once", "--from", KEPT, "--color=always", "--width=110", "--height=34", RANGE],
    ),
];

/// Where the live page keeps what it was told, in a folder that nobody needs
/// later.
const KEPT: &str = "window";

const RANGE: &str = "--range=5m";

/// Ports that need not be said on a command line, so that pictures show the
/// shortest ones.
const PAGE_PORT: &str = "9464";
const PROMETHEUS: &str = "127.0.0.1:9090";

/// Scrapes the demo, and knows nothing of our rules: the doctor has a hint.
const CONFIGURATION: &str = "\
scrape_configs:
  - job_name: bots
    scrape_interval: 15s
    static_configs:
      - targets: [\"127.0.0.1:9464\"]
";

/// Runs the demo, a Prometheus and the live page for a while, and draws what is
/// to be seen.
///
/// # Errors
///
/// When there is no browser or no Prometheus, somebody else is at one of their
/// ports, or one of the programs fails.
pub fn run() -> Result<()> {
    let browser = &needed(Server::Chromium)?;
    let folder = repository::root().join(FOLDER);
    fs::create_dir_all(&folder)
        .with_context(|| format!("failed to create {}", folder.display()))?;
    let program = repository::build("botmeter-cli", "botmeter")?;
    let mut demo = Command::new(repository::build("botmeter-demo", "botmeter-demo")?);
    demo.args(["--port", PAGE_PORT, "--seed", SEED, "--rate", "20"]);
    let (_demo, page) = started(&mut demo, "metrics: ")?;
    let mut mail = Command::new(outside::OWN_DOMAIN.build("mail-bot")?);
    let (_mail, own) = started(mail.env("OTEL_EXPORTER_PROMETHEUS_PORT", "0"), "live page: ")?;
    let work = tempfile::tempdir().context("failed to create a folder")?;
    let _prometheus = prometheus(work.path())?;
    let mut watch = Command::new(&program);
    watch.args(["watch", "--listen", "127.0.0.1:0", "--keep", KEPT, &page]);
    watch.current_dir(work.path());
    let (_watch, live) = started(&mut watch, "live page: ")?;
    say(format_args!("drawing {live} when it has run for {} minutes", SHOWN.as_secs() / 60));
    thread::sleep(SHOWN);
    let range = format!("?range={}", SHOWN.as_secs());
    let (file, size) = FIRST_DOMAIN;
    draw(browser, &format!("{own}{range}"), &[&window(size)], &folder.join(file))?;
    say(format_args!("wrote {FOLDER}/{file}"));
    for (file, asked, size) in PICTURES {
        let address = match asked {
            "" => format!("{live}{range}"),
            alert if alert.starts_with("alert") => format!("{live}{alert}"),
            more => format!("{live}{range}&{more}"),
        };
        draw(browser, &address, &[&window(size)], &folder.join(file))?;
        say(format_args!("wrote {FOLDER}/{file}"));
    }
    for (file, typed, more) in TERMINALS {
        let text = terminal::text(&program, typed, more, work.path())?;
        terminal::draw(browser, &text, work.path(), &folder.join(file))?;
        say(format_args!("wrote {FOLDER}/{file}"));
    }
    Ok(())
}

/// A Prometheus that scrapes the demo, with its files in this folder.
fn prometheus(folder: &Path) -> Result<Running> {
    let configuration = folder.join("prometheus.yml");
    fs::write(&configuration, CONFIGURATION).context("failed to set up Prometheus")?;
    let mut command = Command::new(needed(Server::Prometheus)?);
    command.arg(format!("--config.file={}", configuration.display()));
    command.arg(format!("--storage.tsdb.path={}", folder.join("data").display()));
    command.arg(format!("--web.listen-address={PROMETHEUS}")).arg("--log.level=error");
    Running::start(&mut command)
}
