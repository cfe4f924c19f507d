//! What a request asks to be drawn.

use std::ops::ControlFlow::{self, Break, Continue};

use botmeter_board::{Dashboard, Panel};
use botmeter_view::{Address, BadAddress, Which, html};
use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};

use crate::{
    answers::{HTML, answer, early, wrong},
    bots::Bots,
};

/// Where everything is.
pub(crate) const PATHS: [&str; 7] =
    ["/", "/alert", "/panel.csv", "/panel.json", "/panel.promql", "/script.js", "/style.css"];

/// Something that there is, and that has to be drawn.
pub(crate) struct Order<'a> {
    pub(crate) address: Address,
    pub(crate) what: What<'a>,
}

/// What it is.
pub(crate) enum What<'a> {
    /// A page, which has this tag.
    Page(Which<'a>, String),
    Alert(String),
    Panel(As, &'a Dashboard, &'a Panel),
}

/// What a panel is wanted as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    Csv,
    Json,
    PromQl,
}

/// What a request is for, or the answer where nothing has to be drawn for it.
/// Nobody is waited for who hears or draws.
pub(crate) fn of<'a>(
    bots: &'a Bots,
    began: u64,
    request: &Parts,
) -> ControlFlow<Response<Bytes>, Order<'a>> {
    if !matches!(request.method, Method::GET | Method::HEAD) {
        let mut refused = wrong(StatusCode::METHOD_NOT_ALLOWED, "here is only to be read");
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return Break(refused);
    }
    let plain = |kind, text: &'static str| Break(answer(StatusCode::OK, kind, text));
    let path = request.uri.path();
    match path {
        "/style.css" => return plain("text/css; charset=utf-8", html::STYLE),
        "/script.js" => return plain("text/javascript; charset=utf-8", html::SCRIPT),
        _ => {}
    }
    let asked = match Asked::of(request.uri.query().unwrap_or_default()) {
        Ok(asked) => asked,
        Err(error) => {
            return Break(wrong(StatusCode::BAD_REQUEST, format_args!("failed to {error}")));
        }
    };
    let Asked { address, panel, name } = asked;
    let panel = panel.unwrap_or_default();
    let what = match path {
        "/" => page(bots, began, request, &address)?,
        "/alert" => alert(bots, name.unwrap_or_default())?,
        "/panel.csv" => at(bots, As::Csv, &panel)?,
        "/panel.json" => at(bots, As::Json, &panel)?,
        "/panel.promql" => at(bots, As::PromQl, &panel)?,
        _ => {
            let why = "here is nothing; the live page is at /";
            return Break(wrong(StatusCode::NOT_FOUND, why));
        }
    };
    Continue(Order { address, what })
}

fn page<'a>(
    bots: &'a Bots,
    began: u64,
    request: &Parts,
    address: &Address,
) -> ControlFlow<Response<Bytes>, What<'a>> {
    if !bots.has_heard() {
        return Break(early());
    }
    // The same address shows the same until there was another round.
    let tag = format!("\"{began:x}-{}\"", bots.rounds());
    let known = request.headers.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Break(tagged(answer(StatusCode::NOT_MODIFIED, HTML, Bytes::new()), tag));
    }
    let Some(uid) = address.dashboard.as_deref() else {
        return Continue(What::Page(bots.first_dashboard().map_or(Which::All, Which::One), tag));
    };
    let Some(uid) = bots.dashboards().find(|it| *it == uid) else {
        let all: Vec<_> = bots.dashboards().collect();
        let all = all.join(", ");
        let why = format_args!("no dashboard is called {uid:?}; there are {all}");
        return Break(wrong(StatusCode::NOT_FOUND, why));
    };
    Continue(What::Page(Which::One(uid), tag))
}

fn alert<'a>(bots: &Bots, name: String) -> ControlFlow<Response<Bytes>, What<'a>> {
    if bots.has_alert(&name) { Continue(What::Alert(name)) } else { Break(no_alert(&name)) }
}

fn at<'a>(bots: &'a Bots, form: As, place: &str) -> ControlFlow<Response<Bytes>, What<'a>> {
    if let Some((dashboard, panel)) = bots.panel(place) {
        return Continue(What::Panel(form, dashboard, panel));
    }
    let why = format_args!("no panel is at {place:?}; take the link of a page");
    Break(wrong(StatusCode::NOT_FOUND, why))
}

/// The answer to the name of no alert.
pub(crate) fn no_alert(name: &str) -> Response<Bytes> {
    wrong(StatusCode::NOT_FOUND, format_args!("no alert is called {name:?}"))
}

/// The answer with the tag by which it is known again.
pub(crate) fn tagged(mut answer: Response<Bytes>, tag: String) -> Response<Bytes> {
    if let Ok(tag) = HeaderValue::try_from(tag) {
        answer.headers_mut().insert(header::ETAG, tag);
    }
    answer
}

/// What the query string of a request says.
#[derive(Debug)]
struct Asked {
    address: Address,
    panel: Option<String>,
    name: Option<String>,
}

impl Asked {
    fn of(query: &str) -> Result<Self, BadAddress> {
        let (mut panel, mut name) = (None, None);
        let mut rest = Vec::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "panel" => panel = Some(value.into_owned()),
                "called" => name = Some(value.into_owned()),
                _ => rest.push((key, value)),
            }
        }
        Ok(Self { address: Address::of(rest)?, panel, name })
    }
}
