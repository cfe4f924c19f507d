//! Every page, on a phone and on large screens, by day and by night.

use anyhow::{Context, Result};
use integration_tests::{Browser, Scripts, run_botmeter};

use super::{
    look::{none, over_all},
    opened::Opened,
};

#[test]
#[ignore = "needs Chromium"]
fn every_page_is_legible_and_keeps_to_itself() -> Result<()> {
    let browser = Browser::start(Scripts::Run)?;
    let opened = Opened::calm()?;
    let mut faults = Vec::new();
    for page in opened.dashboards().iter().chain(&opened.alerts()) {
        faults.extend(over_all(&browser, opened.live.origin(), page)?);
    }
    let (window, report) = (opened.beside("window"), opened.beside("report.html"));
    let path = |path: &std::path::Path| path.to_str().map(str::to_owned).context("no text");
    let (window, report) = (path(&window)?, path(&report)?);
    run_botmeter(&["report", "--from", &window, "--out", &report])?;
    faults.extend(over_all(&browser, "file://", &format!("file://{report}"))?);
    none(&faults)
}
