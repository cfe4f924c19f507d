//! Whatever stands in a label is a text, to a browser as well.

use anyhow::{Result, ensure};
use integration_tests::{Browser, Scripts};

use super::{
    look::{found, heard, none, seen},
    opened::Opened,
};
use crate::hour::Story;

/// Texts that mean something to a browser, and a part of each that can be seen.
const HOSTILE: [(&str, &str); 9] = [
    ("<script>window.harmed='script'</script>", "<script>window.harmed='script'</script>"),
    ("\"><img src=x onerror=window.harmed='image'>", "\"><img src=x onerror=window"),
    ("' autofocus onfocus='window.harmed=1", "' autofocus onfocus='window.harmed=1"),
    ("javascript:window.harmed='address'", "javascript:window.harmed='address'"),
    ("</title></svg></style><svg onload=alert(1)>", "</title></svg></style><svg onload=alert(1)>"),
    ("&lt;b&gt;&#60;i&#62;{{1+1}}${1+1}", "&lt;b&gt;&#60;i&#62;{{1+1}}${1+1}"),
    // A mark that turns what follows around is shown as one.
    ("a\u{202e}b\u{2066}c\u{0}d", "a\u{fffd}b\u{fffd}c\u{fffd}d"),
    ("one\ntwo\r\n<b>three</b>", "<b>three</b>"),
    ("&<'\"", "&<'\""),
];

/// How many letters a text has that is long.
const LONG: usize = 10_000;

#[test]
#[ignore = "needs Chromium"]
fn hostile_labels_are_shown_as_texts() -> Result<()> {
    let browser = Browser::start(Scripts::Run)?;
    let long: &str = Box::leak("long".repeat(LONG / 4).into_boxed_str());
    let names = HOSTILE.iter().map(|(name, _)| *name).chain([long]).collect();
    let story = Story { job: HOSTILE[1].0, names, is_hostile: true, quarters: 1 };
    let opened = Opened::telling(&story)?;
    let mut faults = Vec::new();
    let mut unseen: Vec<_> = HOSTILE.iter().map(|(_, part)| *part).chain([long]).collect();
    for page in opened.dashboards() {
        browser.open(&page)?;
        found(&browser, "openAll")?;
        let mut found = found(&browser, "strange")?;
        for width in [360, 1280] {
            found.extend(seen(&browser, width, "light")?);
        }
        found.extend(heard(&browser, opened.live.origin())?);
        faults.extend(found.into_iter().map(|fault| format!("{page}: {fault}")));
        let dialog = browser.dialog()?;
        ensure!(dialog.is_none(), "{page} opened a dialog: {dialog:?}");
        let told = browser.run("return document.body.textContent")?;
        let told = told.as_str().unwrap_or_default().to_owned();
        unseen.retain(|part| !told.contains(part));
    }
    ensure!(unseen.is_empty(), "not shown: {unseen:?}");
    none(&faults)
}
