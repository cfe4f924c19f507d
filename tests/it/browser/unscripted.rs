//! The page in a browser that runs no scripts.

use anyhow::{Result, ensure};
use integration_tests::{Browser, Scripts};

use super::{
    look::{found, heard, none, seen},
    opened::Opened,
};

#[test]
#[ignore = "needs Chromium"]
fn everything_can_be_read_and_chosen_without_a_script() -> Result<()> {
    let browser = Browser::start(Scripts::Off)?;
    let opened = Opened::calm()?;
    let told = |what: &str| -> Result<String> {
        let told = browser.run(&format!("return {what}"))?;
        Ok(told.as_str().unwrap_or_default().to_owned())
    };
    let shown = || told("document.querySelector('.span').textContent");
    browser.open(&opened.live.page("/?dashboard=llm-api-health&range=900"))?;
    // What a script gives to each line of a legend.
    let equipped =
        browser.run("return document.querySelectorAll('.legend [role=button]').length")?;
    ensure!(equipped == 0, "a script ran");
    ensure!(shown()? == "shows 15 min", "{}", shown()?);
    ensure!(told("document.querySelector('.panel').textContent")?.len() > 10);
    browser.click("select[name=range]")?;
    browser.click("select[name=range] option[value='300']")?;
    browser.run("document.querySelector('[name=provider]').closest('details').id = 'provider'")?;
    browser.click("#provider > summary")?;
    browser.click("#provider input")?;
    let provider = told("document.querySelector('#provider input').value")?;
    browser.click(".choices button")?;
    ensure!(shown()? == "shows 5 min", "{}", shown()?);
    let address = browser.address()?;
    for part in ["range=300", "dashboard=llm-api-health", &format!("provider={provider}")] {
        ensure!(address.contains(part), "{part} is not in {address}");
    }
    browser.click(".reload")?;
    ensure!(browser.address()?.contains("range=300") && shown()? == "shows 5 min");
    browser.click(".pause")?;
    ensure!(browser.address()?.contains("end="), "{}", browser.address()?);
    browser.click(".go")?;
    ensure!(!browser.address()?.contains("end="), "{}", browser.address()?);
    browser.click(".row > summary")?;
    let mut faults = [seen(&browser, 360, "light")?, seen(&browser, 1280, "dark")?].concat();
    faults.extend(found(&browser, "strange")?);
    faults.extend(heard(&browser, opened.live.origin())?);
    none(&faults)
}
