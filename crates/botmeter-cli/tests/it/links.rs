//! Whatever a page leads to is there.

use std::collections::BTreeSet;

use roxmltree::{Document, ParsingOptions};

use crate::{
    bot::{Bot, page},
    program::{Live, failed},
};

/// The addresses on this server that a page names, and its parts.
fn links(html: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(html, options).unwrap();
    let (mut links, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for element in document.descendants() {
        assert!(element.attribute("style").is_none(), "{element:?}");
        ids.extend(element.attribute("id").map(str::to_owned));
        for key in ["href", "src"] {
            let Some(link) = element.attribute(key).filter(|it| !it.starts_with("data:")) else {
                continue;
            };
            assert!(!link.contains("//"), "{link} leads elsewhere");
            links.insert(link.to_owned());
        }
    }
    (links, ids)
}

#[test]
fn every_link_of_every_page_leads_somewhere() {
    let bot = Bot::says(page(10, 1));
    let live = Live::start("watch", &["--interval", "4m", &bot.place()]);
    live.until("/", "version 1.2.3");
    let (mut open, mut seen) = (vec!["/?job=bot&range=300".to_owned()], BTreeSet::new());
    let mut kinds = BTreeSet::new();
    while let Some(target) = open.pop() {
        let answer = live.get(&target);
        assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        let kind = answer.header("content-type").unwrap();
        kinds.insert(kind.to_owned());
        if !kind.starts_with("text/html") {
            assert!(!answer.body.is_empty(), "{target} is empty");
            continue;
        }
        let (links, ids) = links(&answer.body);
        for link in links {
            let (address, part) = link.split_once('#').unwrap_or((&link, ""));
            if address.is_empty() {
                assert!(part.is_empty() || ids.contains(part), "{target}: {link}");
            } else if seen.insert(address.to_owned()) {
                let alerts = seen.iter().filter(|link| link.starts_with("alert?")).count();
                // To play one takes a while; that all can be is tested elsewhere.
                if !address.starts_with("alert?") || alerts % 20 == 1 {
                    // All is beside the page.
                    open.push(format!("/{}", address.trim_start_matches("./")));
                }
            }
        }
    }
    let panels = seen.iter().filter(|link| link.starts_with("panel.promql?")).count();
    let alerts = seen.iter().filter(|link| link.starts_with("alert?")).count();
    assert!(panels > 150 && alerts > 40, "{panels} panels, {alerts} alerts");
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

#[test]
fn a_panel_is_to_be_had_as_a_query_and_as_numbers() {
    let bot = Bot::says(page(10, 1));
    let live = Live::start("watch", &["--interval", "4m", &bot.place()]);
    live.until("/", "version 1.2.3");
    let query = live.get("/panel.promql?panel=overview--traffic&job=a%22b&range=300").body;
    assert!(query.starts_with("# LLM requests\nsum(rate(llm_requests_total{job=\"a\\\"b\"}["));
    assert!(!query.contains('$'), "{query}");
    let json = live.get("/panel.json?panel=overview--traffic").body;
    assert!(json.starts_with("{\"places\":[") || json == "null", "{json}");
    let alert = live.get("/alert?called=LlmProviderErrorsHigh").body;
    assert!(alert.contains("An example, played: nothing of this happened."), "{alert}");
    let cases = [
        ("/panel.csv?panel=nothing", "no panel is at \"nothing\""),
        ("/alert?called=Nothing", "no alert is called \"Nothing\""),
        ("/?dashboard=nothing", "no dashboard is called \"nothing\"; there are overview, "),
        ("/nothing", "the live page is at /"),
    ];
    for (target, said) in cases {
        let answer = live.get(target);
        assert_eq!(answer.status, 404, "{target}");
        assert!(answer.body.contains(said), "{target}: {}", answer.body);
    }
    let wrong = live.get("/?range=soon");
    assert_eq!(wrong.status, 400);
    assert_eq!(
        wrong.body,
        "failed to show range=\"soon\": give a number of seconds, such as 3600\n"
    );
}

#[test]
fn panels_lead_to_their_traces_where_somebody_said_where_these_are() {
    let bot = Bot::says(page(10, 1));
    let jaeger = "http://jaeger.example:16686/base/";
    let live = Live::start("watch", &["--interval", "1s", "--jaeger", jaeger, &bot.place()]);
    live.until("/", "version 1.2.3");
    bot.answers("200 OK\r\ncontent-type: text/plain", page(60, 9));
    let page = live.until("/?dashboard=llm-api-health", "http://jaeger.example:16686/base/search?");
    // The bot, the model as spans call it, and the time that is shown.
    let model = "%7B%22gen_ai.request.model%22%3A%22gpt+%3Ci%3E4%3C%2Fi%3E%22%7D";
    let link = format!("search?service=bot&amp;tags={model}&amp;start=1");
    assert!(page.contains(&link), "{page}");
    assert!(page.contains("Traces of bot gpt &lt;i&gt;4&lt;/i&gt;"), "{page}");
    let without = Live::start("watch", &["--interval", "1s", &bot.place()]);
    assert!(!without.until("/?dashboard=llm-api-health", "version 1.2.3").contains("Traces of"));
    let (code, said) = failed(&["watch", "--jaeger", "http://me:secret@jaeger", "127.0.0.1:9"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("address of --jaeger") && !said.contains("secret"), "{said}");
}
