//! Spelling queries out in PromQL: for files that are generated, and for
//! people who copy the query of a picture.

mod fleet;
mod recorded;
mod texts;

use std::time::Duration;

use botmeter_core::label::LabelInfo;

use self::texts::{ago, among, matcher, sign, word};
pub use self::{
    fleet::Fleet,
    recorded::{Kept, kept},
    texts::{braced, quoted},
};
use crate::{
    Expr, Fold, Function, Part, Sample, Scope, Selection, Variable, Window, spelt as duration,
};

/// Of alerts, those that are not only about to fire.
const FIRING: &str = r#"alertstate="firing""#;

/// What rules take rates over, where nobody said it.
const RULE_WINDOW: Duration = Duration::from_mins(5);

/// Where a query stands, which decides what it selects and groups by.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// A panel follows what is chosen on its dashboard.
    Panel {
        /// What one line stands for.
        scope: Scope,
        /// What can be chosen beside job and instance.
        variables: &'a [Variable],
    },
    /// The same where jobs are shown as a whole: no instance can be chosen, and
    /// what rules can [keep](kept) is not added up anew.
    Recorded {
        /// What one line stands for.
        scope: Scope,
        /// What can be chosen beside the job.
        variables: &'a [Variable],
    },
    /// The same, with what is chosen instead of the dashboard's variables.
    Asked(&'a Asked<'a>),
    /// A rule looks at all jobs, each by itself.
    Rule,
}

/// How a panel's query is asked of Prometheus itself, which knows no variables
/// of dashboards.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What one line of the panel stands for.
    pub scope: Scope,
    /// What can be chosen beside job and instance.
    pub variables: &'a [Variable],
    /// What is chosen: keys of labels and their values. Where a key has none,
    /// all are.
    pub chosen: &'a [(&'a str, &'a str)],
    /// The time that rates are taken over.
    pub rate_interval: Duration,
    /// All of the time that is shown.
    pub shown: Duration,
}

/// The query of a panel as PromQL that can be asked anywhere.
///
/// ```
/// use std::time::Duration;
///
/// use botmeter_board::{
///     Panel, Scope, Show,
///     promql::{Asked, of_panel},
///     rate,
/// };
/// use botmeter_core::{Counter, Instrument, Unit};
///
/// static SENT: Instrument<Counter, ()> =
///     Instrument::counter("mail.sent", Unit::of("{mail}"), "Mails that were sent.");
///
/// let panel = Panel::stat("Mails", "Mails sent.", Show::PerSecond).draw(rate(&SENT).all());
/// let asked = Asked {
///     scope: Scope::Fleet,
///     variables: &[],
///     chosen: &[("job", "a"), ("job", "b.c")],
///     rate_interval: Duration::from_mins(1),
///     shown: Duration::from_mins(15),
/// };
/// let text = of_panel(&panel.lines[0].expr, &asked);
/// assert_eq!(text, r#"sum(rate(mail_sent_total{job=~"a|b\\.c"}[1m]))"#);
/// ```
pub fn of_panel(expr: &Expr, asked: &Asked<'_>) -> String {
    render(expr, Place::Asked(asked), &Fleet::default())
}

/// The query as PromQL, among these bots.
pub fn render(expr: &Expr, place: Place<'_>, fleet: &Fleet) -> String {
    Speller::new(place, fleet).spell(expr).0
}

/// The labels beside a query's own that set its results apart.
pub fn scope(place: Place<'_>, fleet: &Fleet) -> Vec<String> {
    Speller::new(place, fleet).scope()
}

/// How tightly an operator binds, the loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bond {
    Or,
    And,
    Compare,
    Sum,
    Product,
    Atom,
}

/// A place, and the bots that are asked for there.
#[derive(Clone, Copy)]
struct Speller<'a> {
    place: Place<'a>,
    fleet: &'a Fleet,
    /// Whether it makes no difference if all numbers are so many times larger.
    is_share: bool,
}

impl<'a> Speller<'a> {
    fn new(place: Place<'a>, fleet: &'a Fleet) -> Self {
        Self { place, fleet, is_share: false }
    }

