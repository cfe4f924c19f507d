//! Every query of the shipped boards: its text from the generated files, its
//! tree from the board.

use std::{collections::BTreeMap, fs, time::Duration};

use anyhow::{Context, Result, ensure};
use botmeter_board::{Dashboard, Expr, Mark, Panel, Scope, Variable};
use botmeter_window::{Bounds, Chosen, History, Place, Rules, View};
use fastrand::Rng;
use integration_tests::Labels;
use serde_json::Value;

/// A query, as text and as a tree.
#[derive(Debug)]
pub(super) struct Question {
    /// Where it stands.
    pub(super) place: String,
    /// The text, with Grafana's variables in it.
    text: String,
    /// The tree.
    expr: Expr,
    /// What the panel looks at; nothing for a rule.
    panel: Option<(Scope, Vec<Variable>)>,
    /// What its table shows.
    words: Words,
}

/// The words that stand in a table for values of labels.
type Words = BTreeMap<(String, String), String>;

/// What is chosen on a page: values by label, lengths of time.
#[derive(Debug)]
pub(super) struct Page {
    chosen: BTreeMap<String, Vec<String>>,
    rate_interval: Duration,
    shown: Duration,
}

impl Page {
    /// A page on which some labels have a choice.
    pub(super) fn random(rng: &mut Rng, values: &BTreeMap<String, Vec<String>>) -> Self {
        let mut chosen = BTreeMap::new();
        for (key, values) in values {
            // Others would have to be escaped, which Grafana does.
            let plain = values.iter().filter(|value| !value.contains('"'));
            if rng.u8(..4) == 0 {
                let count = rng.usize(1..=values.len());
                chosen.insert(key.clone(), plain.take(count).cloned().collect());
            }
        }
        let minutes = [1, 2, 4, 15].map(Duration::from_mins);
        let hours = [1, 3, 6].map(Duration::from_hours);
        Self { chosen, rate_interval: minutes[rng.usize(..4)], shown: hours[rng.usize(..3)] }
    }
}

impl Question {
    /// The text as Grafana would send it.
    pub(super) fn text(&self, page: &Page) -> String {
        let Some((_, variables)) = &self.panel else { return self.text.clone() };
        let seconds = |of: Duration| format!("{}s", of.as_secs());
        let mut text = self
            .text
            .replace("$__rate_interval", &seconds(page.rate_interval))
            .replace("$__range", &seconds(page.shown));
        let labels = variables.iter().map(|variable| (variable.label.key(), ".*"));
        for (key, all) in labels.chain([("job", ".+"), ("instance", ".+")]) {
            let values = page.chosen.get(key).map(|values| values.join("|"));
            text = text.replace(
                &format!("\"${key}\""),
                &format!("\"{}\"", values.as_deref().unwrap_or(all)),
            );
        }
        text
    }

    /// The labels of an answer, as the panel shows them.
    pub(super) fn shown(&self, mut labels: Labels) -> Labels {
        for ((key, value), word) in &self.words {
            if let Some(shown) = labels.get_mut(key).filter(|shown| *shown == value) {
                shown.clone_from(word);
            }
        }
        labels
    }

    /// What the window answers.
    pub(super) fn ask(&self, history: &History, at: i64, page: &Page) -> Vec<botmeter_window::Row> {
        let Some((scope, variables)) = &self.panel else {
            return history.ask(&self.expr, at, &Place::Rule);
        };
        let chosen = page.chosen.iter();
        let chosen =
            chosen.fold(Chosen::default(), |chosen, (key, values)| chosen.only(key, values));
        let view = View {
            scope: *scope,
            variables,
            chosen: &chosen,
            rate_interval: page.rate_interval,
            shown: page.shown,
        };
        history.ask(&self.expr, at, &Place::Panel(view))
    }

    /// Whether it asks for what is wrong, and may well find nothing.
    pub(super) fn is_alert(&self) -> bool {
        self.place.contains(", alert ")
    }

    /// Whether which groups are answered is left open where some are equal.
    pub(super) fn is_ranked(&self) -> bool {
        matches!(self.expr, Expr::Top { .. })
    }
}

