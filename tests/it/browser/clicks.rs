//! What happens when somebody clicks, on the page of a bot that runs.

use std::{fs, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use integration_tests::{Browser, Demo, Live, Scripts, eventually};

use super::look::{found, heard, none};

/// How long a page may take to do what it was asked to.
const SOON: Duration = Duration::from_mins(2);

/// The dashboard with most to click on.
const PAGE: &str = "/?dashboard=llm-api-health&range=300";

/// A person in front of a page.
struct Person {
    browser: Browser,
    live: Live,
    _demo: Demo,
}

impl Person {
    /// Starts the demo, its live page and a browser, and opens the page once
    /// something is drawn on it.
    fn at(target: &str) -> Result<Self> {
        let browser = Browser::start(Scripts::Run)?;
        browser.resize(1280, 1000)?;
        let demo = Demo::start(&[], &["--seed", "7", "--rate", "20"])?;
        let bot = format!("demo={}", demo.address());
        let live = Live::start(&["watch", "--interval", "1s", &bot])?;
        let person = Self { browser, live, _demo: demo };
        let page = person.live.page(target);
        // A browser says on its console that it was told to come again later.
        let agent = ureq::agent();
        eventually(SOON, "the first reading", || Ok(agent.get(&page).call().ok()))?;
        eventually(SOON, "lines", || {
            person.browser.open(&page)?;
            person.browser.is("document.querySelectorAll('.plot .line').length > 3")
        })?;
        Ok(person)
    }

    /// Clicks, and does so again where nothing comes of it: a page that renews
    /// itself just then has taken away what was clicked.
    fn click_until(&self, selector: &str, condition: &str) -> Result<()> {
        eventually(SOON, condition, || {
            let is_there = format!("document.querySelector({selector:?})");
            if self.browser.is(condition)?.is_none() && self.browser.is(&is_there)?.is_some() {
                self.browser.click(selector)?;
            }
            self.browser.is(condition)
        })
    }

    /// A text of the page.
    fn text(&self, expression: &str) -> Result<String> {
        let told = self.browser.run(&format!("return {expression}"))?;
        Ok(told.as_str().with_context(|| format!("{expression} is {told}"))?.to_owned())
    }

    /// Ends the visit: nobody complained, and nobody else was asked.
    fn leave(self) -> Result<()> {
        none(&heard(&self.browser, self.live.origin())?)
    }
}

#[test]
#[ignore = "needs Chromium"]
fn range_and_labels_are_chosen_by_clicks() -> Result<()> {
    let longer = PAGE.replace("300", "900");
    let person = Person::at(&longer)?;
    let browser = &person.browser;
    // With a script, a choice is enough.
    browser.click("select[name=range]")?;
    browser.click("select[name=range] option[value='300']")?;
    person
        .browser
        .until("location.search.includes('range=300') && document.readyState === 'complete'")?;
    ensure!(person.text("document.querySelector('.span').textContent")?.contains("shows 5 min"));
    ensure!(browser.address()?.contains("dashboard=llm-api-health"));
    let provider = person.text(
        "[...document.querySelectorAll('.choice')].find(it => it.querySelector('[name=provider]'))
         .querySelector('[name=provider]').value",
    )?;
    browser.run("document.querySelector('[name=provider]').closest('.choice').id = 'provider'")?;
    browser.click("#provider > summary")?;
    browser.click(&format!("#provider input[value='{provider}']"))?;
    // Choosing takes a while; the page does not take it away meanwhile.
    let at = person.text("document.querySelector('.when').textContent")?;
    person.browser.until(&format!("document.querySelector('.when').textContent !== {at:?}"))?;
    ensure!(person.browser.is("document.querySelector('#provider input:checked')")?.is_some());
    browser.click(".choices button")?;
    person.browser.until(&format!("location.search.includes('provider={provider}')"))?;
    person.browser.until("document.querySelector('[name=provider]:checked')")?;
    ensure!(person.text("document.querySelector('.choices').textContent")?.contains(&provider));
    person.leave()
}

#[test]
#[ignore = "needs Chromium"]
fn a_page_renews_itself_until_it_is_stopped() -> Result<()> {
    let person = Person::at(PAGE)?;
    let browser = &person.browser;
    // What a page that is loaded anew would not have.
    browser.run("window.same = true")?;
    let when = "document.querySelector('.when').textContent";
    let before = person.text(when)?;
    person.browser.until(&format!("{when} !== {before:?}"))?;
    person.browser.until("document.querySelector('#bots').textContent.includes('heard')")?;
    ensure!(person.browser.is("window.same")?.is_some(), "it was loaded anew");
    browser.click(".pause")?;
    person.browser.until("location.search.includes('end=') && document.querySelector('.go')")?;
    let stopped = person.text(when)?;
    let told = person.text("document.querySelector('.top').textContent")?;
    ensure!(told.contains("Go on") && !told.contains("Pause"), "{told}");
    // It would have been renewed by then: the server went on.
    let later = Live::page(&person.live, "/");
    let agent = ureq::agent();
    eventually(SOON, "the bot to go on", || {
        let page = agent.get(&later).call()?.body_mut().read_to_string()?;
        let now = page.split("class=\"when\">").nth(1).and_then(|it| it.split('<').next());
        Ok((now.context("there is no time")? > stopped.as_str()).then_some(()))
    })?;
    ensure!(person.text(when)? == stopped, "it does not stand still");
    browser.click(".go")?;
    person
        .browser
        .until(&format!("!location.search.includes('end=') && {when} !== {stopped:?}"))?;
    person.leave()
}

#[test]
#[ignore = "needs Chromium"]
fn an_alert_is_shown_firing() -> Result<()> {
    let person = Person::at(PAGE)?;
    person
        .browser
        .run("document.querySelectorAll('#alerts details').forEach(it => it.open = true)")?;
    let name = person.text("document.querySelector('#alerts a.example').textContent")?;
    let name = name.split(' ').next().unwrap_or_default();
    // Another one may come first by now.
    let link = format!("#alerts a.example[href*='called={name}']");
    let is_there = "location.pathname === '/alert' && document.querySelector('.panel')";
    person.click_until(&link, is_there)?;
    let told = person.text("document.body.textContent")?;
    for part in [name, "An example, played: nothing of this happened."] {
        ensure!(told.contains(part), "{part}: {told}");
    }
    ensure!(
        person.browser.is("document.querySelectorAll('.card ol li').length > 0")?.is_some(),
        "{told}"
    );
    person.browser.click("main a")?;
    person.browser.until("location.pathname === '/' && document.querySelector('#alerts')")?;
    person.leave()
}

/// A panel with several lines that is in sight, with names where this is.
fn panel_with(person: &Person, names: &str) -> Result<String> {
    person.text(&format!(
        "[...document.querySelectorAll('.panel')].find(it => it.checkVisibility() &&
             it.querySelectorAll('.plot .line').length > 1 && it.querySelector('{names}')
             ?.getBoundingClientRect().width > 9).id"
    ))
}

