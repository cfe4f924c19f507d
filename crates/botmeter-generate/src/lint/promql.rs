//! Whether a query asks for what exists, in a way that its kind allows.

mod buckets;

use std::{collections::BTreeSet, time::Duration};

use promql_parser::{
    label::{MatchOp, Matcher},
    parser::{
        self, AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, MatrixSelector, SubqueryExpr,
        VectorSelector,
    },
};

use crate::definitions::{Definition, Definitions, Nature, OF_ALERTS};

/// Where the query stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a panel, where every series is selected by job and instance.
    Panel,
    /// In a panel of whole jobs, where none is selected by instance.
    JobPanel,
    /// In a variable, which looks at names and not at values.
    Variable,
    /// In an annotation.
    Annotation,
    /// In a rule.
    Rule,
}

/// What a query comes to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checked {
    /// The keys of the result.
    pub(crate) labels: BTreeSet<String>,
    /// What is wrong, each as the end of a sentence.
    pub(crate) problems: Vec<String>,
}

/// Stands for `$__rate_interval`; nobody would write this by hand.
const RATE_INTERVAL: Duration = Duration::from_secs(257);

/// Checks one query.
pub(crate) fn check(expr: &str, definitions: &Definitions, place: Place) -> Checked {
    let mut checker = Checker { definitions, place, problems: Vec::new() };
    let filled = match place {
        Place::Rule if expr.contains("$__range") => {
            checker.object("looks back over what a dashboard shows; a rule says how far: `over`");
            expr.replace("$__range", "3607s")
        }
        Place::Rule => expr.to_owned(),
        _ => expr
            .replace("$__rate_interval", &format!("{}s", RATE_INTERVAL.as_secs()))
            .replace("$__range", "3607s"),
    };
    let labels = match parser::parse(&filled) {
        Ok(parsed) => checker.visit(&parsed),
        Err(error) => {
            checker.problems.push(format!("does not parse: {error}: {expr}"));
            None
        }
    };
    Checked { labels: labels.unwrap_or_default(), problems: checker.problems }
}

struct Checker<'a> {
    definitions: &'a Definitions,
    place: Place,
    problems: Vec<String>,
}

/// The labels of a result; nothing for a plain number.
type Labels = Option<BTreeSet<String>>;

