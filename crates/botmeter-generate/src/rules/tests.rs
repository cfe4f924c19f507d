//! Unit tests of the rules, for `promtool test rules`.

mod places;
mod series;

use std::{borrow::Cow, time::Duration};

use botmeter_board::{
    Alert, Board, BurnWindow, EXAMPLE_JOB, Example, Feed, Line, Objective, filled, pace, spelt,
};
use botmeter_core::process::HEARTBEAT;

use self::places::Place;
use super::{Alerting, Rules, text};
use crate::{Fleet, Problem, promql, yaml::Yaml};

const MINUTE: Duration = Duration::from_mins(1);

/// After this time, there are whole hours that rules have recorded.
const WHOLE_HOURS: Duration = Duration::from_hours(2);

/// One test of one alert.
#[derive(Debug)]
struct Test<'a> {
    alert: &'a str,
    what: &'static str,
    feeds: Cow<'a, [Feed]>,
    /// When the alert is looked at, and what fires then.
    checks: Vec<(Duration, Vec<Yaml>)>,
    /// What queries answer, of panels that ask for what is recorded.
    answers: Vec<Yaml>,
    end: Duration,
    /// The step of samples and evaluations.
    pace: Duration,
}

/// The test files of one domain, by what their names end in.
pub(crate) fn files(
    rules: &Rules,
    board: &Board,
    fleet: &Fleet,
    problems: &mut Vec<Problem>,
) -> Vec<(&'static str, Yaml)> {
    let places = places::places(fleet);
    let mut tests = Vec::new();
    for alert in &board.alerts {
        let Some(rule) = rules.alerts().find(|rule| rule.name == alert.name) else { continue };
        tests.extend(of_alert(alert, rule, &places, problems));
    }
    for objective in &board.objectives {
        let alerts: Vec<_> = rules.alerts().filter(|rule| rule.name == objective.alert).collect();
        tests.extend(of_objective(objective, &alerts, &places, fleet, problems));
    }
    let (slow, quick): (Vec<_>, Vec<_>) = tests.into_iter().partition(|test| test.pace > MINUTE);
    let files = [("", quick), ("-slow", slow)];
    files
        .into_iter()
        .filter_map(|(suffix, tests)| {
            Some((suffix, file(rules, tests.first()?.pace, &tests, &places)))
        })
        .collect()
}

fn file(rules: &Rules, pace: Duration, tests: &[Test<'_>], places: &[Place]) -> Yaml {
    // promtool evaluates groups in any order otherwise, and an alert would see
    // what was recorded now or one step ago.
    let order = rules.groups.iter().map(|group| Yaml::text(&group.name)).collect();
    Yaml::map([
        ("rule_files", Yaml::List(vec![Yaml::text(format!("../{}.rules.yml", rules.domain))])),
        ("evaluation_interval", Yaml::text(spelt(pace))),
        ("group_eval_order", Yaml::List(order)),
        ("tests", Yaml::List(tests.iter().map(|test| test.yaml(places)).collect())),
    ])
}

/// It fires, it does not, and it is silent when there is nothing, and about a
/// program whose series have the same names by chance.
fn of_alert<'a>(
    alert: &'a Alert,
    rule: &Alerting,
    places: &[Place],
    problems: &mut Vec<Problem>,
) -> Vec<Test<'a>> {
    let of_it = format!("alert {}", alert.name);
    let firing = &alert.fires;
    if firing.keys != alert.when.labels && !firing.example.feeds.is_empty() {
        problems.push(Problem::new(
            &of_it,
            "the example fires for other labels than the condition has; take the same tuple",
        ));
    }
    for feed in firing.example.feeds.iter().chain(&alert.is_quiet.feeds) {
        problems.extend(series::objection(feed).map(|what| Problem::new(&of_it, what)));
    }
    let labels: Vec<_> = firing.labels.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let said = |text: &str, job: &str| {
        let fill = |word: &str| match word {
            "value" => Some(firing.shown.clone()),
            "job" => Some(job.to_owned()),
            key => labels.iter().find(|(known, _)| *known == key).map(|(_, v)| (*v).to_owned()),
        };
        // What is not known was complained of when the rule was made.
        filled(text, fill).unwrap_or_default()
    };
    let fired = fired(rule, places, &labels, |job| {
        (said(&alert.summary, job), said(&alert.description, job))
    });
    let (loud, quiet) = (&firing.example, &alert.is_quiet);
    let soon = alert.hold + 10 * MINUTE;
    let mut tests = vec![
        Test::new(&alert.name, "fires", &loud.feeds, vec![(loud.after, fired)]),
        Test::new(&alert.name, "does not fire", &quiet.feeds, vec![(quiet.after, Vec::new())]),
        Test::new(&alert.name, "does not fire without data", &[], vec![(soon, Vec::new())]),
    ];
    // What asks for the heartbeat alone has nothing that a stranger could do.
    let without: Vec<_> = loud.feeds.iter().filter(|feed| !is_heartbeat(feed)).cloned().collect();
    if !without.is_empty() {
        tests.push(Test::of_stranger(&alert.name, without, loud.after));
    }
    tests
}

