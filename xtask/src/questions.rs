//! The questions that a generated dashboard asks.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// A question, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The dashboard and the panel or variable.
    pub place: String,
    /// What is asked, with Grafana's variables in it.
    pub text: String,
    /// Whether the answer is that of one moment.
    pub is_instant: bool,
}

/// The times that Grafana puts into a question, as Prometheus writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// What rates are taken over.
    pub rates: &'static str,
    /// What is shown.
    pub range: &'static str,
    /// How far apart the points are.
    pub interval: &'static str,
}

/// The shortest that a page which is read each second allows.
const SHORT: Times = Times { rates: "20s", range: "1m", interval: "5s" };

/// All that one dashboard asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dashboard {
    /// The name of its file, without the end.
    pub name: String,
    /// The queries of its panels, and those that variables are results of.
    pub queries: Vec<Question>,
    /// The `label_values` of its variables.
    pub variables: Vec<Question>,
}

/// Reads every dashboard in a folder.
///
/// # Errors
///
/// When there is none, or one is not what Grafana would read.
pub fn read_dashboards(folder: &Path) -> Result<Vec<Dashboard>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("failed to list {}", folder.display()))?
        .collect::<Result<Vec<_>, _>>()?;
    let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    ensure!(!paths.is_empty(), "{} has no dashboards", folder.display());
    paths
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path)?;
            let json: Value = serde_json::from_str(&text)?;
            let mut dashboard =
                read(&json).with_context(|| format!("failed to read {}", path.display()))?;
            let name = path.file_stem().unwrap_or_default();
            dashboard.name = name.to_string_lossy().into_owned();
            Ok(dashboard)
        })
        .collect()
}

fn read(json: &Value) -> Result<Dashboard> {
    let title = json["title"].as_str().context("it has no title")?;
    let mut dashboard = Dashboard::default();
    panels(title, &json["panels"], &mut dashboard.queries)?;
    ensure!(!dashboard.queries.is_empty(), "it asks nothing");
    for variable in json["templating"]["list"].as_array().context("it has no variables")? {
        if variable["type"] == "query" {
            let name = variable["name"].as_str().context("a variable has no name")?;
            let text = variable["query"].as_str().context("a variable has no query")?;
            let place = format!("{title}, variable {name}");
            let result = text.strip_prefix("query_result(").and_then(|it| it.strip_suffix(')'));
            let (list, text) = match result {
                Some(query) => (&mut dashboard.queries, query),
                None => (&mut dashboard.variables, text),
            };
            list.push(Question { place, text: text.to_owned(), is_instant: true });
        }
    }
    Ok(dashboard)
}

fn panels(title: &str, list: &Value, queries: &mut Vec<Question>) -> Result<()> {
    for panel in list.as_array().into_iter().flatten() {
        let name = panel["title"].as_str().context("a panel has no title")?;
        for target in panel["targets"].as_array().into_iter().flatten() {
            let text = target["expr"].as_str().context("a target has no query")?;
            let place = format!("{title}, panel {name}");
            let is_instant = target["instant"].as_bool().unwrap_or_default();
            queries.push(Question { place, text: text.to_owned(), is_instant });
        }
        panels(title, &panel["panels"], queries)?;
    }
    Ok(())
}

impl Question {
    /// The text as Grafana sends it: for one job, all values of every other
    /// variable, the shortest times.
    pub fn filled(&self, job: &str) -> String {
        self.filled_for(job, SHORT)
    }

    /// The same with other times.
    pub fn filled_for(&self, job: &str, times: Times) -> String {
        let replaced = self
            .text
            .replace("$__rate_interval", times.rates)
            .replace("$__range", times.range)
            .replace("$__interval", times.interval)
            .replace("$job", job);
        // What is left are variables of labels, of which all are chosen.
        let mut text = String::new();
        let mut rest = replaced.as_str();
        while let Some(at) = rest.find('$') {
            text.push_str(&rest[..at]);
            text.push_str(".*");
            rest =
                rest[at + 1..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        }
        text + rest
    }

    /// The selector and the label of a `label_values`.
    ///
    /// # Errors
    ///
    /// When it is written otherwise.
    pub fn label_values(&self, job: &str) -> Result<(String, String)> {
        let filled = self.filled(job);
        let inner = filled
            .strip_prefix("label_values(")
            .and_then(|rest| rest.strip_suffix(')'))
            .with_context(|| format!("{} is no label_values", self.text))?;
        let (selector, label) = inner.rsplit_once(',').context("there is no label")?;
        Ok((selector.trim().to_owned(), label.trim().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_as_grafana_does() {
        let question = Question {
            place: String::new(),
            text: "rate(a{job=~\"$job\", model=~\"$model\"}[$__rate_interval])".to_owned(),
            is_instant: false,
        };
        assert_eq!(question.filled("bot"), "rate(a{job=~\"bot\", model=~\".*\"}[20s])");
    }

    #[test]
    fn label_values_are_taken_apart() {
        let text = "label_values(a{job=~\"$job\", b=~\"$b\"}, model)".to_owned();
        let question = Question { place: String::new(), text, is_instant: true };
        let expected = ("a{job=~\"bot\", b=~\".*\"}".to_owned(), "model".to_owned());
        assert_eq!(question.label_values("bot").unwrap(), expected);
    }
}
