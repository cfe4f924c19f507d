//! From a request to an answer.

use std::{fmt::Display, sync::Arc};

use botmeter_core::wall;
use botmeter_view::{Address, Readout, Which, csv, html};
use bytes::Bytes;
use http::{HeaderValue, Method, Response, StatusCode, header, request::Parts};

use crate::{
    bots::Bots,
    hosts::Hosts,
    turns::{Turn, Turns},
};

/// Everything that can be asked for: pages, their style and script, panels
/// and alerts by themselves.
#[derive(Debug)]
pub struct Site {
    bots: Arc<Bots>,
    hosts: Hosts,
    /// Whose turn it is, where one draws at a time.
    turns: Option<Turns>,
    /// Tells the pages of this process from those of one before.
    began: u64,
}

/// Where everything is.
const PATHS: [&str; 7] =
    ["/", "/alert", "/panel.csv", "/panel.json", "/panel.promql", "/script.js", "/style.css"];

const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

impl Site {
    /// What was heard of these bots, under these names.
    pub fn new(bots: Arc<Bots>, hosts: Hosts) -> Self {
        Self { bots, hosts, turns: None, began: wall::nanos() }
    }

    /// Draws one page at a time, for a program that is there for something
    /// else; where 32 wait for it, the answer is 503. What is not drawn, such
    /// as styles, and a page that has not changed, waits for nobody.
    #[must_use]
    pub fn one_at_a_time(mut self) -> Self {
        self.turns = Some(Turns::default());
        self
    }

    /// Whether something is at this path.
    pub fn has(&self, path: &str) -> bool {
        PATHS.contains(&path)
    }

    /// The whole answer, with the body for HEAD as well, which a server leaves
    /// out. To draw takes a while, a second with many series.
    pub fn answer(&self, request: &Parts) -> Response<Bytes> {
        if let Some((status, advice)) = self.hosts.refusal(request) {
            return answer(status, TEXT, advice);
        }
        if !matches!(request.method, Method::GET | Method::HEAD) {
            let mut refused =
                answer(StatusCode::METHOD_NOT_ALLOWED, TEXT, "here is only to be read\n");
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refused;
        }
        match request.uri.path() {
            "/style.css" => return answer(StatusCode::OK, "text/css; charset=utf-8", html::STYLE),
            "/script.js" => {
                return answer(StatusCode::OK, "text/javascript; charset=utf-8", html::SCRIPT);
            }
            _ => {}
        }
        let asked = match Asked::of(request.uri.query().unwrap_or_default()) {
            Ok(asked) => asked,
            Err(error) => return wrong(StatusCode::BAD_REQUEST, format_args!("failed to {error}")),
        };
        match request.uri.path() {
            "/" => self.page(request, &asked.address),
            "/alert" => self.alert(&asked),
            "/panel.csv" | "/panel.json" | "/panel.promql" => {
                self.panel(request.uri.path(), &asked)
            }
            _ => wrong(StatusCode::NOT_FOUND, "here is nothing; the live page is at /"),
        }
    }

