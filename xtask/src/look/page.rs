//! The page that draws a dashboard, and what it says of itself.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Asked;
use crate::browser;

const WIDTH: u64 = 1600;

/// The height of a cell of Grafana's grid, what is above the grid, and what is
/// below it.
const CELL: u64 = 38;
const HEAD: u64 = 88;
const FOOT: u64 = 8;

/// How long a page may take, of the browser's time, which stands still while
/// there is no answer.
const BUDGET: &str = "--virtual-time-budget=60000";

/// What stands around the faults that a page found.
const VERDICT: &str = r#"<script type="application/json" id="verdict">"#;
const VERDICT_END: &str = "</script>";

/// A dashboard that is to be drawn.
#[derive(Debug)]
pub(super) struct Drawn<'a> {
    pub(super) uid: &'a str,
    pub(super) dashboard: &'a Value,
    /// How much of it is to be seen, if not all.
    pub(super) height: Option<u64>,
}

impl Drawn<'_> {
    /// Draws it with what lies in this folder, and returns what is wrong.
    pub(super) fn draw(
        &self,
        browser: &Path,
        folder: &Path,
        asked: &Asked<'_>,
        to: &Path,
    ) -> Result<Vec<String>> {
        let page = folder.join(format!("{}.html", self.uid));
        fs::write(&page, self.html(asked))
            .with_context(|| format!("failed to write {}", page.display()))?;
        // What one run leaves behind must not be seen by the next.
        let profile = tempfile::tempdir().context("failed to create a folder")?;
        let height = self.height.unwrap_or_else(|| height(self.dashboard, asked.is_open));
        let options = [
            &browser::window(&format!("{WIDTH},{height}")),
            &format!("--user-data-dir={}", profile.path().display()),
            BUDGET,
            "--dump-dom",
        ];
        let address = format!("file://{}", page.display());
        let dom = browser::draw(browser, &address, &options, to)?;
        verdict(&dom).with_context(|| format!("failed to draw the dashboard {}", self.uid))
    }

    fn html(&self, asked: &Asked<'_>) -> String {
        let look = json!({
            "dashboard": self.dashboard,
            "prometheus": asked.prometheus,
            "to": asked.to,
            "isOpen": asked.is_open,
        });
        // Nothing in a title ends the script.
        let look = look.to_string().replace('<', "\\u003c");
        format!(
            "<!doctype html>\n<meta charset=\"utf-8\">\n<title>{}</title>\n\
             <link rel=\"stylesheet\" href=\"bundle.css\">\n<div id=\"root\"></div>\n\
             <script>window.look = {look};</script>\n<script src=\"bundle.js\"></script>\n",
            self.uid
        )
    }
}

/// How high a dashboard is, in pixels, with closed rows opened or not.
fn height(dashboard: &Value, is_open: bool) -> u64 {
    let items = || dashboard["panels"].as_array().into_iter().flatten();
    let bottom = |item: &Value| {
        let place = &item["gridPos"];
        place["y"].as_u64().unwrap_or_default() + place["h"].as_u64().unwrap_or_default()
    };
    let hidden = items().filter(|_| is_open).map(|row| {
        let panels = row["panels"].as_array().into_iter().flatten();
        panels.map(bottom).max().map_or(0, |lowest| lowest.saturating_sub(bottom(row)))
    });
    (items().map(bottom).max().unwrap_or_default() + hidden.sum::<u64>()) * CELL + HEAD + FOOT
}

/// The faults that stand in a page that was drawn.
fn verdict(dom: &str) -> Result<Vec<String>> {
    let said = dom.split_once(VERDICT).and_then(|(_, rest)| rest.split_once(VERDICT_END));
    ensure!(said.is_some(), "the page was not ready in time, or its script failed");
    let (faults, _) = said.unwrap_or_default();
    serde_json::from_str(faults).context("failed to read what the page says of itself")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_from_the_page_and_their_absence_is_one() {
        let page = |said: &str| format!("<html><body>{VERDICT}{said}</script></body></html>");
        assert_eq!(verdict(&page("[]")).unwrap(), Vec::<String>::new());
        assert_eq!(verdict(&page(r#"["Cost: \u003cb>"]"#)).unwrap(), ["Cost: <b>"]);
        let error = verdict("<html></html>").unwrap_err();
        assert!(error.to_string().contains("not ready in time"), "{error}");
        assert!(verdict(&page("nothing")).is_err());
    }

    #[test]
    fn a_page_is_as_high_as_what_is_open() {
        let dashboard = json!({ "panels": [
            { "gridPos": { "y": 0, "h": 1 }, "panels": [] },
            { "gridPos": { "y": 1, "h": 4 } },
            { "gridPos": { "y": 5, "h": 1 }, "panels": [{ "gridPos": { "y": 6, "h": 8 } }] },
            { "gridPos": { "y": 6, "h": 1 }, "panels": [] },
        ] });
        assert_eq!(height(&dashboard, false), 7 * CELL + HEAD + FOOT);
        assert_eq!(height(&dashboard, true), 15 * CELL + HEAD + FOOT);
    }

    #[test]
    fn no_title_ends_the_script() {
        let dashboard = json!({ "title": "</script><b>" });
        let drawn = Drawn { uid: "overview", dashboard: &dashboard, height: None };
        let asked = Asked { prometheus: "http://127.0.0.1:9090", to: 0, is_open: false };
        assert_eq!(drawn.html(&asked).matches("</script>").count(), 2);
    }
}