#[test]
#[ignore = "needs Chromium"]
fn values_are_read_out_at_the_pointer() -> Result<()> {
    let person = Person::at(PAGE)?;
    let id = panel_with(&person, ".plot")?;
    // Where the newest is.
    person.browser.point_at(&format!("[id='{id}'] .plot"), 0.99)?;
    let part = |rest: &str| format!("document.getElementById('{id}').querySelector('{rest}')");
    person.browser.until(&format!("{} && {}", part(".tip bdi"), part(".hair")))?;
    let names = |within: &str| {
        format!(
            "[...document.getElementById('{id}').querySelectorAll('{within}')]
             .map(it => it.textContent).join()"
        )
    };
    let (shown, all) = (person.text(&names(".tip bdi"))?, person.text(&names(".legend .name"))?);
    ensure!(!shown.is_empty() && shown.split(',').all(|name| all.contains(name)), "{shown}; {all}");
    // They are there again when the picture is a newer one.
    let at = person.text("document.body.dataset.at")?;
    let tip = part(".tip");
    person.browser.until(&format!("document.body.dataset.at !== {at:?} && {tip}?.textContent"))?;
    person.leave()
}

#[test]
#[ignore = "needs Chromium"]
fn lines_are_hidden_and_shown_again() -> Result<()> {
    let person = Person::at(PAGE)?;
    let browser = &person.browser;
    // Names stand at the ends of lines where there is room, else below.
    for (width, names) in [(1280, ".ends"), (360, ".legend")] {
        browser.resize(width, 1000)?;
        let id = panel_with(&person, names)?;
        // Lines change places as they grow, so one is found by its name.
        let panel = format!("document.getElementById('{id}')");
        let item = format!("{panel}.querySelector('.legend [data-line]')");
        let called = person.text(&format!("{item}.querySelector('.name').textContent"))?;
        let number = format!(
            "[...{panel}.querySelectorAll('.legend [data-line]')]
             .find(it => it.querySelector('.name').textContent === {called:?}).dataset.line"
        );
        let part = |of: &str| format!("{panel}.querySelector(`{of} [data-line='${{{number}}}']`)");
        let line = format!("{}.checkVisibility()", part(".plot"));
        let click = |condition: &str| {
            eventually(SOON, condition, || {
                if person.browser.is(condition)?.is_none() {
                    let number = person.text(&number)?;
                    browser.click(&format!("[id='{id}'] {names} [data-line='{number}']"))?;
                }
                person.browser.is(condition)
            })
        };
        click(&format!("!{line}"))?;
        none(&found(browser, "contrast")?)?;
        person.browser.until(&format!("{}.matches('[aria-pressed=false]')", part(".legend")))?;
        // So it is when the page renews itself, and when it is opened anew.
        let at = person.text("document.body.dataset.at")?;
        person.browser.until(&format!("document.body.dataset.at !== {at:?} && !{line}"))?;
        browser.open(&person.live.page(PAGE))?;
        person.browser.until(&format!("!{line}"))?;
        click(&line)?;
    }
    person.leave()
}

