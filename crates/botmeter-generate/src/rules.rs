//! Recording and alerting rules.

mod alerts;
mod burn;
mod recorded;
pub(crate) mod tests;
mod text;

pub(crate) use burn::objections;
pub(crate) use recorded::{RECORDED, recorded};

use std::time::Duration;

use botmeter_board::{Text, spelt};

use crate::{Problem, catalogue::Entry, grafana::panel_id, options::Options, promql, yaml::Yaml};
use promql::Place;

/// The rules of one domain.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) domain: &'static str,
    pub(crate) groups: Vec<Group>,
}

/// Rules that Prometheus evaluates one after the other.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// How often; as often as Prometheus is set to if there is none.
    pub(crate) interval: Option<Duration>,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Debug)]
pub(crate) enum Rule {
    Record(Record),
    Alert(Alerting),
}

/// A series that is kept.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) name: String,
    pub(crate) expr: String,
    /// Labels that the rule adds.
    pub(crate) labels: Vec<(String, String)>,
    /// The keys of the result, those that the rule adds included.
    pub(crate) keys: Vec<String>,
}

/// An alert as Prometheus has it.
#[derive(Clone, Debug)]
pub(crate) struct Alerting {
    pub(crate) name: Text,
    pub(crate) expr: String,
    pub(crate) hold: Duration,
    pub(crate) labels: Vec<(&'static str, String)>,
    pub(crate) summary: String,
    pub(crate) description: String,
    /// Where they lead to, as far as it was said where that is.
    pub(crate) runbook_url: Option<String>,
    pub(crate) dashboard_url: Option<String>,
    /// The title of the panel, and the dashboard that has it.
    pub(crate) panel: Text,
    pub(crate) dashboard: Option<Text>,
}

/// The rules of a domain, with what is wrong with them so far; none if it has
/// none.
pub(crate) fn rules(entry: &Entry, options: &Options) -> (Option<Rules>, Vec<Problem>) {
    let Some(domain) = entry.domain() else { return (None, Vec::new()) };
    let mut problems = Vec::new();
    let links = Links { domain, entry, options };
    let recordings = entry.board.recordings.iter().map(|recording| {
        let mut keys = promql::scope(Place::Rule, &options.fleet);
        keys.extend(recording.labels.iter().map(|label| label.key().to_owned()));
        Rule::Record(Record {
            name: recording.name.clone(),
            expr: promql::render(&recording.expr, Place::Rule, &options.fleet),
            labels: Vec::new(),
            keys,
        })
    });
    let mut groups = vec![group(domain, "recordings", None, recordings.collect())];
    groups.extend(burn::recordings(domain, &entry.board.objectives, &options.fleet));
    let mut alerts = Vec::new();
    for alert in &entry.board.alerts {
        alerts.push(Rule::Alert(alerts::alert(alert, &links, &mut problems)));
    }
    for objective in &entry.board.objectives {
        alerts.extend(burn::alerts(objective, &links).into_iter().map(Rule::Alert));
    }
    groups.push(group(domain, "alerts", None, alerts));
    groups.retain(|group| !group.rules.is_empty());
    ((!groups.is_empty()).then_some(Rules { domain, groups }), problems)
}

fn group(domain: &str, what: &str, interval: Option<Duration>, rules: Vec<Rule>) -> Group {
    Group { name: format!("{domain}-{what}"), interval, rules }
}

/// Where the alerts of a domain lead to.
#[derive(Debug)]
struct Links<'a> {
    domain: &'static str,
    entry: &'a Entry,
    options: &'a Options,
}

impl Links<'_> {
    fn runbook(&self, alert: &str) -> Option<String> {
        let base = self.options.reference(self.domain)?;
        Some(format!("{base}/{}.md#{}", self.domain, alert.to_lowercase()))
    }

    /// The dashboard of this domain that has the panel.
    fn dashboard(&self, panel: &str) -> Option<&Text> {
        let has = |dashboard: &&botmeter_board::Dashboard| {
            dashboard.rows.iter().flat_map(|row| &row.panels).any(|drawn| drawn.title == panel)
        };
        self.entry.board.dashboards.iter().find(has).map(|dashboard| &dashboard.uid)
    }

    fn panel(&self, panel: &str) -> Option<String> {
        let base = self.options.grafana_url.as_ref()?.trim_end_matches('/');
        let uid = self.dashboard(panel)?;
        let id = panel_id(uid, panel);
        let chosen = self.options.fleet.labels.iter().map(String::as_str).chain(["job"]);
        let chosen = chosen.map(|key| format!("&var-{key}={}", text::in_address(key)));
        Some(format!("{base}/d/{uid}?viewPanel={id}{}", chosen.collect::<String>()))
    }
}

impl Rules {
    /// The file that Prometheus loads.
    pub(crate) fn yaml(&self) -> Yaml {
        Yaml::map([("groups", Yaml::List(self.groups.iter().map(Group::yaml).collect()))])
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.groups.iter().flat_map(|group| &group.rules).filter_map(|rule| match rule {
            Rule::Record(record) => Some(record),
            Rule::Alert(_) => None,
        })
    }

    pub(crate) fn alerts(&self) -> impl Iterator<Item = &Alerting> {
        self.groups.iter().flat_map(|group| &group.rules).filter_map(|rule| match rule {
            Rule::Record(_) => None,
            Rule::Alert(alert) => Some(alert),
        })
    }
}

impl Group {
    fn yaml(&self) -> Yaml {
        let mut pairs = vec![("name".to_owned(), Yaml::text(&self.name))];
        if let Some(interval) = self.interval {
            pairs.push(("interval".to_owned(), Yaml::text(spelt(interval))));
        }
        let rules = self.rules.iter().map(|rule| match rule {
            Rule::Record(record) => record.yaml(),
            Rule::Alert(alert) => alert.yaml(),
        });
        pairs.push(("rules".to_owned(), Yaml::List(rules.collect())));
        Yaml::Map(pairs)
    }
}

impl Record {
    fn yaml(&self) -> Yaml {
        let mut pairs = vec![
            ("record".to_owned(), Yaml::text(&self.name)),
            ("expr".to_owned(), Yaml::text(&self.expr)),
        ];
        if !self.labels.is_empty() {
            pairs.push(("labels".to_owned(), Yaml::texts(self.labels.clone())));
        }
        Yaml::Map(pairs)
    }
}

impl Alerting {
    fn yaml(&self) -> Yaml {
        let mut pairs = vec![
            ("alert".to_owned(), Yaml::text(&*self.name)),
            ("expr".to_owned(), Yaml::text(&self.expr)),
        ];
        if !self.hold.is_zero() {
            pairs.push(("for".to_owned(), Yaml::text(spelt(self.hold))));
        }
        pairs.push(("labels".to_owned(), Yaml::texts(self.labels.clone())));
        let annotations = self.annotations(&self.summary, &self.description);
        pairs.push(("annotations".to_owned(), Yaml::texts(annotations)));
        Yaml::Map(pairs)
    }

    /// With these texts, in which labels and the value may be filled in.
    fn annotations<'a>(
        &'a self,
        summary: &'a str,
        description: &'a str,
    ) -> Vec<(&'static str, &'a str)> {
        let links = [("runbook_url", &self.runbook_url), ("dashboard_url", &self.dashboard_url)];
        let links = links.into_iter().filter_map(|(key, url)| Some((key, url.as_deref()?)));
        [("summary", summary), ("description", description)].into_iter().chain(links).collect()
    }
}
