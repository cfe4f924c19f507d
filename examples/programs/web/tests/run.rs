//! The service is asked, and then its page.

use local_servers::{Program, get};

#[test]
fn the_page_has_requests_own_counters_and_the_own_domain() {
    let (_served, url) = Program::new(env!("CARGO_BIN_EXE_web-service")).serve();
    let address = url.strip_prefix("http://").unwrap();
    for (path, status) in [
        ("/words/meter", "200"),
        ("/words/meter", "200"),
        ("/words/none", "404"),
        ("/words/bug", ""),
        ("/elsewhere", "404"),
    ] {
        let answer = get(address, path);
        assert_eq!(answer.split(' ').nth(1).unwrap_or_default(), status, "{path}: {answer}");
    }
    let page = get(address, "/metrics");
    for line in [
        r#"http_requests_total{method="GET",route="/words/{word}",status="200"} 2"#,
        r#"http_requests_total{method="GET",route="/words/{word}",status="404"} 1"#,
        r#"http_requests_total{method="GET",route="/words/{word}",status="500"} 1"#,
        r#"http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
        r#"words_looked_up_total{letters="5"} 2"#,
        r#"words_lookups_total{found="yes"} 2"#,
        r#"words_lookups_total{found="no"} 1"#,
    ] {
        assert!(page.lines().any(|found| found == line), "{line}\n{page}");
    }
    // The page is outside of the layer that counts.
    assert!(!page.contains(r#"route="/metrics""#), "{page}");
    assert!(!get(address, "/metrics").contains(r#"route="/metrics""#));
}