#[test]
#[ignore = "needs Chromium"]
fn a_panel_is_taken_along_as_a_query_and_as_numbers() -> Result<()> {
    let person = Person::at(PAGE)?;
    let browser = &person.browser;
    for what in ["clipboard-read", "clipboard-write"] {
        browser.allow(what)?;
    }
    let id = "llm-api-health--requests";
    let open = |rest: &str| format!("[id='{id}'] .why {rest}");
    let is_open = format!("document.querySelector(\"{}\").checkVisibility()", open("a"));
    person.click_until(&open("summary"), &is_open)?;
    let copied = format!("document.querySelector(\"{}\").textContent === 'Copied'", open("a.copy"));
    person.click_until(&open("a.copy"), &copied)?;
    browser.run(
        "window.copied = null; navigator.clipboard.readText().then(it => { window.copied = it })",
    )?;
    person.browser.until("window.copied")?;
    let copied = person.text("window.copied")?;
    ensure!(copied.contains("(llm_requests_total[") && !copied.contains('$'), "{copied}");
    let is_closed = person
        .browser
        .is(&format!("!document.querySelector(\"{}\").checkVisibility()", open("a")))?;
    if is_closed.is_some() {
        bail!("what was opened does not stay open");
    }
    browser.click(&open("a.download"))?;
    let file = browser.downloads().join(format!("{id}.csv"));
    let text = eventually(SOON, "the file", || {
        Ok(fs::read_to_string(&file).ok().filter(|text| !text.is_empty()))
    })?;
    ensure!(text.starts_with("time,") || text.starts_with("name,"), "{text}");
    ensure!(text.lines().count() > 1, "{text}");
    person.leave()
}
