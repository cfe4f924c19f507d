//! The panels as Grafana and the live page show them.

use std::{collections::BTreeMap, fs, time::Duration};

use anyhow::{Context, Result, ensure};
use botmeter_board::{
    Board, Kind, Limits, Line, Panel, Variable,
    promql::{Fleet, Place, render},
};
use botmeter_view::{Clock, Frame, draw, picture::Drawing};
use botmeter_window::{Chosen, History, rate_interval};
use integration_tests::Prometheus;
use serde_json::Value;
use xtask::questions::Question;

use super::states::State;
use crate::hour::END;

/// What a dashboard shows unless somebody chooses otherwise.
const SHOWN: Duration = Duration::from_hours(1);

/// A panel of a board, with what is generated from it.
#[derive(Clone, Debug)]
pub(super) struct Shown<'a> {
    /// The address of the dashboard, and the title.
    pub(super) place: String,
    pub(super) panel: Panel,
    variables: &'a [Variable],
    /// What Grafana asks.
    pub(super) queries: Vec<String>,
    /// What Grafana says without data.
    pub(super) no_value: String,
}

/// What is seen of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Value,
    Text(String),
}

/// Every panel that asks something, as it is in the board and in the generated
/// dashboard.
pub(super) fn panels(boards: &[Board]) -> Result<Vec<Shown<'_>>> {
    let mut shown = Vec::new();
    for dashboard in boards.iter().flat_map(|board| &board.dashboards) {
        let path = format!("grafana/{}.json", dashboard.uid);
        let text = fs::read_to_string(xtask::dashboards::folder().join(&path))?;
        let mut generated = BTreeMap::new();
        collect(&serde_json::from_str::<Value>(&text)?["panels"], &mut generated)?;
        for panel in dashboard.rows.iter().flat_map(|row| &row.panels) {
            if panel.kind == Kind::Text {
                continue;
            }
            let found = generated.remove(&*panel.title);
            let (queries, no_value) =
                found.with_context(|| format!("{path} has no panel {:?}", panel.title))?;
            shown.push(Shown {
                place: format!("{}: {}", dashboard.uid, panel.title),
                panel: panel.clone(),
                variables: &dashboard.variables,
                queries,
                no_value,
            });
        }
        ensure!(generated.is_empty(), "no board has {:?} of {path}", generated.keys());
    }
    Ok(shown)
}

type Generated = BTreeMap<String, (Vec<String>, String)>;

/// The queries and the text of each panel that asks something, those in
/// collapsed rows included.
fn collect(list: &Value, into: &mut Generated) -> Result<()> {
    for panel in list.as_array().into_iter().flatten() {
        collect(&panel["panels"], into)?;
        let Some(targets) = panel["targets"].as_array() else { continue };
        let queries = targets.iter().map(|target| {
            target["expr"].as_str().map(str::to_owned).context("a target has no query")
        });
        let queries = queries.collect::<Result<Vec<_>>>()?;
        if queries.is_empty() {
            continue;
        }
        let title = panel["title"].as_str().context("a panel has no title")?;
        let no_value = panel["fieldConfig"]["defaults"]["noValue"].as_str();
        let no_value = no_value.with_context(|| format!("{title:?} has no text without data"))?;
        into.insert(title.to_owned(), (queries, no_value.to_owned()));
    }
    Ok(())
}

/// The hour of a state, for the bot of that state alone.
fn frame(state: State) -> Frame {
    Frame {
        end: END,
        shown: SHOWN,
        scrape: Duration::from_millis(state.scrape().unsigned_abs()),
        chosen: Chosen::default().only("job", [state.job()]),
        clock: Clock::Wall { east: 0 },
    }
}

impl Shown<'_> {
    /// The same panel with another question.
    pub(super) fn asking(&self, line: impl Into<Line>) -> Self {
        let line = line.into();
        let place = Place::Panel { scope: self.panel.scope, variables: self.variables };
        let queries = vec![render(&line.expr, place, &Fleet::default())];
        let mut panel = self.panel.clone();
        panel.lines = vec![line];
        Self { panel, queries, ..self.clone() }
    }

    /// The same panel with another text.
    pub(super) fn saying(&self, text: &'static str) -> Self {
        let panel = self.panel.clone().without_data(text);
        Self { panel, no_value: text.to_owned(), ..self.clone() }
    }

    /// What Grafana shows, by the answers of a Prometheus.
    pub(super) fn in_grafana(&self, state: State, prometheus: &Prometheus) -> Result<Seen> {
        let frame = frame(state);
        let mut has_value = false;
        for query in &self.queries {
            let rates = rate_interval(frame.step(), frame.scrape).as_secs();
            let text = query
                .replace("$__rate_interval", &format!("{rates}s"))
                .replace("$__range", &format!("{}s", SHOWN.as_secs()));
            let asked =
                Question { place: self.place.clone(), text, is_instant: true }.filled(state.job());
            let values: Vec<f64> = if self.panel.is_instant() {
                let answer = prometheus.query_at(&asked, END)?;
                answer.series.into_iter().map(|(_, value)| value).collect()
            } else {
                let answer = prometheus.query_moments(&asked, &frame.moments())?;
                let points = answer.series.into_iter().flat_map(|(_, points)| points);
                points.map(|(_, value)| value).collect()
            };
            for value in &values {
                ensure!(value.is_finite(), "{} is {value} for {state:?}: {asked}", self.place);
            }
            has_value |= !values.is_empty();
        }
        Ok(if has_value { Seen::Value } else { Seen::Text(self.no_value.clone()) })
    }

    /// What the live page shows over the same samples.
    pub(super) fn on_page(&self, state: State, limits: &Limits, history: &History) -> Result<Seen> {
        let picture = draw(&self.panel, self.variables, limits, history, &frame(state));
        match picture.drawing {
            Drawing::NoAnswer(why) => anyhow::bail!("{} has no answer: {why}", self.place),
            Drawing::Nothing(text) => Ok(Seen::Text(text)),
            _ => Ok(Seen::Value),
        }
    }
}