    fn spell(self, expr: &Expr) -> (String, Bond) {
        match expr {
            Expr::Fold { fold, by, of } => {
                (self.grouped(word(*fold), None, by, &self.sample(*fold, by, of)), Bond::Atom)
            }
            // Without an observation, the quantile is NaN, which compares with
            // nothing; a gap is what that should look like.
            Expr::Quantile { .. } => (format!("{} >= 0", self.quantile(expr)), Bond::Compare),
            Expr::Heat { of } => {
                (self.grouped("sum", Some("le"), &[], &self.sample(Fold::Sum, &[], of)), Bond::Atom)
            }
            Expr::Since(of) => {
                (format!("time() - {}", self.at_least(of, Bond::Product)), Bond::Sum)
            }
            Expr::Vanished { by, of, remembered, silent } => {
                let series = self.selection(of);
                let seen = |within: Duration| {
                    let last = format!("last_over_time({series}[{}])", duration(within));
                    self.grouped("count", None, by, &last)
                };
                (format!("{} unless {}", seen(*remembered), seen(*silent)), Bond::And)
            }
            Expr::Recent { by, of, within } => {
                let (series, window) = (self.selection(of), duration(*within));
                let recent =
                    format!("last_over_time({series}[{window}]) > time() - {}", within.as_secs());
                (self.grouped("count", None, by, &recent), Bond::Atom)
            }
            Expr::Recorded { name, offset, .. } => {
                let own: Vec<_> = self.fleet.matchers().collect();
                (format!("{name}{}{}", braced(&own), ago(*offset)), Bond::Atom)
            }
            Expr::Tallied { name, by, over, step } => {
                // Rules look at jobs as a whole, so what they record has no
                // instance, and nothing else that could be chosen.
                let series = format!("{name}{}", braced(&self.chosen(&["job"])));
                let (over, step) = (duration(*over), duration(*step));
                let tally = format!("sum_over_time({series}[{over}:{step}])");
                (self.grouped("sum", None, by, &tally), Bond::Atom)
            }
            Expr::Raw { text, by, .. } => (self.filled(text, by), Bond::Or),
            Expr::Firing { severity } => {
                let severity = format!("severity={}", quoted(severity.as_str()));
                let series = self.alerts("ALERTS", &[FIRING, &severity]);
                (self.grouped("count", None, &[], &series), Bond::Atom)
            }
            Expr::Alerts => {
                (self.of_each_alert("max", &self.alerts("ALERTS", &[FIRING])), Bond::Atom)
            }
            Expr::AlertAges => {
                let since = self.of_each_alert("min", &self.alerts("ALERTS_FOR_STATE", &[]));
                (format!("time() - {since}"), Bond::Sum)
            }
            Expr::Number(number) => (number.to_string(), Bond::Atom),
            Expr::Add(a, b) => (self.join(a, "+", b, Bond::Sum), Bond::Sum),
            Expr::Subtract(a, b) => (self.join(a, "-", b, Bond::Sum), Bond::Sum),
            Expr::Multiply(a, b) => (self.join(a, "*", b, Bond::Product), Bond::Product),
            Expr::Divide(a, b) => (self.within(expr).divide(a, b), Bond::Product),
            Expr::OrZero(a, b) => {
                let (part, like) = (self.at_least(a, Bond::And), self.at_least(b, Bond::Atom));
                (format!("{part} or 0 * {like}"), Bond::Or)
            }
            Expr::Top { count, of } => (format!("topk({count}, {})", self.spell(of).0), Bond::Atom),
            Expr::Compare(a, comparison, b) => {
                let left = match **a {
                    // The comparison drops NaN by itself.
                    Expr::Quantile { .. } => self.quantile(a),
                    _ => self.at_least(a, Bond::Sum),
                };
                let right = self.at_least(b, Bond::Sum);
                (format!("{left} {} {right}", sign(*comparison)), Bond::Compare)
            }
            Expr::And(a, b) => (self.conjunction(a, "and", b), Bond::And),
            Expr::AndJob(a, b) => {
                let keys: Vec<_> = self.fleet.keys().chain(["job"]).collect();
                (self.conjunction(a, &format!("and on ({})", keys.join(", ")), b), Bond::And)
            }
            Expr::Unless(a, b) => (self.conjunction(a, "unless", b), Bond::And),
        }
    }

    /// The series of alerts of the selected jobs that are narrowed so: they
    /// are by job and have no instance.
    fn alerts(self, name: &str, narrowed: &[&str]) -> String {
        let mut matchers: Vec<_> = narrowed.iter().map(|&matcher| matcher.to_owned()).collect();
        matchers.extend(self.chosen(&["job"]));
        format!("{name}{}", braced(&matchers))
    }