/// Everything goes wrong; half of what may; everything, but too rarely to
/// speak of a share; nothing is there.
fn of_objective<'a>(
    objective: &'a Objective,
    alerts: &[&Alerting],
    places: &[Place],
    fleet: &Fleet,
    problems: &mut Vec<Problem>,
) -> Vec<Test<'a>> {
    let name = &*objective.alert;
    let fired = |(window, rule): (&BurnWindow, &&Alerting)| {
        let said = |job: &str| objective.description(window, job, "100%");
        fired(rule, places, &[], |job| (objective.summary.to_string(), said(job)))
    };
    let holds = objective.windows.iter().map(|window| window.hold);
    let (Some(shortest), Some(longest)) = (holds.clone().min(), holds.max()) else {
        return Vec::new();
    };
    // Some minutes for the first samples to be there.
    let (soon, late) = (shortest + 5 * MINUTE, longest + 5 * MINUTE);
    let windows = || objective.windows.iter().zip(alerts);
    let first = windows().filter(|(window, _)| window.hold < soon).flat_map(fired).collect();
    let all = windows().flat_map(fired).collect();
    let floor = objective.floor.value;
    let often = objective.often();
    let rarely = floor / 2.0 / (late.as_secs_f64() / 60.0);
    let feeds = |bad_share, per_minute| objective.measure.events(bad_share, per_minute);
    let (Some(bad), Some(good), Some(few)) =
        (feeds(1.0, often), feeds(objective.budget() / 2.0, often), feeds(1.0, rarely))
    else {
        problems.push(Problem::new(
            format!("objective {}", objective.name),
            "no label values are both counted and wrong, or counted and right; check its filters",
        ));
        return Vec::new();
    };
    let quiet = || vec![(late, Vec::new())];
    let whole = late.max(WHOLE_HOURS);
    let mut within =
        Test::new(name, "does not fire within the budget", good, vec![(whole, Vec::new())]);
    within.answers = vec![half_is_left(objective, places, fleet, whole)];
    vec![
        Test::of_stranger(name, bad.clone(), late),
        Test::new(name, "fires", bad, vec![(soon, first), (late, all)]),
        within,
        Test::new(name, "does not fire for a few events", few, quiet()),
        Test::new(name, "does not fire without data", Vec::new(), vec![(soon, Vec::new())]),
    ]
}

/// Where half of what may go wrong does, half of the budget is left.
fn half_is_left(objective: &Objective, places: &[Place], fleet: &Fleet, after: Duration) -> Yaml {
    let left = Line::from(objective.budget_left()).expr;
    let left = promql::render(&left, promql::Place::Rule, fleet);
    let watched = places.iter().filter(|place| place.is_watched);
    let samples = watched.map(|place| {
        let labels = [("job", EXAMPLE_JOB)].into_iter().chain(place.pairs());
        let labels = labels.map(|(key, value)| format!("{key}={}", promql::quoted(value)));
        let labels: Vec<_> = labels.collect();
        let labels = Yaml::text(format!("{{{}}}", labels.join(", ")));
        Yaml::map([("labels", labels), ("value", Yaml::Number(0.5))])
    });
    Yaml::map([
        // What is made up at the ends of each hour is not what this is about.
        ("expr", Yaml::text(format!("round({left}, 0.001)"))),
        ("eval_time", Yaml::text(spelt(after))),
        ("exp_samples", Yaml::List(samples.collect())),
    ])
}

