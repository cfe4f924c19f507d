//! What panels say in every state of a bot's life: a value, or a text that is
//! right for that state.

mod bot;
mod exceptions;
mod expected;
mod shown;
mod states;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use botmeter_board::{Limits, changes, last, ratio, recent};
use botmeter_telemetry::self_observation::{BUILD, START_TIME};
use botmeter_window::History;
use integration_tests::{Prometheus, boards};

use exceptions::EXCEPTIONS;
use expected::{TEXTS, fault};
use shown::{Seen, Shown, panels};
use states::{State, told};

use crate::filled::fill;

/// Who is asked what panels show.
struct Asked<'a> {
    prometheus: &'a Prometheus,
    history: &'a History,
    limits: &'a Limits,
}

impl Asked<'_> {
    /// What is wrong with a panel, and the texts that were seen.
    fn faults(&self, shown: &Shown<'_>) -> Result<(Vec<String>, Vec<String>)> {
        let (mut faults, mut texts) = (Vec::new(), Vec::new());
        for state in State::ALL {
            let grafana = shown.in_grafana(state, self.prometheus)?;
            let page = shown.on_page(state, self.limits, self.history)?;
            faults.extend(fault(state, shown, &grafana));
            if page != grafana {
                faults.push(format!(
                    "{} is {grafana:?} in Grafana and {page:?} on the live page for {state:?}",
                    shown.place
                ));
            }
            if let Seen::Text(text) = grafana {
                texts.push(text);
            }
        }
        Ok((faults, texts))
    }
}

/// Nothing stands in the tables that says nothing.
fn tables_are_needed(shown: &[Shown<'_>], texts: &[String]) -> Result<()> {
    for exception in EXCEPTIONS {
        ensure!(!exception.why.is_empty());
        for place in exception.places() {
            let known = shown.iter().any(|shown| shown.place == place);
            ensure!(known, "there is no panel {place:?}");
        }
        if let Some(idle) = shown.iter().find(|shown| exception.is_idle(shown)) {
            anyhow::bail!("{} is no exception for {:?}", idle.place, exception.state);
        }
    }
    for (text, _) in TEXTS {
        ensure!(texts.iter().any(|seen| seen == text), "no panel says {text:?}");
    }
    Ok(())
}

/// Panels that are broken on purpose, and what has to be said of them.
fn broken_panels_are_found(asked: &Asked<'_>, shown: &[Shown<'_>]) -> Result<()> {
    let panel = |place: &str| {
        let found = shown.iter().find(|shown| shown.place == place);
        found.with_context(|| format!("there is no panel {place:?}"))
    };
    let lately = Duration::from_mins(15);
    let starts = recent(&START_TIME, lately).all() + changes(&START_TIME).over(lately).all();
    let starts = ratio(starts, last(&BUILD).all());
    let mut another = panel("overview: Traffic")?.clone();
    another.queries = vec!["nobody".to_owned()];
    let broken = [
        (panel("telemetry: Starts per running instance")?.asking(starts), "has no value for Busy"),
        (panel("bot-health: Runs")?.asking(last(&BUILD).all()), "has a value for Fresh"),
        (
            panel("bot-health: Longest without success")?.saying("no success yet"),
            "says \"no success yet\", which is not right for Dead",
        ),
        (panel("llm-api-health: Cost per request")?.saying("0"), "which is not right for Idle"),
        (another, "on the live page for Busy"),
    ];
    for (panel, expected) in broken {
        let (faults, _) = asked.faults(&panel)?;
        let is_found = faults.iter().any(|fault| fault.contains(expected));
        ensure!(is_found, "{}, broken, is said to be {faults:?}", panel.place);
    }
    Ok(())
}

#[test]
#[ignore = "needs Prometheus and promtool"]
fn every_panel_has_a_value_or_a_right_text_in_every_state() -> Result<()> {
    let mut prometheus = Prometheus::builder().start()?;
    let boards = boards();
    let told = told(&boards)?;
    fill(&mut prometheus, &told.open_metrics)?;
    let limits = Limits::of(&boards.iter().collect::<Vec<_>>());
    let asked = Asked { prometheus: &prometheus, history: &told.history, limits: &limits };
    let shown = panels(&boards)?;
    let (mut faults, mut texts) = (Vec::new(), Vec::new());
    for shown in &shown {
        let (wrong, said) = asked.faults(shown)?;
        faults.extend(wrong);
        texts.extend(said);
    }
    ensure!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    ensure!(shown.len() > 150, "there are {} panels", shown.len());
    tables_are_needed(&shown, &texts)?;
    broken_panels_are_found(&asked, &shown)
}