    /// Waits until it may be drawn.
    fn turn(&self) -> Result<Option<Turn<'_>>, Crowd> {
        self.turns.as_ref().map(|turns| turns.wait().ok_or(Crowd)).transpose()
    }

    fn page(&self, request: &Parts, address: &Address) -> Response<Bytes> {
        if !self.bots.has_heard() {
            return early();
        }
        // The same address shows the same until there was another round.
        let tag = format!("\"{:x}-{}\"", self.began, self.bots.rounds());
        let known = request.headers.get(header::IF_NONE_MATCH);
        let mut told = if known.is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
            answer(StatusCode::NOT_MODIFIED, HTML, Bytes::new())
        } else {
            let uid = address.dashboard.as_deref();
            if let Some(uid) = uid.filter(|uid| !self.bots.dashboards().any(|it| it == *uid)) {
                let all: Vec<_> = self.bots.dashboards().collect();
                let all = all.join(", ");
                let why = format_args!("no dashboard is called {uid:?}; there are {all}");
                return wrong(StatusCode::NOT_FOUND, why);
            }
            let which = uid.or_else(|| self.bots.first_dashboard());
            let Ok(_turn) = self.turn() else { return crowded() };
            let page = self.bots.page(address, which.map_or(Which::All, Which::One));
            answer(StatusCode::OK, HTML, html::page(&page, html::Form::Served(address)))
        };
        if let Ok(tag) = HeaderValue::try_from(tag) {
            told.headers_mut().insert(header::ETAG, tag);
        }
        told
    }

    fn alert(&self, asked: &Asked) -> Response<Bytes> {
        let name = asked.name.as_deref().unwrap_or_default();
        let Ok(_turn) = self.turn() else { return crowded() };
        match self.bots.stage(name) {
            Some(stage) => {
                let form = html::Form::Served(&asked.address);
                answer(StatusCode::OK, HTML, html::stage(&stage, form))
            }
            None => wrong(StatusCode::NOT_FOUND, format_args!("no alert is called {name:?}")),
        }
    }

    fn panel(&self, path: &str, asked: &Asked) -> Response<Bytes> {
        let place = asked.panel.as_deref().unwrap_or_default();
        let nothing = || {
            let why = format_args!("no panel is at {place:?}; take the link of a page");
            wrong(StatusCode::NOT_FOUND, why)
        };
        if path == "/panel.promql" {
            let query = self.bots.promql(&asked.address, place);
            return query.map_or_else(nothing, |query| answer(StatusCode::OK, TEXT, query));
        }
        let Ok(_turn) = self.turn() else { return crowded() };
        let Some(drawn) = self.bots.picture(&asked.address, place) else { return nothing() };
        let clock = drawn.frame.clock;
        if path == "/panel.csv" {
            let text = csv(&drawn.picture, clock);
            let mut told = answer(StatusCode::OK, "text/csv; charset=utf-8", text);
            // Places of panels are letters, digits and dashes.
            let file = format!("attachment; filename=\"{place}.csv\"");
            if let Ok(file) = HeaderValue::try_from(file) {
                told.headers_mut().insert(header::CONTENT_DISPOSITION, file);
            }
            return told;
        }
        let readout = Readout::of(&drawn.picture, &drawn.panel.show, clock);
        match serde_json::to_string(&readout) {
            Ok(text) => answer(StatusCode::OK, "application/json", text),
            Err(_) => broken(),
        }
    }
}

/// Too many wait already.
#[derive(Debug)]
struct Crowd;

/// What the query string of a request says.
#[derive(Debug)]
struct Asked {
    address: Address,
    panel: Option<String>,
    name: Option<String>,
}

impl Asked {
    fn of(query: &str) -> Result<Self, botmeter_view::BadAddress> {
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

/// The answer before there is anything to draw, which asks again by itself.
fn early() -> Response<Bytes> {
    let mut early = wrong(
        StatusCode::SERVICE_UNAVAILABLE,
        "nothing was read yet; the first reading is on its way, so look again in a second",
    );
    for name in [header::RETRY_AFTER, header::REFRESH] {
        early.headers_mut().insert(name, HeaderValue::from_static("1"));
    }
    early
}

/// The answer to those whom the others leave no time for.
fn crowded() -> Response<Bytes> {
    wrong(
        StatusCode::SERVICE_UNAVAILABLE,
        "too many ask for this page at once; ask again in a moment",
    )
}

/// Something that could not be answered because of a mistake here.
pub fn broken() -> Response<Bytes> {
    wrong(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be drawn, which is a bug")
}

fn wrong(status: StatusCode, why: impl Display) -> Response<Bytes> {
    answer(status, TEXT, format!("{why}\n"))
}

fn answer(status: StatusCode, kind: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut answer = Response::new(body.into());
    *answer.status_mut() = status;
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, html::CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in headers {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests;
