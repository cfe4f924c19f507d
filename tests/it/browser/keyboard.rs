//! The page without a mouse.

use anyhow::{Result, bail, ensure};
use integration_tests::{Browser, Scripts};
use serde::Deserialize;

use super::{
    look::{ask, none},
    opened::Opened,
};

/// What has the focus.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Focus {
    what: String,
    text: String,
    place: String,
    is_body: bool,
    is_marked: bool,
    is_in_sight: bool,
    ring: f64,
}

/// What one gets to, in this order, before the panels.
const ORDER: [&str; 10] = [
    "a.skip",
    "a.reload",
    "a.pause",
    "select.",
    "summary. Job",
    "summary. Instance",
    "button. Show",
    "a. Alerts",
    "a. Bots",
    "a. LLM API health",
];

/// More stops than a page has.
const STOPS: usize = 500;

/// All that the key Tab leads to, and what is wrong with it.
pub(super) fn stops(browser: &Browser) -> Result<(Vec<Focus>, Vec<String>)> {
    let (mut stops, mut faults) = (Vec::new(), Vec::new());
    while stops.len() < STOPS {
        browser.press(Browser::TAB)?;
        let focus: Focus = serde_json::from_value(ask(browser, "focused")?)?;
        if focus.is_body {
            return Ok((stops, faults));
        }
        let fault = match &focus {
            Focus { is_marked: false, .. } => "nothing marks it",
            Focus { is_in_sight: false, .. } => "it is out of sight",
            // What WCAG asks of such marks.
            Focus { ring, .. } if *ring < 3.0 => "its mark is faint",
            _ => "",
        };
        if !fault.is_empty() {
            faults.push(format!("{fault}: “{}” in {}", focus.text, focus.place));
        }
        stops.push(focus);
    }
    bail!("there are more than {STOPS} stops");
}

#[test]
#[ignore = "needs Chromium"]
fn the_keyboard_reaches_everything_and_one_sees_where_it_is() -> Result<()> {
    let browser = Browser::start(Scripts::Run)?;
    let opened = Opened::calm()?;
    browser.open(&opened.live.page("/?dashboard=llm-api-health"))?;
    browser.run("document.querySelectorAll('.row').forEach(it => { it.open = true })")?;
    let mut faults = Vec::new();
    for scheme in ["light", "dark"] {
        browser.prefer(scheme)?;
        browser.resize(1280, 900)?;
        browser.run("document.activeElement.blur(); scrollTo(0, 0)")?;
        let (stops, found) = stops(&browser)?;
        faults.extend(found.into_iter().map(|fault| format!("{scheme}: {fault}")));
        let mut left = stops.iter();
        for wanted in ORDER {
            let is_it = |it: &Focus| format!("{} {}", it.what, it.text).starts_with(wanted);
            ensure!(left.any(is_it), "{wanted} is not reached in its turn: {stops:?}");
        }
        for wanted in ["div.plot", "li. ", "summary. What", "div.scroll"] {
            let is_it = |it: &Focus| format!("{} {}", it.what, it.text).starts_with(wanted);
            ensure!(stops.iter().any(is_it), "{wanted} is not reached: {stops:?}");
        }
    }
    none(&faults)
}

#[test]
#[ignore = "needs Chromium"]
fn keys_do_what_clicks_do() -> Result<()> {
    let browser = Browser::start(Scripts::Run)?;
    let opened = Opened::calm()?;
    browser.open(&opened.live.page("/?dashboard=llm-api-health"))?;
    browser.resize(1280, 900)?;
    browser.run(
        "window.panel = [...document.querySelectorAll('.panel')].find(it => it.checkVisibility() &&
             it.querySelectorAll('.plot .line').length > 1);
         panel.querySelector('.plot').focus()",
    )?;
    // From the right, where the newest is.
    browser.press(Browser::LEFT)?;
    browser.until("panel.querySelector('.tip')?.textContent")?;
    browser.run("window.told = panel.querySelector('.tip strong').textContent")?;
    browser.press(Browser::LEFT)?;
    browser.until("panel.querySelector('.tip strong').textContent < window.told")?;
    browser.run("panel.querySelector('.legend [data-line]').focus()")?;
    browser.press(Browser::ENTER)?;
    browser.until("panel.querySelector('.plot .line[data-line=\"0\"].gone')")?;
    browser.press(" ")?;
    browser.until("!panel.querySelector('.plot .line[data-line=\"0\"].gone')")?;
    // Without a word of a script: what opens is an element of the browser.
    browser.run("panel.querySelector('.why summary').focus()")?;
    browser.press(Browser::ENTER)?;
    browser.until("panel.querySelector('.why').open")
}
