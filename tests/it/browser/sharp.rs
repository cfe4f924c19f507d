//! Each check finds what it is for, in a page that has nothing else wrong.

use anyhow::{Result, ensure};
use integration_tests::{Browser, HttpServer, Scripts};

use super::{
    keyboard::stops,
    look::{found, heard, over_all},
};

/// A page that is well but for these, which stand in its head and its body.
fn page(head: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>x</title>\
         <link rel=\"icon\" href=\"data:,\">{head}</head><body><p>Well.</p>{body}</body></html>"
    )
}

/// What is found in a page.
fn faults(browser: &Browser, html: String) -> Result<Vec<String>> {
    let server = HttpServer::of_page(html)?;
    let url = server.url();
    over_all(browser, &url, &format!("{url}/"))
}

#[test]
#[ignore = "needs Chromium"]
fn what_is_broken_on_purpose_is_found() -> Result<()> {
    let browser = Browser::start(Scripts::Run)?;
    let well = faults(&browser, page("", ""))?;
    ensure!(well.is_empty(), "{well:?}");
    let elsewhere = HttpServer::of_page("")?;
    let image = format!("<img alt=\"\" src=\"{}/x.png\">", elsewhere.url());
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"style-src 'self'\">";
    let drawn = "<style>.plot { position: relative } .over { position: absolute; inset: 0 }\
                 </style><div class=\"plot\"><svg class=\"draw\" width=\"200\" height=\"50\">\
                 <path d=\"M0 0H200V50H0Z\" fill=\"#777\"/></svg><svg class=\"over\">\
                 <text x=\"5\" y=\"30\" fill=\"#888\">gray</text></svg></div>";
    let cases = [
        ("console: ", "", "<script>console.error('broken')</script>"),
        ("console: ", "", "<script>console.log('chatty')</script>"),
        ("console: ", "", "<script>nothing.at.all</script>"),
        ("console: ", "", "<img alt=\"\" src=\"http://127.0.0.1:9/x.png\">"),
        ("request: ", "", &image),
        ("policy: ", policy, "<p style=\"color: black\">inline</p>"),
        ("contrast: 4.48 ", "", "<p style=\"color: #777\">gray</p>"),
        ("contrast: ", "", "<p style=\"opacity: .5\">faint</p>"),
        ("contrast: ", "", "<p style=\"background: #000\"><b style=\"color: #333\">x</b></p>"),
        ("contrast: ", "", "<details><summary>?</summary><p style=\"color: #aaa\">x</p></details>"),
        ("contrast: ", "", drawn),
        (
            "contrast: ",
            "<style>@media (prefers-color-scheme: dark) { body { background: #111 } }</style>",
            "",
        ),
        ("overflow: ", "", "<div style=\"width: 400px\">wide</div>"),
        ("overflow: ", "", "<p style=\"position: absolute; left: -9px\">to the left</p>"),
        (
            "overflow: ",
            "",
            "<figure class=\"panel\" style=\"width: 5em; overflow: clip\">nospacetobreakit</figure>",
        ),
    ];
    for (expected, head, body) in cases {
        let found = faults(&browser, page(head, body))?;
        ensure!(found.iter().any(|it| it.contains(expected)), "{expected}{body}: {found:?}");
        let kind = expected.split(' ').next().unwrap_or_default();
        // What is foreign may be refused, which is said as well.
        let other = found.iter().find(|it| !it.contains(kind) && !it.contains("request: "));
        ensure!(other.is_none(), "{body}: {other:?}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Chromium"]
fn a_focus_that_one_cannot_see_is_found() -> Result<()> {
    let browser = Browser::start(Scripts::Run)?;
    let cases = [
        ("", "outline: 2px solid #06c"),
        ("nothing marks it", "outline: none"),
        ("its mark is faint", "outline: 2px solid #ddd"),
        ("it is out of sight", "outline: 2px solid #06c; position: absolute; top: 40px"),
    ];
    for (expected, style) in cases {
        let body = format!(
            "<div style=\"position: relative; height: 30px; overflow: clip\">\
             <a href=\"/\" style=\"{style}\">Home</a></div>"
        );
        let server = HttpServer::of_page(page("", &body))?;
        browser.open(&server.url())?;
        let (stops, faults) = stops(&browser)?;
        ensure!(stops.len() == 1, "{stops:?}");
        let is_right = match faults.as_slice() {
            [] => expected.is_empty(),
            [fault] => !expected.is_empty() && fault.starts_with(expected),
            _ => false,
        };
        ensure!(is_right, "{style}: {faults:?}");
    }
    Ok(())
}

#[test]
#[ignore = "needs Chromium"]
fn what_came_in_as_an_element_is_found() -> Result<()> {
    let browser = Browser::start(Scripts::Run)?;
    let cases = [
        "<img alt=\"\" src=\"data:,\">",
        "<p onclick=\"x\">x</p>",
        "<a href=\"javascript:x\">x</a>",
        "<script>window.harmed = 1</script>",
        "<p style=\"top: 0\">x</p>",
    ];
    for body in cases {
        let server = HttpServer::of_page(page("", body))?;
        browser.open(&server.url())?;
        let found = found(&browser, "strange")?;
        ensure!(found.iter().any(|it| it.starts_with("strange: ")), "{body}: {found:?}");
    }
    let server = HttpServer::of_page(page("", "<script>setTimeout(() => alert('x'))</script>"))?;
    browser.open(&server.url())?;
    let dialog = integration_tests::eventually(std::time::Duration::from_secs(30), "it", || {
        browser.dialog()
    })?;
    ensure!(dialog == "x", "{dialog}");
    heard(&browser, &server.url()).map(drop)
}
