//! Queries in words of PromQL: they ask for what they declare, and for nothing
//! else.

use std::collections::BTreeSet;

use botmeter_board::{Expr, Foreign, Growth, Scope};
use promql_parser::{
    label::Matchers,
    parser::{self, Call, Expr as Parsed},
    util::{ExprVisitor, walk_expr},
};

use crate::{
    Catalogue, Fleet, Problem,
    promql::{Place, render},
};

/// What is put into the words.
const WORDS: [&str; 5] = ["bots", "fleet", "by", "window", "shown"];

/// Functions over a range that are for what only grows.
const OF_GROWTH: [&str; 4] = ["rate", "increase", "irate", "resets"];

/// Functions over a range that do not look at how high values are.
const OF_ANYTHING: [&str; 4] =
    ["changes", "count_over_time", "present_over_time", "absent_over_time"];

/// The raw queries of panels, and that nothing else has one.
pub(super) fn queries(catalogue: &Catalogue, fleet: &Fleet) -> Vec<Problem> {
    let mut problems = Vec::new();
    for board in catalogue.entries.iter().map(|entry| &entry.board) {
        for dashboard in &board.dashboards {
            for panel in dashboard.rows.iter().flat_map(|row| &row.panels) {
                let place = format!("dashboard {} panel {:?}", dashboard.uid, panel.title);
                for expr in panel.lines.iter().flat_map(|line| line.expr.walk()) {
                    let found = objections(expr, panel.scope, fleet).into_iter();
                    problems.extend(found.map(|what| Problem::new(&place, what)));
                }
            }
        }
        let alerts = board.alerts.iter().map(|of| (format!("alert {}", of.name), &of.when.expr));
        let records =
            board.recordings.iter().map(|of| (format!("recording {}", of.name), &of.expr));
        for (place, expr) in alerts.chain(records) {
            if expr.walk().iter().any(|expr| matches!(expr, Expr::Raw { .. })) {
                let what = "has a raw query, which is for panels; write a rule of your own";
                problems.push(Problem::new(place, what));
            }
        }
    }
    problems
}

fn objections(expr: &Expr, scope: Scope, fleet: &Fleet) -> Vec<String> {
    let Expr::Raw { text, by, of } = expr else { return Vec::new() };
    let mut problems = Vec::new();
    let words = text.split('$').skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        &rest[..end.unwrap_or(rest.len())]
    });
    for word in words.filter(|word| !WORDS.contains(word)) {
        problems.push(format!("the raw query has ${word}; there are ${}", WORDS.join(", $")));
    }
    if !by.is_empty() && !text.contains("$by") {
        problems.push("the raw query has labels and no $by, which groups by them".to_owned());
    }
    // Variables of Grafana's do not parse where a duration is wanted.
    let spelt = render(expr, Place::Panel { scope, variables: &[] }, fleet);
    let spelt = spelt.replace("$__rate_interval", "1m").replace("$__range", "1m");
    let mut seen = Seen { fleet, of, names: BTreeSet::new(), problems: Vec::new() };
    match parser::parse(&spelt) {
        Ok(parsed) => {
            let Ok(_) = walk_expr(&mut seen, &parsed);
            for foreign in of.iter().filter(|foreign| !seen.names.contains(&*foreign.name)) {
                let name = &foreign.name;
                seen.problems
                    .push(format!("declares {name}, which the raw query does not ask for"));
            }
        }
        Err(error) => problems.push(format!("the raw query does not parse: {error}: {spelt}")),
    }
    problems.extend(seen.problems);
    problems
}

struct Seen<'a> {
    fleet: &'a Fleet,
    of: &'a [Foreign],
    names: BTreeSet<String>,
    problems: Vec<String>,
}

impl Seen<'_> {
    fn select(&mut self, name: Option<&String>, matchers: &Matchers) -> Option<Growth> {
        let Some(name) = name else {
            self.problems.push("the raw query selects series without a name".to_owned());
            return None;
        };
        let Some(foreign) = self.of.iter().find(|foreign| foreign.name == *name) else {
            self.problems.push(format!("the raw query asks for {name}, which it does not declare"));
            return None;
        };
        self.names.insert(name.clone());
        for matcher in matchers.matchers.iter().chain(matchers.or_matchers.iter().flatten()) {
            let key = matcher.name.as_str();
            let mut put_in = ["job", "instance"].into_iter().chain(self.fleet.keys());
            if !put_in.any(|put_in| put_in == key) && !foreign.labels().any(|own| own == key) {
                self.problems.push(format!("selects {name} by {key}, which it does not declare"));
            }
        }
        Some(foreign.growth)
    }

    fn call(&mut self, call: &Call) {
        for arg in &call.args.args {
            let Parsed::MatrixSelector(matrix) = &**arg else { continue };
            let of = matrix.vs.name.as_deref().unwrap_or_default();
            let Some(foreign) = self.of.iter().find(|foreign| foreign.name == of) else { continue };
            let function = call.func.name;
            let is_of = |functions: &[&str]| functions.contains(&function);
            let why = match foreign.growth {
                Growth::AlsoFalls if is_of(&OF_GROWTH) => "which also falls",
                Growth::OnlyGrows if !is_of(&OF_GROWTH) && !is_of(&OF_ANYTHING) => {
                    "which only grows; take rate or increase of it"
                }
                _ => continue,
            };
            self.problems.push(format!("calls {function} on {of}, {why}"));
        }
    }
}

impl ExprVisitor for Seen<'_> {
    type Error = std::convert::Infallible;

    fn pre_visit(&mut self, expr: &Parsed) -> Result<bool, Self::Error> {
        match expr {
            Parsed::VectorSelector(vector) => {
                let growth = self.select(vector.name.as_ref(), &vector.matchers);
                if growth == Some(Growth::OnlyGrows) {
                    self.problems.push(format!("asks for the plain value of a counter: {vector}"));
                }
            }
            Parsed::MatrixSelector(matrix) => {
                self.select(matrix.vs.name.as_ref(), &matrix.vs.matchers);
            }
            Parsed::Call(call) => self.call(call),
            _ => {}
        }
        Ok(true)
    }
}
