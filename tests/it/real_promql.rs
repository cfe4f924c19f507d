//! The evaluator of the window against the engine of Prometheus: the same
//! samples, every query of every shipped board, and the bits of each answer.

mod data;
mod life;
mod model;
mod questions;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use botmeter_core::Kind;
use botmeter_window::Row;
use fastrand::Rng;
use integration_tests::{Asked, Labels, promql, promql_in_time};

use data::{Data, START};
use life::Manner;
use model::{ByName, Form, MISREAD, Model};
use questions::{Page, Question, questions};

/// How many sets of samples are made; each is asked everything at some times.
const SETS: u64 = 3;

/// What came of the questions.
#[derive(Debug, Default)]
struct Tally {
    /// How many answers had rows that were equal.
    equal: usize,
    /// How many had none on both sides.
    empty: usize,
    /// What differed.
    different: Vec<String>,
    /// How many answers with rows each question had.
    full: BTreeMap<String, usize>,
    /// How long the window took for all of them, and the engine.
    took: [Duration; 2],
}

/// Times to ask at: exactly at a reading, shortly after one, anywhere in the
/// dense part and anywhere at all.
fn moments(rng: &mut Rng, end: i64) -> [i64; 4] {
    let grid = end - end % 15_000;
    let hours = |count: i64| count * 3_600_000;
    [
        grid - 15_000 * rng.i64(0..60),
        end - rng.i64(0..1000),
        end - rng.i64(0..hours(1) / 3),
        START + rng.i64(hours(1)..hours(74)),
    ]
}