fn is_heartbeat(feed: &Feed) -> bool {
    std::ptr::eq(feed.instrument, HEARTBEAT.descriptor())
}

impl<'a> Test<'a> {
    /// What a bot does, whose heart beats meanwhile, unless the example says
    /// until when it did.
    fn new(
        alert: &'a str,
        what: &'static str,
        feeds: impl Into<Cow<'a, [Feed]>>,
        checks: Vec<(Duration, Vec<Yaml>)>,
    ) -> Self {
        let mut feeds = feeds.into();
        if !feeds.iter().any(is_heartbeat) {
            let alive = Example::after(Duration::ZERO).ticks(&HEARTBEAT, ());
            feeds.to_mut().extend(alive.feeds);
        }
        Self::fed(alert, what, feeds, checks)
    }

    /// The same done by a program that has no heartbeat.
    fn of_stranger(alert: &'a str, feeds: impl Into<Cow<'a, [Feed]>>, after: Duration) -> Self {
        let checks = vec![(after, Vec::new())];
        Self::fed(alert, "does not fire for a program that is no bot", feeds.into(), checks)
    }

    fn fed(
        alert: &'a str,
        what: &'static str,
        feeds: Cow<'a, [Feed]>,
        checks: Vec<(Duration, Vec<Yaml>)>,
    ) -> Self {
        let end = checks.iter().map(|(after, _)| *after).max().unwrap_or_default();
        let pace = pace(&feeds, end);
        Self { alert, what, feeds, checks, answers: Vec::new(), end, pace }
    }

    fn yaml(&self, places: &[Place]) -> Yaml {
        let checks = self.checks.iter().map(|(after, fired)| {
            Yaml::map([
                ("eval_time", Yaml::text(spelt(*after))),
                ("alertname", Yaml::text(self.alert)),
                ("exp_alerts", Yaml::List(fired.clone())),
            ])
        });
        let inputs = series::inputs(&self.feeds, places, self.pace, self.end);
        let mut pairs = vec![
            ("name", Yaml::text(format!("{} {}", self.alert, self.what))),
            ("interval", Yaml::text(spelt(self.pace))),
            ("input_series", Yaml::List(inputs)),
            ("alert_rule_test", Yaml::List(checks.collect())),
        ];
        if !self.answers.is_empty() {
            pairs.push(("promql_expr_test", Yaml::List(self.answers.clone())));
        }
        Yaml::Map(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

/// The alert in each place that is watched, with what it says of a job that is
/// called so.
fn fired(
    rule: &Alerting,
    places: &[Place],
    labels: &[(&str, &str)],
    says: impl Fn(&str) -> (String, String),
) -> Vec<Yaml> {
    let watched = places.iter().filter(|place| place.is_watched);
    let one = |place: &Place| {
        let mut expected = vec![("job", EXAMPLE_JOB)];
        expected.extend(place.pairs());
        expected.extend(labels);
        expected.extend(rule.labels.iter().map(|(key, value)| (*key, value.as_str())));
        let (summary, description) = says(&place.job);
        let annotations = rule.annotations(&summary, &description).into_iter();
        let own = [("job", EXAMPLE_JOB)].into_iter().chain(place.pairs());
        let filled = annotations.map(|(key, text)| {
            let fill = |text: String, (key, value)| text.replace(&text::in_address(key), value);
            (key, own.clone().fold(text.to_owned(), fill))
        });
        Yaml::map([("exp_labels", Yaml::texts(expected)), ("exp_annotations", Yaml::texts(filled))])
    };
    watched.map(one).collect()
}
