//! What a bot's page says as time goes by, made from two pages of a real one.

use std::{collections::HashMap, fmt::Write as _, time::Duration};

use anyhow::{Context, Result, ensure};
use botmeter_telemetry::self_observation::START_TIME;

/// After how long a bot of the slowest kind has done once more what it did
/// between the two pages.
const STEP: Duration = Duration::from_secs(15);

/// How many paces there are, from the slowest to one that is nearly twice as
/// fast; no two neighbors have the same.
const PACES: u32 = 7;

/// Two pages of one bot, continued: counters and histograms grow by what was
/// between the pages, as often as time allows, so the buckets of a histogram
/// always belong together.
#[derive(Clone, Debug)]
pub struct Story {
    lines: Vec<Line>,
    size: usize,
}

#[derive(Clone, Debug)]
enum Line {
    /// A help text or a type.
    Said(String),
    /// A series, and its value.
    Sample(String, Value),
}

#[derive(Clone, Copy, Debug)]
enum Value {
    Grows {
        from: f64,
        by: f64,
    },
    Alternates([f64; 2]),
    /// When the bot began.
    Begin,
    /// This moment.
    Now,
}

impl Story {
    /// Of a page and a later one of the same bot, both as text.
    ///
    /// # Errors
    ///
    /// When one of them is no such page, or nothing happened in between.
    pub fn between(first: &str, second: &str) -> Result<Self> {
        let before: HashMap<&str, f64> = samples(first).collect::<Result<_>>()?;
        let began = START_TIME.descriptor().prometheus_name();
        let (mut lines, mut grows, mut moves) = (Vec::new(), false, false);
        for line in second.lines() {
            if let Some(said) = line.strip_prefix("# TYPE ") {
                grows = said.ends_with(" counter") || said.ends_with(" histogram");
            }
            if line.is_empty() || line.starts_with('#') {
                lines.push(Line::Said(line.to_owned()));
                continue;
            }
            let (series, value) = sample(line)?;
            let then = before.get(series).copied();
            let name = series.split('{').next().unwrap_or_default();
            let value = match then {
                _ if name == began => Value::Begin,
                _ if name.ends_with("_timestamp_seconds") => Value::Now,
                then if grows => {
                    // What was not there yet began at nothing.
                    let from = then.unwrap_or_default();
                    ensure!(value >= from, "{series} fell from {from} to {value}");
                    Value::Grows { from, by: value - from }
                }
                then => Value::Alternates([then.unwrap_or(value), value]),
            };
            moves |= matches!(value, Value::Grows { by, .. } if by > 0.0);
            lines.push(Line::Sample(series.to_owned(), value));
        }
        ensure!(moves, "nothing happened between the two pages");
        Ok(Self { lines, size: second.len() })
    }

    /// How many series there are.
    pub fn series(&self) -> usize {
        self.lines.iter().filter(|line| matches!(line, Line::Sample(..))).count()
    }

    /// The page of the bot with this number, so long after all began at this
    /// time of Unix.
    pub fn page(&self, number: u32, begin: Duration, elapsed: Duration) -> String {
        let pace = 1.0 + f64::from(number % PACES) / f64::from(PACES);
        // Bots did not all begin together, and do not move together.
        let ahead = f64::from(number % 97) / 7.0;
        let steps = (ahead + pace * elapsed.as_secs_f64() / STEP.as_secs_f64()).floor();
        let odd = usize::from(steps % 2.0 > 0.5);
        let mut page = String::with_capacity(self.size + self.size / 8);
        for line in &self.lines {
            // Writing to a string cannot fail.
            let _written = match line {
                Line::Said(text) => writeln!(page, "{text}"),
                Line::Sample(series, value) => {
                    let value = match value {
                        Value::Grows { from, by } => from + by * steps,
                        Value::Alternates(values) => values[odd],
                        Value::Begin => begin.as_secs_f64(),
                        Value::Now => (begin + elapsed).as_secs_f64(),
                    };
                    writeln!(page, "{series} {value}")
                }
            };
        }
        page
    }
}

fn samples(page: &str) -> impl Iterator<Item = Result<(&str, f64)>> {
    page.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(sample)
}

fn sample(line: &str) -> Result<(&str, f64)> {
    let (series, value) =
        line.rsplit_once(' ').with_context(|| format!("{line:?} is no sample"))?;
    let value = value.parse().with_context(|| format!("{line:?} has no value"))?;
    Ok((series, value))
}