/// The same bits for the same labels; nobody promises which NaN it is.
fn comparable(
    rows: impl IntoIterator<Item = (Labels, u64)>,
    is_ranked: bool,
) -> Vec<(Labels, u64)> {
    let rows = rows.into_iter().map(|(labels, bits)| {
        let value = f64::from_bits(bits);
        // Of equal groups, Prometheus takes any.
        let labels = if is_ranked { Labels::new() } else { labels };
        (labels, if value.is_nan() { f64::NAN.to_bits() } else { bits })
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    rows
}

/// Whether the answers are the same, to the last bit where Go multiplies and
/// adds in two steps, as Rust always does.
fn agree(rows: &[(Labels, u64)], expected: &[(Labels, u64)]) -> bool {
    if cfg!(target_arch = "x86_64") {
        return rows == expected;
    }
    let is_close = |a: u64, b: u64| {
        let [x, y] = [a, b].map(f64::from_bits);
        a == b || (x - y).abs() <= 1e-12 * x.abs().max(y.abs())
    };
    let mut pairs = rows.iter().zip(expected);
    rows.len() == expected.len() && pairs.all(|(a, b)| a.0 == b.0 && is_close(a.1, b.1))
}

fn own(rows: Vec<Row>) -> Vec<(Labels, u64)> {
    let rows = rows.into_iter().map(|Row { labels, value }| {
        let labels = labels.pairs().map(|(key, value)| (key.to_owned(), value.to_owned()));
        (labels.collect(), value.to_bits())
    });
    rows.collect()
}

/// Asks both sides everything.
fn compare(seed: u64, manner: Manner, questions: &[Question], tally: &mut Tally) -> Result<()> {
    let mut rng = Rng::with_seed(seed);
    let data = Data::random(&mut rng, manner)?;
    let mut asked = Vec::new();
    let mut answers = Vec::new();
    for at in moments(&mut rng, data.end) {
        let page = Page::random(&mut rng, &data.values);
        for question in questions {
            asked.push(Asked { text: question.text(&page), at });
            let began = Instant::now();
            let rows = question.ask(&data.history, at, &page);
            tally.took[0] += began.elapsed();
            answers.push((question, own(rows)));
        }
    }
    let (expected, took) = promql_in_time(&data.stored, &asked)?;
    tally.took[1] += took;
    for ((asked, (question, rows)), expected) in asked.iter().zip(answers).zip(expected) {
        let is_ranked = question.is_ranked();
        let expected = expected.into_iter().map(|(labels, bits)| (question.shown(labels), bits));
        let (rows, expected) = (comparable(rows, is_ranked), comparable(expected, is_ranked));
        if !agree(&rows, &expected) {
            let Asked { text, at } = asked;
            tally.different.push(format!(
                "seed {seed}, {}: {text} at {at}\n  {rows:?}\n  instead of\n  {expected:?}",
                question.place
            ));
        } else if rows.is_empty() {
            tally.empty += 1;
        } else {
            tally.equal += 1;
            *tally.full.entry(question.place.clone()).or_default() += 1;
        }
    }
    Ok(())
}

#[test]
#[ignore = "needs the engine of Prometheus"]
fn every_query_of_every_board_is_answered_as_prometheus_does() -> Result<()> {
    let questions = questions()?;
    let mut tally = Tally::default();
    for seed in 0..SETS {
        let manner = if seed == 0 { Manner::Plain } else { Manner::Hard };
        compare(seed, manner, &questions, &mut tally)?;
    }
    let Tally { equal, empty, different, full, took: [own, engine] } = tally;
    ensure!(
        different.is_empty(),
        "{} answers differ, {equal} are equal; the first:\n{}",
        different.len(),
        different.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n")
    );
    // The aim of those that optimize it.
    ensure!(
        cfg!(debug_assertions) || own <= engine / 5,
        "the window took {own:?}, the engine {engine:?}"
    );
    // Equal silence proves nothing. Alerts alone may be silent: what makes
    // them fire is in their examples.
    ensure!(equal > empty, "{equal} answers have rows and {empty} have none");
    let silent: Vec<_> = questions
        .iter()
        .filter(|question| !question.is_alert())
        .map(|question| &question.place)
        .filter(|place| !full.contains_key(*place))
        .collect();
    ensure!(silent.is_empty(), "never answered: {silent:#?}");
    Ok(())
}

/// Questions of every form about every instrument.
fn forms() -> Vec<Form> {
    let mut forms = Vec::new();
    for instrument in botmeter_catalogue::catalogue().instruments() {
        let name = instrument.prometheus_name();
        match instrument.kind() {
            Kind::Counter | Kind::FloatCounter => {
                forms.extend([Form::Increase(name.clone()), Form::SumOfRates(name)]);
            }
            Kind::Gauge | Kind::UpDownCounter => forms.push(Form::Value(name)),
            Kind::Histogram => forms.push(Form::Quantile(name)),
        }
    }
    forms
}

#[test]
#[ignore = "needs the engine of Prometheus"]
fn samples_tell_a_misread_rule_from_that_of_prometheus() -> Result<()> {
    let mut rng = Rng::with_seed(1);
    let data = Data::random(&mut rng, Manner::Hard)?;
    let mut named = ByName::new();
    for series in &data.stored {
        named.entry(&series.labels["__name__"]).or_default().push(series);
    }
    let moments: Vec<_> = (0..4).flat_map(|_| moments(&mut rng, data.end)).collect();
    let forms = forms();
    let questions: Vec<_> =
        moments.iter().flat_map(|at| forms.iter().map(move |form| (form, *at))).collect();
    let asked: Vec<_> =
        questions.iter().map(|(form, at)| Asked { text: form.text(), at: *at }).collect();
    let answers = promql(&data.stored, &asked)?;
    let different = |model: Model| {
        let pairs = questions.iter().zip(&answers);
        let wrong = pairs.filter(|((form, at), expected)| {
            let own = model.answer(form, &named, *at);
            !agree(&comparable(own, false), &comparable((*expected).clone(), false))
        });
        wrong.map(|((form, at), _)| format!("{form:?} at {at}")).collect::<Vec<_>>()
    };
    let noise = different(Model(None));
    ensure!(
        noise.is_empty(),
        "{} answers of the right rules differ: {:?}",
        noise.len(),
        noise.first()
    );
    for rule in MISREAD {
        let noticed = different(Model(Some(rule)));
        ensure!(!noticed.is_empty(), "no answer tells {rule:?} from Prometheus' own rule");
    }
    Ok(())
}
