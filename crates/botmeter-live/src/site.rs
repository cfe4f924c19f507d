//! From a request to an answer.

use std::{
    ops::ControlFlow::{self, Break, Continue},
    sync::Arc,
};

use botmeter_board::{Dashboard, Panel};
use botmeter_core::wall;
use botmeter_view::{Address, Readout, Which, anchor, csv, html};
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header, request::Parts};

use crate::{
    answers::{HTML, TEXT, answer, broken, crowded, unwanted},
    bots::Bots,
    hosts::Hosts,
    order::{self, As, Order, PATHS, What},
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

impl Site {
    /// What was heard of these bots, under these names.
    pub fn new(bots: Arc<Bots>, hosts: Hosts) -> Self {
        Self { bots, hosts, turns: None, began: wall::nanos() }
    }

    /// Draws one page at a time, for a program that is there for something
    /// else; where 32 wait for it, the answer is 503. What is not drawn, such
    /// as styles, a page that has not changed, and what there is not, waits for
    /// nobody.
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
        self.answer_while(request, &|| true)
    }

    /// The same for somebody who may leave while others have their turn: then
    /// nothing is drawn.
    pub fn answer_while(&self, request: &Parts, is_wanted: &dyn Fn() -> bool) -> Response<Bytes> {
        match self.order(request).map_continue(|order| self.draw(order, is_wanted)) {
            Break(answer) | Continue(answer) => answer,
        }
    }

    /// The answer, if nothing has to be drawn for it: it takes no time, and
    /// waits for nobody.
    pub fn at_once(&self, request: &Parts) -> Option<Response<Bytes>> {
        self.order(request).break_value()
    }

    fn order(&self, request: &Parts) -> ControlFlow<Response<Bytes>, Order<'_>> {
        match self.hosts.refusal(request) {
            Some((status, advice)) => Break(answer(status, TEXT, advice)),
            None => order::of(&self.bots, self.began, request),
        }
    }

    fn draw(&self, order: Order<'_>, is_wanted: &dyn Fn() -> bool) -> Response<Bytes> {
        let Order { address, what } = order;
        if let What::Panel(As::PromQl, dashboard, panel) = what {
            let query = self.bots.promql_of(&address, dashboard, panel);
            return answer(StatusCode::OK, TEXT, query);
        }
        let _turn = match self.turn(is_wanted) {
            Continue(turn) => turn,
            Break(answer) => return answer,
        };
        match what {
            What::Page(which, tag) => order::tagged(self.page(&address, which), tag),
            What::Alert(name) => self.alert(&address, &name),
            What::Panel(form, dashboard, panel) => self.panel(&address, form, dashboard, panel),
        }
    }

    /// Waits until it may be drawn.
    fn turn(&self, is_wanted: &dyn Fn() -> bool) -> ControlFlow<Response<Bytes>, Option<Turn<'_>>> {
        let turn = match &self.turns {
            Some(turns) => match turns.wait() {
                Some(turn) => Some(turn),
                None => return Break(crowded()),
            },
            None => None,
        };
        if is_wanted() { Continue(turn) } else { Break(unwanted()) }
    }

    fn page(&self, address: &Address, which: Which<'_>) -> Response<Bytes> {
        let page = self.bots.page(address, which);
        answer(StatusCode::OK, HTML, html::page(&page, html::Form::Served(address)))
    }

    fn alert(&self, address: &Address, name: &str) -> Response<Bytes> {
        match self.bots.stage(name) {
            Some(stage) => {
                let form = html::Form::Served(address);
                answer(StatusCode::OK, HTML, html::stage(&stage, form))
            }
            None => order::no_alert(name),
        }
    }

    fn panel(
        &self,
        address: &Address,
        form: As,
        dashboard: &Dashboard,
        panel: &Panel,
    ) -> Response<Bytes> {
        let (picture, clock) = self.bots.picture(address, dashboard, panel);
        if form == As::Csv {
            let text = csv(&picture, clock);
            let mut told = answer(StatusCode::OK, "text/csv; charset=utf-8", text);
            // Places of panels are letters, digits and dashes.
            let place = anchor(&dashboard.uid, &panel.title);
            let file = format!("attachment; filename=\"{place}.csv\"");
            if let Ok(file) = HeaderValue::try_from(file) {
                told.headers_mut().insert(header::CONTENT_DISPOSITION, file);
            }
            return told;
        }
        let readout = Readout::of(&picture, &panel.show, clock);
        match serde_json::to_string(&readout) {
            Ok(text) => answer(StatusCode::OK, "application/json", text),
            Err(_) => broken(),
        }
    }
}

#[cfg(test)]
mod tests;
