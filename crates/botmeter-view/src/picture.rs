//! Pictures of panels, as plain data.

use botmeter_board::{Color, Severity};
use serde::Serialize;

use crate::{Scale, markdown::Block};

/// What a panel shows.
///
/// Values are there as numbers and as the texts that are shown, so that no
/// writer has to know units, limits or labels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Picture {
    /// What it shows.
    pub title: String,
    /// What that means, and what to do.
    pub description: String,
    /// Width, of 24.
    pub width: u32,
    /// Height, in units of 30 pixels.
    pub height: u32,
    /// The limits that it shows, the lowest first.
    pub limits: Vec<LimitMark>,
    /// What all of its lines have in common: labels and values.
    pub common: Vec<(String, String)>,
    /// What is drawn.
    pub drawing: Drawing,
    /// Whose traces tell more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traces: Vec<Traces>,
}

/// The traces behind a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Traces {
    /// What the line is called.
    pub name: String,
    /// The service that they are of.
    pub service: String,
    /// Labels that the spans have as well, and their values; on a page, under
    /// the names that they have there.
    pub tags: Vec<(String, String)>,
    /// Where they are found, once somebody said where that is.
    pub link: Option<String>,
}

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Drawing {
    /// Lines over time.
    Lines(Lines),
    /// Numbers.
    Stats(Vec<Value>),
    /// A number on a dial.
    Dial {
        /// The number.
        value: Value,
        /// Where it lies, between 0 and 1.
        place: f64,
        /// Where limits lie, between 0 and 1.
        limits: Vec<(f64, Level)>,
    },
    /// Bars, the longest first: values, and their lengths between 0 and 1.
    Bars(Vec<(Value, f64)>),
    /// A distribution over time.
    Heat(Heat),
    /// A row for each group.
    Table(Table),
    /// Colored bands over time.
    Bands(Bands),
    /// A text.
    Text(Vec<Block>),
    /// Nothing was there; this stands in its place.
    Nothing(String),
    /// Nobody answered; this is why.
    NoAnswer(String),
}

/// How good or bad a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Within all limits.
    Well,
    /// Worth knowing.
    Info,
    /// To be looked at within the day.
    Warning,
    /// To be looked at now.
    Critical,
}

/// A number with its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Value {
    /// What it is called; empty if it is called as its panel.
    pub name: String,
    /// The number; none that is finite if it is `NaN`.
    pub value: f64,
    /// As it is shown.
    pub text: String,
    /// How good or bad it is, if there is a limit to tell.
    pub level: Option<Level>,
}

/// The limit of an alert, or advice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LimitMark {
    /// Where it is.
    pub value: f64,
    /// As it is shown.
    pub text: String,
    /// How bad it is beyond.
    pub level: Level,
    /// Whether it is bad above, and not below.
    pub is_bad_above: bool,
    /// Why it is there.
    pub reason: String,
    /// The alerts that compare with it; none if it is advice.
    pub alerts: Vec<String>,
}

impl LimitMark {
    /// The limit in words.
    pub(crate) fn said(&self) -> String {
        let side = if self.is_bad_above { "above" } else { "below" };
        format!("{} {side} {}: {}.", self.level.as_str(), self.text, self.reason)
    }
}

/// Lines over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lines {
    /// The beginning and the end of what is shown.
    pub span: (i64, i64),
    /// The moments that the lines have values at.
    pub moments: Vec<i64>,
    /// The lines.
    pub lines: Vec<Line>,
    /// How many more there are than are drawn.
    pub hidden: usize,
    /// Whether they stand on top of each other.
    pub is_stacked: bool,
    /// Whether they are bars.
    pub is_bars: bool,
    /// The axis of values.
    pub scale: Scale,
    /// The axis of time.
    pub times: Vec<(i64, String)>,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// Its color.
    pub ink: Ink,
    /// A value for each moment, where there is one.
    pub values: Vec<Option<f64>>,
    /// The last value, as it is shown.
    pub last: String,
    /// The highest value, as it is shown.
    pub highest: String,
}

/// The color of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ink {
    /// One of the colors that tell lines apart, from 0 on.
    Number(usize),
    /// Well.
    Green,
    /// Not quite.
    Yellow,
    /// Badly.
    Red,
    /// Neither.
    Gray,
}

/// A distribution over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Heat {
    /// The beginning and the end of what is shown.
    pub span: (i64, i64),
    /// The moments of the columns.
    pub moments: Vec<i64>,
    /// The upper bounds of the rows as they are shown, the lowest first.
    pub bounds: Vec<String>,
    /// How much there was in each row at each moment.
    pub cells: Vec<Vec<f64>>,
    /// The most that there was in one cell.
    pub most: f64,
    /// The axis of time.
    pub times: Vec<(i64, String)>,
}

/// A row for each group, and a column for each query.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Table {
    /// The labels that name the rows.
    pub keys: Vec<String>,
    /// The headings of the numbers.
    pub headings: Vec<String>,
    /// The values of the labels, and the numbers that there are.
    pub rows: Vec<(Vec<String>, Vec<Option<Value>>)>,
    /// Which of the alerts that it names can be shown firing: a Prometheus may
    /// know others, too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub staged: Vec<String>,
}

/// Colored bands over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bands {
    /// The beginning and the end of what is shown.
    pub span: (i64, i64),
    /// The bands: names and what they show.
    pub rows: Vec<(String, Vec<Stretch>)>,
    /// The axis of time.
    pub times: Vec<(i64, String)>,
}

/// A part of a band in which nothing changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stretch {
    /// Its beginning and its end.
    pub span: (i64, i64),
    /// How good or bad it is, if there is a limit to tell.
    pub level: Option<Level>,
    /// The last value in it, as it is shown.
    pub text: String,
}

impl Lines {
    /// The places at which each line stands, those of lines below added where
    /// they are stacked: nothing where it has no value.
    pub fn tops(&self) -> Vec<Vec<Option<f64>>> {
        let mut base = vec![0.0; self.moments.len()];
        let lines = self.lines.iter().map(|line| {
            let values = line.values.iter().zip(&mut base).map(|(value, base)| {
                let value = value.filter(|value| value.is_finite())?;
                if self.is_stacked {
                    *base += value;
                    Some(*base)
                } else {
                    Some(value)
                }
            });
            values.collect()
        });
        lines.collect()
    }
}

impl Level {
    /// In one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl From<Option<Severity>> for Level {
    fn from(severity: Option<Severity>) -> Self {
        match severity {
            None => Self::Well,
            Some(Severity::Info) => Self::Info,
            Some(Severity::Warning) => Self::Warning,
            Some(Severity::Critical) => Self::Critical,
        }
    }
}

impl From<Color> for Ink {
    fn from(color: Color) -> Self {
        match color {
            Color::Green => Self::Green,
            Color::Yellow => Self::Yellow,
            Color::Red => Self::Red,
            Color::Gray => Self::Gray,
        }
    }
}