/// All of them.
pub(super) fn questions() -> Result<Vec<Question>> {
    let mut questions = Vec::new();
    for (domain, board) in botmeter_catalogue::catalogue().boards() {
        for dashboard in &board.dashboards {
            panels(dashboard, &mut questions)?;
        }
        let rules = Rules::of(board, &mut History::new(Bounds::default()));
        let trees: Vec<_> = rules.questions().collect();
        if let Some(domain) = domain.filter(|_| !trees.is_empty()) {
            let texts = rule_texts(domain)?;
            ensure!(texts.len() == trees.len(), "{domain} has other rules than its board");
            for ((name, labels, expr), (text_name, text_labels, text)) in
                trees.into_iter().zip(texts)
            {
                let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), value.clone()));
                ensure!(
                    name == text_name && labels.collect::<BTreeMap<_, _>>() == text_labels,
                    "{domain}, {name}: {text_name} stands there"
                );
                // Who reads pages knows which programs are bots, and a
                // Prometheus does not.
                let (kind, expr) = if name.contains(':') {
                    ("recording", expr.clone())
                } else {
                    ("alert", expr.clone().of_bots())
                };
                let place = format!("{domain}, {kind} {name}");
                questions.push(Question { place, text, expr, panel: None, words: Words::new() });
            }
        }
    }
    Ok(questions)
}

fn panels(dashboard: &Dashboard, questions: &mut Vec<Question>) -> Result<()> {
    let path = xtask::dashboards::folder().join(format!("grafana/{}.json", dashboard.uid));
    let json: Value = serde_json::from_str(&fs::read_to_string(path)?)?;
    let mut targets = BTreeMap::new();
    collect(&json["panels"], &mut targets);
    for panel in dashboard.rows.iter().flat_map(|row| &row.panels) {
        let Panel { title, lines, scope, .. } = panel;
        let place = format!("{}, panel {title}", dashboard.title);
        let (texts, words) =
            targets.remove(&**title).with_context(|| format!("{place} is not drawn"))?;
        ensure!(texts.len() == lines.len(), "{place} has other lines");
        for (line, text) in lines.iter().zip(texts) {
            let panel = Some((*scope, dashboard.variables.clone()));
            let (place, expr, words) = (place.clone(), line.expr.clone(), words.clone());
            questions.push(Question { place, text, expr, panel, words });
        }
    }
    let texts = json["annotations"]["list"].as_array().into_iter().flatten();
    let texts: Vec<_> = texts.filter_map(|annotation| annotation["expr"].as_str()).collect();
    let marks = Mark::all();
    ensure!(texts.len() == marks.len(), "{} has other marks", dashboard.title);
    for (mark, text) in marks.into_iter().zip(texts) {
        let Mark { what, expr, scope, .. } = mark;
        let place = format!("{}, mark {what:?}", dashboard.title);
        questions.push(Question {
            place,
            text: text.to_owned(),
            expr,
            panel: Some((scope, vec![])),
            words: Words::new(),
        });
    }
    Ok(())
}

fn collect(panels: &Value, targets: &mut BTreeMap<String, (Vec<String>, Words)>) {
    for panel in panels.as_array().into_iter().flatten() {
        let title = panel["title"].as_str().unwrap_or_default().to_owned();
        let texts = panel["targets"].as_array().into_iter().flatten();
        let texts = texts.filter_map(|target| target["expr"].as_str().map(str::to_owned));
        if panel["type"] != "row" {
            targets.insert(title, (texts.collect(), words(panel)));
        }
        collect(&panel["panels"], targets);
    }
}

fn words(panel: &Value) -> Words {
    let mut words = Words::new();
    for column in panel["fieldConfig"]["overrides"].as_array().into_iter().flatten() {
        let key = column["matcher"]["options"].as_str().unwrap_or_default().to_lowercase();
        let properties = column["properties"].as_array().into_iter().flatten();
        let mappings = properties.filter(|property| property["id"] == "mappings");
        for mapping in mappings.filter_map(|property| property["value"].as_array()).flatten() {
            let values = mapping["options"].as_object().filter(|_| mapping["type"] == "value");
            for (value, shown) in values.into_iter().flatten() {
                let word = shown["text"].as_str().unwrap_or_default().to_owned();
                words.insert((key.clone(), value.clone()), word);
            }
        }
    }
    words
}

type RuleText = (String, BTreeMap<String, String>, String);

/// Name, added labels and query of each rule, recordings first.
fn rule_texts(domain: &str) -> Result<Vec<RuleText>> {
    let path = xtask::dashboards::folder().join(format!("prometheus/{domain}.rules.yml"));
    let file: Value = serde_saphyr::from_str(&fs::read_to_string(path)?)?;
    let groups = file["groups"].as_array().context("there are no groups")?;
    let rules = groups.iter().filter_map(|group| group["rules"].as_array()).flatten();
    let texts = rules.map(|rule| {
        let text = |key: &str| rule[key].as_str().map(str::to_owned);
        let name = text("record").or_else(|| text("alert")).context("a rule has no name")?;
        let labels = rule["labels"].as_object().into_iter().flatten();
        let labels =
            labels.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()));
        Ok((name, labels.collect(), text("expr").context("a rule asks nothing")?))
    });
    texts.collect()
}
