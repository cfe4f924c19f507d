//! The little Markdown that the texts of boards have.

use serde::Serialize;

/// A paragraph, or an item of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Block {
    /// Whether it is an item of a list.
    pub is_item: bool,
    /// What it says.
    pub spans: Vec<Span>,
}

/// Some words, and where they lead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Span {
    /// The words.
    pub text: String,
    /// Where they lead, if they do.
    pub link: Option<Link>,
}

/// Where words lead.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// To another dashboard, by its address.
    Dashboard(String),
    /// Out of the page.
    Url(String),
}

/// Reads paragraphs, lists and links; all else is words.
pub(crate) fn read(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() {
            goes_on = false;
            continue;
        }
        let item = line.strip_prefix("- ");
        let spans = spans(item.unwrap_or(line));
        match blocks.last_mut().filter(|_| goes_on && item.is_none()) {
            Some(block) => {
                block.spans.push(Span { text: " ".to_owned(), link: None });
                block.spans.extend(spans);
            }
            None => blocks.push(Block { is_item: item.is_some(), spans }),
        }
        goes_on = true;
    }
    blocks
}

fn spans(mut rest: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut words = |text: &str, link| {
        if !text.is_empty() {
            spans.push(Span { text: text.to_owned(), link });
        }
    };
    while let Some((before, text, address, after)) = link(rest) {
        words(before, None);
        words(text, leads(address));
        rest = after;
    }
    words(rest, None);
    spans
}

/// What stands before the first link, its words, its address, what follows.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = text.find("](")?;
    let start = text[..middle].rfind('[')?;
    let end = middle + text[middle..].find(')')?;
    Some((&text[..start], &text[start + 1..middle], &text[middle + 2..end], &text[end + 1..]))
}

/// What an address of Grafana's means here; others have to be of the web.
fn leads(address: &str) -> Option<Link> {
    if let Some(rest) = address.strip_prefix("/d/") {
        let uid = rest.split(['?', '/']).next().unwrap_or_default();
        return Some(Link::Dashboard(uid.to_owned()));
    }
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    is_web.then(|| Link::Url(address.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_paragraphs_and_links_are_read() {
        let text = "One [two](/d/mail-out?x=${y}) three\ngoes on.\n\n- [a](https://a.b/c)\n- [b](javascript:x) [";
        let plain: Vec<_> = read(text)
            .into_iter()
            .map(|block| {
                let spans = block.spans.into_iter().map(|span| match span.link {
                    Some(Link::Dashboard(uid)) => format!("<{}: {uid}>", span.text),
                    Some(Link::Url(url)) => format!("<{}: {url}>", span.text),
                    None => span.text,
                });
                format!("{} {}", block.is_item, spans.collect::<String>())
            })
            .collect();
        let expected =
            ["false One <two: mail-out> three goes on.", "true <a: https://a.b/c>", "true b ["];
        assert_eq!(plain, expected);
    }
}
