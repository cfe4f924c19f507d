//! What a person would see, or a strict reader of logs: the faults of the page
//! that is open, each as a sentence.

use anyhow::{Context, Result, ensure};
use integration_tests::Browser;
use serde_json::Value;

/// The checks that run in the page.
const LOOK: &str = include_str!("look.js");

/// A phone, a laptop and a large screen.
pub(super) const WIDTHS: [u32; 3] = [360, 1280, 2560];

/// What a function of `look.js` returns.
pub(super) fn ask(browser: &Browser, function: &str) -> Result<Value> {
    let answer = browser.run(&format!("{LOOK}\nreturn {function}();"));
    answer.with_context(|| format!("failed to ask for {function}"))
}

/// The faults that a function of `look.js` finds.
pub(super) fn found(browser: &Browser, function: &str) -> Result<Vec<String>> {
    Ok(serde_json::from_value(ask(browser, function)?)?)
}

/// What was said on the console, and what was asked for of others, since it was
/// asked last.
pub(super) fn heard(browser: &Browser, origin: &str) -> Result<Vec<String>> {
    let said = browser.console()?.into_iter().map(|line| {
        let kind = if line.contains("Content Security Policy") { "policy" } else { "console" };
        format!("{kind}: {line}")
    });
    let asked = browser.requests()?.into_iter();
    // `chrome:` is the page with which a browser begins.
    let own = [&format!("{origin}/"), "data:", "about:", "chrome:", "file:///"];
    let foreign = asked.filter(|url| !own.iter().any(|begin| url.starts_with(begin)));
    Ok(said.chain(foreign.map(|url| format!("request: {url}"))).collect())
}

/// What is wrong with the page at a size and in a scheme, as it is.
pub(super) fn seen(browser: &Browser, width: u32, scheme: &str) -> Result<Vec<String>> {
    browser.resize(width, 1000)?;
    browser.prefer(scheme)?;
    Ok([found(browser, "overflow")?, found(browser, "contrast")?].concat())
}

/// Opens a page, and looks at it at all sizes in both schemes: as it comes, and
/// with all open that can be opened.
pub(super) fn over_all(browser: &Browser, origin: &str, page: &str) -> Result<Vec<String>> {
    browser.open(page)?;
    let count = ask(browser, "countTexts")?;
    ensure!(count.as_u64() > Some(0), "{page} says nothing");
    let mut faults = Vec::new();
    let mut note = |what: &str, found: Vec<String>| {
        faults.extend(found.into_iter().map(|fault| format!("{page}, {what}: {fault}")));
    };
    for state in ["as it comes", "all open"] {
        if state == "all open" {
            found(browser, "openAll")?;
        }
        for width in WIDTHS {
            for scheme in ["light", "dark"] {
                note(&format!("{width}, {scheme}, {state}"), seen(browser, width, scheme)?);
            }
        }
    }
    note("in its log", heard(browser, origin)?);
    Ok(faults)
}

/// Fails with all faults at once: they are mended together.
pub(super) fn none(faults: &[String]) -> Result<()> {
    ensure!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    Ok(())
}