impl Checker<'_> {
    fn object(&mut self, what: impl Into<String>) {
        self.problems.push(what.into());
    }

    fn visit(&mut self, expr: &Expr) -> Labels {
        match expr {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => None,
            Expr::Paren(paren) => self.visit(&paren.expr),
            Expr::Unary(unary) => self.visit(&unary.expr),
            Expr::VectorSelector(selector) => {
                let definition = self.selector(selector)?;
                let is_level = matches!(definition.nature, Nature::Level | Nature::Recorded);
                if !is_level && self.place != Place::Variable {
                    self.object(format!("asks for the plain value of a counter: {selector}"));
                }
                Some(definition.labels)
            }
            Expr::MatrixSelector(selector) => {
                self.object(format!("has a range outside of a function: {selector}"));
                None
            }
            Expr::Aggregate(aggregate) => self.aggregate(aggregate),
            Expr::Binary(binary) => self.binary(binary),
            Expr::Call(call) => self.call(call),
            Expr::Subquery(_) | Expr::Extension(_) => {
                self.object("has a subquery, which no board can ask for");
                None
            }
        }
    }

    fn selector(&mut self, selector: &VectorSelector) -> Option<Definition> {
        let Some(name) = &selector.name else {
            self.object(format!("selects series without a name: {selector}"));
            return None;
        };
        let Some(definition) = self.definitions.get(name).cloned() else {
            self.object(format!("asks for {name}, which nothing records"));
            return None;
        };
        if !selector.matchers.or_matchers.is_empty() {
            self.object(format!("selects by alternatives: {selector}"));
        }
        for matcher in &selector.matchers.matchers {
            if !definition.labels.contains(&matcher.name) {
                self.object(format!("selects {name} by {}, which it does not have", matcher.name));
            }
            if matcher.name == "instance" && self.place == Place::JobPanel {
                self.object(format!("selects {name} by instance, of which none can be chosen"));
            }
            if matcher.name == "le" {
                self.bound(name, &definition, matcher.op == MatchOp::Equal, &matcher.value);
            }
        }
        self.selected(name, selector, definition.nature == Nature::Recorded);
        Some(definition)
    }

    /// What the place wants every series to be selected by.
    fn selected(&mut self, name: &str, selector: &VectorSelector, is_recorded: bool) {
        let matchers = &selector.matchers.matchers;
        let fleet = &self.definitions.fleet;
        let mut missing = Vec::new();
        for (key, value) in &fleet.selected {
            let is_wanted =
                |of: &Matcher| of.name == *key && of.op == MatchOp::Equal && of.value == *value;
            if !matchers.iter().any(is_wanted) {
                missing.push(format!("{key}={value:?}"));
            }
        }
        let mut followed: Vec<&str> = Vec::new();
        if matches!(self.place, Place::Panel | Place::JobPanel | Place::Annotation) {
            followed.extend(fleet.labels.iter().map(String::as_str));
        }
        if matches!(self.place, Place::Panel | Place::JobPanel) {
            followed.push("job");
            // Alerts watch jobs as a whole, so their series have no instance,
            // as what rules record has none.
            let is_of_jobs = is_recorded || OF_ALERTS.contains(&name);
            if self.place == Place::Panel && !is_of_jobs {
                followed.push("instance");
            }
        }
        for key in followed {
            let wanted = format!("{key}=~\"${key}\"");
            if !matchers.iter().any(|of| of.to_string() == wanted) {
                missing.push(wanted);
            }
        }
        for wanted in missing {
            self.object(format!("does not select {name} by {wanted}"));
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateExpr) -> Labels {
        let inner = self.visit(&aggregate.expr)?;
        let op = aggregate.op.to_string();
        if op == "topk" {
            return Some(inner);
        }
        if !["sum", "max", "min", "count"].contains(&op.as_str()) {
            self.object(format!("aggregates by {op}, which no board can ask for"));
        }
        let by = match &aggregate.modifier {
            None => BTreeSet::new(),
            Some(LabelModifier::Include(labels)) => labels.labels.iter().cloned().collect(),
            Some(LabelModifier::Exclude(_)) => {
                self.object("groups by what is left, which changes when labels are added");
                return None;
            }
        };
        for label in by.difference(&inner) {
            self.object(format!("groups by {label}, which is not there: {}", aggregate.expr));
        }
        Some(by)
    }

    fn binary(&mut self, binary: &BinaryExpr) -> Labels {
        let (left, right) = (self.visit(&binary.lhs), self.visit(&binary.rhs));
        let (Some(left), Some(right)) = (&left, &right) else { return left.or(right) };
        let matching = binary.modifier.as_ref().and_then(|modifier| modifier.matching.as_ref());
        match matching {
            None if left != right => {
                self.object(format!(
                    "pairs series that have {left:?} with series that have {right:?}: {binary}"
                ));
            }
            Some(LabelModifier::Include(on)) => {
                for label in &on.labels {
                    if !left.contains(label) || !right.contains(label) {
                        self.object(format!("pairs by {label}, which one side does not have"));
                    }
                }
                for key in self.definitions.fleet.keys() {
                    if left.contains(key) && !on.labels.iter().any(|label| label == key) {
                        self.object(format!("pairs across all values of {key}"));
                    }
                }
            }
            Some(LabelModifier::Exclude(_)) => {
                self.object("pairs by what is left, which changes when labels are added");
            }
            None => {}
        }
        Some(left.clone())
    }

    fn call(&mut self, call: &Call) -> Labels {
        let args = &call.args.args;
        match call.func.name {
            "time" => None,
            "vector" => {
                for arg in args {
                    self.visit(arg);
                }
                Some(BTreeSet::new())
            }
            // Puts another value into a label that there is.
            "label_replace" => args.first().and_then(|of| self.visit(of)),
            "rate" | "increase" => self.over(call, true),
            "last_over_time" | "max_over_time" | "min_over_time" | "changes" | "predict_linear"
            | "sum_over_time" => self.over(call, false),
            "histogram_quantile" => {
                let [_, of] = args.as_slice() else { return None };
                self.quantile(of)
            }
            other => {
                self.object(format!("calls {other}, which no board can ask for"));
                None
            }
        }
    }

    /// A function over a range: growth is for counters, the rest for levels.
    fn over(&mut self, call: &Call, is_growth: bool) -> Labels {
        let name = call.func.name;
        let (vs, range) = match call.args.args.first().map(|arg| &**arg) {
            Some(Expr::MatrixSelector(MatrixSelector { vs, range })) => (vs, range),
            // One sample of each step, of what a rule keeps.
            Some(Expr::Subquery(SubqueryExpr { expr, range, step: Some(_), .. }))
                if name == "sum_over_time" && matches!(**expr, Expr::VectorSelector(_)) =>
            {
                let Expr::VectorSelector(vs) = &**expr else { return None };
                (vs, range)
            }
            _ => {
                self.object(format!("calls {name} on something that is no range"));
                return None;
            }
        };
        let definition = self.selector(vs)?;
        let grows = matches!(definition.nature, Nature::Counter | Nature::Buckets(_));
        if grows != is_growth {
            let what = if grows { "only grows" } else { "also falls" };
            self.object(format!("calls {name} on something that {what}: {vs}"));
        }
        if name == "sum_over_time" && definition.nature != Nature::Recorded {
            self.object(format!("adds up over time what no rule records: {vs}"));
        }
        let is_panel = matches!(self.place, Place::Panel | Place::JobPanel);
        if is_panel && name == "rate" && *range != RATE_INTERVAL {
            self.object("takes a rate over a fixed time instead of $__rate_interval");
        }
        Some(definition.labels)
    }
}

#[cfg(test)]
#[expect(clippy::needless_raw_string_hashes, reason = "this is how expect-test writes texts")]
mod tests;
