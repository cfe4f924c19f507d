//! What each kind of panel makes of its groups.

use std::collections::BTreeMap;

use botmeter_board::{AlertSeverity, Severity, Show};
use botmeter_core::label::Label;
use botmeter_window::Labels;

use super::{Drawer, Group, level};
use crate::{
    Scale,
    picture::{Bands, Drawing, Heat, Ink, Line, Lines, Stretch, Table, Value},
    unit,
};

/// How many lines one picture has at most: more cannot be told apart.
const MOST_LINES: usize = 20;

/// How many lines are a few.
const FEW_LINES: usize = 6;

impl Drawer<'_> {
    pub(super) fn lines(
        &self,
        mut groups: Vec<Group>,
        moments: Vec<i64>,
        is_stacked: bool,
        is_bars: bool,
    ) -> Lines {
        // A few are found by their names, many by what they amount to.
        if groups.len() > FEW_LINES {
            groups.sort_by(|a, b| peak(&b.values).total_cmp(&peak(&a.values)));
        }
        let rest = groups.split_off(groups.len().min(MOST_LINES));
        let show = &self.panel.show;
        let mut number = 0;
        let lines = groups.into_iter().map(|Group { line, name, values, .. }| {
            let color = self.panel.lines.get(line).and_then(|line| line.color);
            let ink = color.map_or_else(
                || {
                    number += 1;
                    Ink::Number(number - 1)
                },
                Ink::from,
            );
            let last = values.iter().rev().find_map(|value| *value).unwrap_or(f64::NAN);
            let (last, highest) = (unit::text(show, last), unit::text(show, peak(&values)));
            Line { name, ink, values, last, highest }
        });
        let mut lines: Vec<Line> = lines.collect();
        let mut hidden = rest.len();
        if is_stacked && hidden > 0 {
            // Without them, the whole would be too little.
            lines.push(others(&rest, moments.len(), show));
            hidden = 0;
        }
        let scale = Scale::of(show, 0.0, 0.0);
        let (span, times) = self.time();
        let mut lines = Lines { span, moments, lines, hidden, is_stacked, is_bars, scale, times };
        let tops = lines.tops().into_iter().flatten().flatten();
        let (low, high) = tops.fold((0.0_f64, 0.0_f64), |(a, b), top| (a.min(top), b.max(top)));
        // A limit that is far away would press all lines to the ground.
        let limits = self.limits().into_iter().map(|limit| limit.value);
        let near = limits.filter(|limit| *limit <= 2.0 * high);
        lines.scale = Scale::of(show, low, near.fold(high, f64::max));
        lines
    }

    pub(super) fn dial(&self, groups: &[Group]) -> Drawing {
        let values: Vec<_> = groups.iter().map(|group| self.last(group)).collect();
        let Some(value) = values.into_iter().next() else { return self.nothing() };
        let limits = self.limits();
        let highest = self.panel.highest().unwrap_or_else(|| {
            let limits = limits.iter().map(|limit| limit.value * 1.25);
            limits.fold(value.value, f64::max)
        });
        let scale = Scale::of(&self.panel.show, 0.0, highest);
        let high = self.panel.highest().unwrap_or(scale.high);
        let place = |at: f64| if at.is_nan() { 0.0 } else { (at / high).clamp(0.0, 1.0) };
        let limits = limits.iter().map(|limit| (place(limit.value), limit.level)).collect();
        Drawing::Dial { place: place(value.value), value, limits }
    }

    pub(super) fn bars(&self, groups: &[Group]) -> Drawing {
        let mut values: Vec<_> = groups.iter().map(|group| self.last(group)).collect();
        for (value, group) in values.iter_mut().zip(groups) {
            value.name.clone_from(&group.name);
        }
        values.sort_by(|a, b| b.value.total_cmp(&a.value));
        let finite = values.iter().map(|value| value.value).filter(|value| value.is_finite());
        let longest = self.panel.highest().unwrap_or_else(|| finite.fold(0.0, f64::max));
        let length = |value: f64| match value / longest {
            length if length.is_nan() => 0.0,
            length => length.clamp(0.0, 1.0),
        };
        let bars = values.into_iter().map(|value| {
            let length = length(value.value);
            (value, length)
        });
        Drawing::Bars(bars.collect())
    }

    /// Buckets tell how much lies below their bound; a cell, how much lies
    /// above the bound before as well.
    pub(super) fn heat(&self, groups: Vec<Group>, moments: Vec<i64>) -> Heat {
        let mut buckets: Vec<(f64, Vec<Option<f64>>)> = groups
            .into_iter()
            .filter_map(|group| Some((group.labels.get("le")?.parse().ok()?, group.values)))
            .collect();
        buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut below = vec![0.0; moments.len()];
        let mut rows = Vec::new();
        for (bound, values) in buckets {
            let cells = values.iter().zip(&mut below).map(|(value, below)| {
                let Some(value) = value.filter(|value| value.is_finite()) else { return 0.0 };
                let cell = (value - *below).max(0.0);
                *below = value.max(*below);
                cell
            });
            let cells: Vec<f64> = cells.collect();
            rows.push((unit::text(&self.panel.show, bound), cells));
        }
        // Rows beyond what was ever observed say nothing.
        let is_empty = |cells: &[f64]| cells.iter().all(|cell| *cell <= 0.0);
        while rows.len() > 1 && rows.last().is_some_and(|(_, cells)| is_empty(cells)) {
            rows.pop();
        }
        let (bounds, cells): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let most = cells.iter().flatten().copied().fold(0.0, f64::max);
        let (span, times) = self.time();
        Heat { span, moments, bounds, cells, most, times }
    }

    pub(super) fn bands(&self, groups: Vec<Group>, moments: &[i64]) -> Bands {
        let (span, times) = self.time();
        let step = self.frame.step();
        let step = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
        let rows = groups.into_iter().map(|Group { name, values, .. }| {
            let mut stretches: Vec<Stretch> = Vec::new();
            for (at, value) in moments.iter().zip(values) {
                let Some(value) = value else { continue };
                let (level, text) =
                    (level(&self.steps, value), unit::text(&self.panel.show, value));
                let (from, to) = ((at - step).max(span.0), *at);
                match stretches.last_mut() {
                    Some(last) if last.level == level && last.span.1 >= from => {
                        last.span.1 = to;
                        last.text = text;
                    }
                    _ => stretches.push(Stretch { span: (from, to), level, text }),
                }
            }
            (name, stretches)
        });
        Bands { span, rows: rows.collect(), times }
    }

    /// All lines are asked for the same labels, by which they are put side by
    /// side.
    pub(super) fn table(&self) -> Result<Table, String> {
        let place = self.frame.place(self.panel.scope, self.variables);
        let lines = &self.panel.lines;
        let keys = lines.first().map(|line| self.panel.naming_labels(line)).unwrap_or_default();
        let mut rows: BTreeMap<Labels, Vec<Option<Value>>> = BTreeMap::new();
        for (column, line) in lines.iter().enumerate() {
            let steps = self.limits.steps_of_column(line).unwrap_or_default();
            for row in self.answers.at(&line.expr, self.frame.end, &place)? {
                let text = unit::text(line.show.as_ref().unwrap_or(&self.panel.show), row.value);
                let level = level(&steps, row.value);
                let value = Value { name: String::new(), value: row.value, text, level };
                let cells = rows.entry(row.labels).or_insert_with(|| vec![None; lines.len()]);
                if let Some(cell) = cells.get_mut(column) {
                    *cell = Some(value);
                }
            }
        }
        let mut rows: Vec<_> = rows
            .into_iter()
            .map(|(labels, cells)| {
                let values = keys.iter().map(|key| labels.get(key).unwrap_or_default().to_owned());
                (values.collect::<Vec<_>>(), cells)
            })
            .collect();
        // What there is most of comes first.
        let first = |cells: &[Option<Value>]| {
            cells.first().and_then(Option::as_ref).map_or(f64::NEG_INFINITY, |value| value.value)
        };
        rows.sort_by(|a, b| first(&b.1).total_cmp(&first(&a.1)));
        if self.panel.is_by_severity() {
            let at = keys.iter().position(|key| *key == AlertSeverity::INFO.key());
            rows.sort_by_key(|(labels, _)| at.and_then(|at| labels.get(at)).map(|of| rank(of)));
        }
        let headings = lines.iter().map(|line| self.panel.heading(line).to_owned()).collect();
        Ok(Table {
            keys: keys.into_iter().map(str::to_owned).collect(),
            headings,
            rows,
            staged: Vec::new(),
        })
    }

    fn time(&self) -> ((i64, i64), Vec<(i64, String)>) {
        let (from, to) = (self.frame.start(), self.frame.end);
        ((from, to), self.frame.clock.marks(from, to))
    }
}

/// The most severe first.
fn rank(severity: &str) -> usize {
    let known = Severity::ALL;
    known.iter().position(|of| of.as_str() == severity).unwrap_or(known.len())
}

/// What is left of a stack, as one line.
fn others(rest: &[Group], moments: usize, show: &Show) -> Line {
    let sum = |at: usize| {
        let values = rest.iter().filter_map(|group| *group.values.get(at)?);
        values.reduce(|a, b| a + b)
    };
    let values: Vec<_> = (0..moments).map(sum).collect();
    let last = values.iter().rev().find_map(|value| *value).unwrap_or(f64::NAN);
    let (last, highest) = (unit::text(show, last), unit::text(show, peak(&values)));
    Line { name: format!("{} others", rest.len()), ink: Ink::Gray, values, last, highest }
}

fn peak(values: &[Option<f64>]) -> f64 {
    let values = values.iter().flatten().copied().filter(|value| value.is_finite());
    values.fold(f64::NEG_INFINITY, f64::max)
}
