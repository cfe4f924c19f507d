//! Answers, and what can be done with two of them.

use std::collections::{HashMap, HashSet};

use botmeter_board::Comparison;

use crate::Labels;

/// One group of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The labels of the group; the name of a recorded series is one of them
    /// until something is computed with it.
    pub labels: Labels,
    /// Its value.
    pub value: f64,
}

/// A number that goes with every group, or a value for each.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Number(f64),
    Rows(Vec<Row>),
}

/// By what rows of two answers are paired.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pairing {
    Labels,
    Job,
}

impl Row {
    pub(crate) fn new(labels: Labels, value: f64) -> Self {
        Self { labels, value }
    }
}

impl Value {
    /// A number alone is a row without labels.
    pub(crate) fn into_rows(self) -> Vec<Row> {
        match self {
            Self::Number(number) => vec![Row::new(Labels::default(), number)],
            Self::Rows(rows) => rows,
        }
    }

    /// Groups that both have, or each group with the number.
    pub(crate) fn compute(self, compute: fn(f64, f64) -> f64, other: Self) -> Self {
        let each = |rows: Vec<Row>, of: &dyn Fn(f64) -> f64| {
            let rows = rows.into_iter();
            rows.map(|row| Row::new(row.labels.without_name(), of(row.value))).collect()
        };
        Self::Rows(match (self, other) {
            (Self::Number(a), Self::Number(b)) => return Self::Number(compute(a, b)),
            (Self::Number(a), Self::Rows(b)) => each(b, &|b| compute(a, b)),
            (Self::Rows(a), Self::Number(b)) => each(a, &|a| compute(a, b)),
            (Self::Rows(a), Self::Rows(b)) => {
                let b = by_labels(b);
                let pairs = a.into_iter().filter_map(|row| {
                    let labels = row.labels.without_name();
                    let value = compute(row.value, *b.get(&labels)?);
                    Some(Row::new(labels, value))
                });
                pairs.collect()
            }
        })
    }

    /// The groups of the first that compare so with the second, as they are;
    /// NaN compares with nothing.
    pub(crate) fn compare(self, comparison: Comparison, other: Self) -> Self {
        let holds = |a: f64, b: f64| match comparison {
            Comparison::Above => a > b,
            Comparison::Below => a < b,
            Comparison::AtLeast => a >= b,
            Comparison::AtMost => a <= b,
        };
        let keep = |mut rows: Vec<Row>, keeps: &dyn Fn(&Row) -> bool| {
            rows.retain(keeps);
            Self::Rows(rows)
        };
        match (self, other) {
            (Self::Number(a), Self::Rows(b)) => keep(b, &|b| holds(a, b.value)),
            (a, Self::Number(b)) => keep(a.into_rows(), &|a| holds(a.value, b)),
            (Self::Rows(a), Self::Rows(b)) => {
                let b = by_labels(b);
                keep(a, &|a| b.get(&a.labels.without_name()).is_some_and(|b| holds(a.value, *b)))
            }
        }
    }

    /// The groups of the first that the second has, or has not.
    pub(crate) fn among(self, pairing: Pairing, other: Self, wanted: bool) -> Self {
        let others = other.into_rows();
        let others: HashSet<_> = others.iter().map(|row| pairing.key(&row.labels)).collect();
        let mut rows = self.into_rows();
        rows.retain(|row| others.contains(&pairing.key(&row.labels)) == wanted);
        Self::Rows(rows)
    }

    /// The groups of the first, and those that only the second has.
    pub(crate) fn or(self, other: Self) -> Self {
        let mut rows = self.into_rows();
        let more = other.among(Pairing::Labels, Self::Rows(rows.clone()), false);
        rows.extend(more.into_rows());
        Self::Rows(rows)
    }

    /// So many of the groups with the largest values. Which of equal ones is
    /// not promised, as in Prometheus, but is always the same.
    pub(crate) fn top(self, count: u8) -> Self {
        let mut rows = self.into_rows();
        // A number comes before what is none, whatever its sign.
        rows.sort_by(|a, b| {
            let by_value = || b.value.total_cmp(&a.value);
            let by_labels = || a.labels.cmp(&b.labels);
            a.value.is_nan().cmp(&b.value.is_nan()).then_with(by_value).then_with(by_labels)
        });
        rows.truncate(count.into());
        Self::Rows(rows)
    }
}

impl Pairing {
    fn key(self, labels: &Labels) -> Labels {
        match self {
            Self::Labels => labels.without_name(),
            Self::Job => Labels::from_pairs(labels.get("job").map(|job| ("job", job))),
        }
    }
}

fn by_labels(rows: Vec<Row>) -> HashMap<Labels, f64> {
    rows.into_iter().map(|row| (row.labels.without_name(), row.value)).collect()
}