    /// One for each name and severity.
    fn of_each_alert(self, fold: &str, series: &str) -> String {
        let mut keys = self.scope();
        keys.extend(["alertname", "severity"].map(str::to_owned));
        format!("{fold} by ({}) ({series})", keys.join(", "))
    }

    /// The words with what depends on the place.
    fn filled(self, text: &str, by: &[LabelInfo]) -> String {
        let mut keys = self.scope();
        keys.extend(by.iter().map(|label| label.key().to_owned()));
        let fills = [
            ("$bots", self.chosen(&["job", "instance"]).join(", ")),
            ("$fleet", self.chosen(&[]).join(", ")),
            ("$by", keys.join(", ")),
            ("$window", self.window(Window::Auto)),
            ("$shown", self.window(Window::Shown)),
        ];
        // In two steps, because what is put in has words behind `$` of its own.
        let marked = fills.iter().enumerate().fold(text.to_owned(), |text, (at, (word, _))| {
            text.replace(word, &format!("\u{0}{at}\u{0}"))
        });
        fills.iter().enumerate().fold(marked, |text, (at, (_, fill))| {
            let mark = format!("\u{0}{at}\u{0}");
            let mut parts = text.split(&mark);
            let first = parts.next().unwrap_or_default().to_owned();
            parts.fold(first, |before, after| {
                // Nothing is followed by no comma.
                let comma = after.trim_start().strip_prefix(',').filter(|_| fill.is_empty());
                before + fill + comma.map_or(after, str::trim_start)
            })
        })
    }

    /// What these bots have in common, and what is chosen of these labels.
    fn chosen(self, keys: &[&str]) -> Vec<String> {
        let mut matchers: Vec<_> = self.fleet.matchers().collect();
        let apart = self.fleet.labels.iter().map(String::as_str);
        let keys = apart.chain(keys.iter().copied());
        match self.place {
            Place::Panel { .. } => matchers.extend(keys.map(follows)),
            Place::Recorded { .. } => {
                matchers.extend(keys.filter(|key| *key != "instance").map(follows));
            }
            Place::Asked(asked) => matchers.extend(keys.filter_map(|key| asked.matcher(key))),
            Place::Rule => {}
        }
        matchers
    }

    /// The expression, in parentheses if it binds more loosely than asked.
    fn at_least(self, expr: &Expr, bond: Bond) -> String {
        let (text, own) = self.spell(expr);
        if own < bond { format!("({text})") } else { text }
    }

    /// Operators of one strength are read from the left, so the right side has
    /// to bind more tightly.
    fn join(self, a: &Expr, operator: &str, b: &Expr, bond: Bond) -> String {
        let tighter = if bond == Bond::Sum { Bond::Product } else { Bond::Atom };
        format!("{} {operator} {}", self.at_least(a, bond), self.at_least(b, tighter))
    }

    fn divide(self, a: &Expr, b: &Expr) -> String {
        let dividend = self.at_least(a, Bond::Product);
        match b {
            Expr::Number(number) => format!("{dividend} / {number}"),
            _ => format!("{dividend} / ({} > 0)", self.at_least(b, Bond::Sum)),
        }
    }

    fn conjunction(self, a: &Expr, operator: &str, b: &Expr) -> String {
        let (left, right) = (self.at_least(a, Bond::And), self.at_least(b, Bond::Compare));
        // Rules are read by people, and may be long.
        let space = if matches!(self.place, Place::Rule) { '\n' } else { ' ' };
        format!("{left}{space}{operator} {right}")
    }

    fn quantile(self, expr: &Expr) -> String {
        let Expr::Quantile { quantile, by, of } = expr else { return self.spell(expr).0 };
        let sample = self.within(expr).sample(Fold::Sum, by, of);
        let buckets = self.grouped("sum", Some("le"), by, &sample);
        format!("histogram_quantile({quantile}, {buckets})")
    }

    /// An aggregation by the place's own labels, these, and the bucket bound if
    /// there is one.
    fn grouped(self, word: &str, bound: Option<&str>, by: &[LabelInfo], of: &str) -> String {
        let mut keys: Vec<String> = bound.map(str::to_owned).into_iter().collect();
        keys.extend(self.scope());
        keys.extend(by.iter().map(|label| label.key().to_owned()));
        if keys.is_empty() {
            format!("{word}({of})")
        } else {
            format!("{word} by ({}) ({of})", keys.join(", "))
        }
    }

