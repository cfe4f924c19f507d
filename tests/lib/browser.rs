//! A real browser for the time of one test, used as by a person.
//!
//! It is driven over `WebDriver`, which is JSON by HTTP: one function asks, and
//! everything else is a question.

use std::{fs, path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::http::Response;
use xtask::servers::{Server, needed};

use crate::{eventually, process::Process};

/// How long a page may take to load: it may be drawn by a debug build on a
/// machine that compiles at the same time.
const LOADED: Duration = Duration::from_mins(3);

/// The key under which the driver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What is said before the port on which the driver listens.
const ON_PORT: &str = "started successfully on port ";

/// A browser without a screen and with a profile of its own. It ends when the
/// value is dropped.
#[derive(Debug)]
pub struct Browser {
    agent: ureq::Agent,
    /// The address of its session.
    session: String,
    // The order matters: the driver ends before its folder goes.
    _driver: Process,
    folder: TempDir,
}

/// Whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// As in most browsers.
    Run,
    /// A person has turned them off.
    Off,
}

impl Browser {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// If the browser or its driver is absent, and if one does not start.
    pub fn start(scripts: Scripts) -> Result<Self> {
        let chromium = needed(Server::Chromium)?;
        let driver = needed(Server::Chromedriver)?;
        let folder = tempfile::tempdir().context("failed to create a folder")?;
        fs::create_dir(folder.path().join("downloads"))?;
        let mut command = Command::new(driver);
        command.arg("--port=0");
        let mut driver = Process::start(&mut command, folder.path().join("log"))?;
        let port = driver.wait_until_ready("chromedriver", |log| {
            let rest = log.split(ON_PORT).nth(1).and_then(|rest| rest.split_once('.'));
            Ok(rest.and_then(|(port, _)| port.parse::<u16>().ok()))
        })?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(LOADED))
            .build()
            .into();
        let mut browser = Self { agent, session: String::new(), _driver: driver, folder };
        browser.session = format!("http://127.0.0.1:{port}/session");
        let wishes = browser.wishes(&chromium, scripts);
        let session = browser.post("", &json!({"capabilities": {"alwaysMatch": wishes}}))?;
        let id = session["sessionId"].as_str().context("the session has no id")?;
        browser.session = format!("{}/{id}", browser.session);
        Ok(browser)
    }

    /// How the browser is set up.
    fn wishes(&self, chromium: &std::path::Path, scripts: Scripts) -> Value {
        let is_off = if scripts == Scripts::Off { 2 } else { 1 };
        json!({
            "goog:chromeOptions": {
                "binary": chromium,
                "args": [
                    "--headless", "--disable-gpu", "--no-first-run",
                    // Nobody but the page asks for anything.
                    "--disable-background-networking", "--disable-component-update",
                    // As root, a browser runs in no other way; it loads nothing
                    // but what a test serves.
                    "--no-sandbox", "--disable-dev-shm-usage",
                    format!("--user-data-dir={}", self.folder.path().join("profile").display()),
                ],
                "prefs": {
                    "profile.default_content_setting_values.javascript": is_off,
                    "download.default_directory": self.downloads(),
                    "download.prompt_for_download": false,
                },
            },
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            // A test asks whether there is a dialog.
            "unhandledPromptBehavior": "ignore",
        })
    }

    /// Opens a page, and waits until it is loaded.
    ///
    /// # Errors
    ///
    /// When it cannot be loaded.
    pub fn open(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({"url": url})).with_context(|| format!("failed to open {url}"))?;
        Ok(())
    }

    /// The address of the page.
    ///
    /// # Errors
    ///
    /// When the driver does not answer.
    pub fn address(&self) -> Result<String> {
        let address = told(self.agent.get(format!("{}/url", self.session)).call())?;
        Ok(address.as_str().context("the address is no text")?.to_owned())
    }

    /// What these lines of a script return when they run in the page.
    ///
    /// # Errors
    ///
    /// When they fail.
    pub fn run(&self, script: &str) -> Result<Value> {
        self.post("/execute/sync", &json!({"script": script, "args": []}))
    }

    /// Clicks into the middle of the first element of a selector of CSS, once it
    /// was brought into sight.
    ///
    /// # Errors
    ///
    /// When there is none, or something lies over it.
    pub fn click(&self, selector: &str) -> Result<()> {
        self.with(selector, |element| {
            self.post(&format!("/element/{element}/click"), &json!({})).map(drop)
        })
    }

    /// Moves the pointer over the first element of a selector, as far to the
    /// right as this share of its width.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn point_at(&self, selector: &str, share: f64) -> Result<()> {
        self.with(selector, |element| {
            let width = self.run(&format!(
                "const it = document.querySelector({selector:?});
                 it.scrollIntoView({{block: 'center'}});
                 return it.getBoundingClientRect().width"
            ))?;
            // From its middle, in whole pixels.
            let x = (width.as_f64().unwrap_or_default() * (share - 0.5)).round();
            let origin = json!({ELEMENT: element});
            let there =
                json!({"type": "pointerMove", "duration": 0, "origin": origin, "x": x, "y": 0});
            self.act(&json!({"type": "pointer", "id": "mouse", "actions": [there]}))
        })
    }

    /// Presses keys, one after another; those without a letter are
    /// [`Browser::TAB`] and the like.
    ///
    /// # Errors
    ///
    /// When the driver does not answer.
    pub fn press(&self, keys: &str) -> Result<()> {
        let both = |key: char| {
            ["keyDown", "keyUp"].map(|what| json!({"type": what, "value": key.to_string()}))
        };
        let actions: Vec<_> = keys.chars().flat_map(both).collect();
        self.act(&json!({"type": "key", "id": "keys", "actions": actions}))
    }

    /// The key with which one goes on to the next.
    pub const TAB: &str = "\u{e004}";
    /// The key that does what has the focus.
    pub const ENTER: &str = "\u{e007}";
    /// The key of what is to the left.
    pub const LEFT: &str = "\u{e012}";

    /// Makes its window as large, in pixels of CSS.
    ///
    /// # Errors
    ///
    /// When the driver does not answer.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.command("Emulation.setDeviceMetricsOverride", &size)
    }

    /// What its person prefers, as `"light"` or `"dark"`.
    ///
    /// # Errors
    ///
    /// When the driver does not answer.
    pub fn prefer(&self, scheme: &str) -> Result<()> {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        self.command("Emulation.setEmulatedMedia", &json!({"features": features}))
    }

    /// Lets pages use something, as a person does who is asked.
    ///
    /// # Errors
    ///
    /// When the browser does not know it.
    pub fn allow(&self, what: &str) -> Result<()> {
        self.post("/permissions", &json!({"descriptor": {"name": what}, "state": "granted"}))?;
        Ok(())
    }

    /// All that was said on the console since it was asked last.
    ///
    /// # Errors
    ///
    /// When the driver does not answer.
    pub fn console(&self) -> Result<Vec<String>> {
        let entries = self.log("browser")?;
        let entries = entries.iter().filter_map(|entry| entry["message"].as_str());
        Ok(entries.map(str::to_owned).collect())
    }

    /// Everything that was asked for since it was asked last.
    ///
    /// # Errors
    ///
    /// When the driver does not answer.
    pub fn requests(&self) -> Result<Vec<String>> {
        let mut requests = Vec::new();
        for entry in self.log("performance")? {
            let text = entry["message"].as_str().context("an event has no text")?;
            let event: Value = serde_json::from_str(text)?;
            let event = &event["message"];
            if event["method"] == "Network.requestWillBeSent" {
                let url = event["params"]["request"]["url"].as_str();
                requests.push(url.context("a request has no address")?.to_owned());
            }
        }
        Ok(requests)
    }

    /// The text of the dialog that is open.
    ///
    /// # Errors
    ///
    /// When the driver does not answer.
    pub fn dialog(&self) -> Result<Option<String>> {
        let answer = self.agent.get(format!("{}/alert/text", self.session)).call();
        match told(answer) {
            Ok(text) => Ok(text.as_str().map(str::to_owned)),
            Err(error) if error.to_string().starts_with("no such alert") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether something is so on the page now.
    ///
    /// # Errors
    ///
    /// When the script fails.
    pub fn is(&self, condition: &str) -> Result<Option<()>> {
        let told = self.run(&format!("return Boolean({condition})"))?;
        Ok((told == true).then_some(()))
    }

    /// Waits until it is so.
    ///
    /// # Errors
    ///
    /// When it is not so in time, or the script fails.
    pub fn until(&self, condition: &str) -> Result<()> {
        eventually(LOADED, condition, || self.is(condition))
    }

    /// Where files go that are downloaded.
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join("downloads")
    }

    /// Does something with the first element of a selector, and again where a
    /// page that renews itself has put another one into its place.
    fn with(&self, selector: &str, act: impl Fn(&str) -> Result<()>) -> Result<()> {
        eventually(LOADED, selector, || match act(&self.element(selector)?) {
            Ok(()) => Ok(Some(())),
            Err(error) if error.to_string().starts_with("stale element") => Ok(None),
            Err(error) => Err(error.context(format!("failed at {selector}"))),
        })
    }

    fn element(&self, selector: &str) -> Result<String> {
        let found = self.post("/element", &json!({"using": "css selector", "value": selector}));
        let found = found.with_context(|| format!("failed to find {selector}"))?;
        Ok(found[ELEMENT].as_str().context("the element has no name")?.to_owned())
    }

    fn act(&self, source: &Value) -> Result<()> {
        self.post("/actions", &json!({"actions": [source]}))?;
        Ok(())
    }

    /// A command of the protocol of Chromium's own tools.
    fn command(&self, name: &str, parameters: &Value) -> Result<()> {
        self.post("/goog/cdp/execute", &json!({"cmd": name, "params": parameters}))?;
        Ok(())
    }

    fn log(&self, kind: &str) -> Result<Vec<Value>> {
        let entries = self.post("/se/log", &json!({"type": kind}))?;
        Ok(entries.as_array().context("the log is no list")?.clone())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.agent.post(format!("{}{path}", self.session));
        told(request.header("content-type", "application/json").send(body.to_string()))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver alone would leave the browser behind.
        drop(self.agent.delete(&self.session).call());
    }
}

/// What the driver answered.
fn told(answer: Result<Response<ureq::Body>, ureq::Error>) -> Result<Value> {
    let mut answer = answer.context("failed to ask chromedriver")?;
    let text = answer.body_mut().read_to_string().context("failed to read chromedriver")?;
    let mut told: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
    let value = told["value"].take();
    if !answer.status().is_success() {
        let word = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        bail!("{}: {}", word("error"), word("message"));
    }
    Ok(value)
}