    fn scope(self) -> Vec<String> {
        let (of_fleet, of_scope) = match self.place {
            Place::Panel { scope, .. } | Place::Recorded { scope, .. } => {
                (self.fleet.labels.as_slice(), scope)
            }
            Place::Asked(asked) => (self.fleet.labels.as_slice(), asked.scope),
            // What a rule gives is asked for by what all of its bots have, too.
            Place::Rule => return self.fleet.keys().chain(["job"]).map(str::to_owned).collect(),
        };
        let keys = keys_of(of_scope);
        // All as one is all of them, wherever they are.
        let of_fleet = if keys.is_empty() { &[] } else { of_fleet };
        of_fleet.iter().cloned().chain(keys.iter().map(|key| (*key).to_owned())).collect()
    }

    /// What is taken of series before they are grouped, kept by a rule or not.
    fn sample(self, fold: Fold, by: &[LabelInfo], of: &Sample) -> String {
        self.recorded(fold, by, of).unwrap_or_else(|| self.raw(of))
    }

    fn raw(self, sample: &Sample) -> String {
        let series = self.selection(&sample.selection);
        let ago = ago(sample.offset);
        let function = match sample.function {
            Function::Value => return format!("{series}{ago}"),
            Function::Rate => "rate",
            Function::Increase => "increase",
            Function::Last => "last_over_time",
            Function::Highest => "max_over_time",
            Function::Lowest => "min_over_time",
            Function::Changes => "changes",
            Function::Forecast(ahead) => {
                let window = self.window(sample.window);
                return format!("predict_linear({series}[{window}]{ago}, {})", ahead.as_secs());
            }
        };
        format!("{function}({series}[{}]{ago})", self.window(sample.window))
    }

    fn window(self, window: Window) -> String {
        match (window, self.place) {
            (Window::Of(of), _) => duration(of),
            (Window::Auto, Place::Rule) => duration(RULE_WINDOW),
            (Window::Auto, Place::Panel { .. } | Place::Recorded { .. }) => {
                "$__rate_interval".to_owned()
            }
            (Window::Auto, Place::Asked(asked)) => duration(asked.rate_interval),
            (Window::Shown, Place::Asked(asked)) => duration(asked.shown),
            // In a rule, this does not parse, which is what is wrong with it.
            (Window::Shown, _) => "$__range".to_owned(),
        }
    }

    fn selection(self, selection: &Selection) -> String {
        selection.series_name() + &self.matchers(selection)
    }

    /// What is chosen of the series, in braces.
    fn matchers(self, selection: &Selection) -> String {
        let own = self.choosable(selection);
        let keys: Vec<_> = ["job", "instance"].into_iter().chain(own).collect();
        let mut matchers = self.chosen(&keys);
        matchers.extend(selection.matchers.iter().map(matcher));
        if let Part::Bucket(bound) = selection.part {
            matchers.push(format!("le=\"{bound}\""));
        }
        braced(&matchers)
    }

    /// The labels of the series that can be chosen on the dashboard.
    fn choosable(self, selection: &Selection) -> impl Iterator<Item = &'static str> {
        let variables = match self.place {
            Place::Panel { variables, .. } | Place::Recorded { variables, .. } => variables,
            Place::Asked(asked) => asked.variables,
            Place::Rule => &[],
        };
        let labels = selection.instrument.labels();
        let own = variables.iter().map(|variable| &variable.label);
        own.filter(move |label| labels.contains(label)).map(LabelInfo::key)
    }
}

/// What follows the choice of a dashboard's variable.
fn follows(key: &str) -> String {
    format!("{key}=~\"${key}\"")
}

impl Asked<'_> {
    /// What is chosen of a label, if anything is.
    fn matcher(&self, key: &str) -> Option<String> {
        let pairs = self.chosen.iter().filter(|(chosen, _)| *chosen == key);
        let values: Vec<_> = pairs.map(|(_, value)| *value).collect();
        (!values.is_empty()).then(|| among(key, true, &values))
    }
}

fn keys_of(scope: Scope) -> &'static [&'static str] {
    match scope {
        Scope::Fleet => &[],
        Scope::Job => &["job"],
        Scope::Instance => &["job", "instance"],
    }
}
