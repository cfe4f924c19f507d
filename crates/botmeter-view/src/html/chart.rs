//! Lines, bars and areas as paths.

use botmeter_board::GAP;

use super::markup::number;
use crate::{
    Scale,
    frame::milliseconds,
    picture::{Ink, Lines},
};

/// How wide a plot is in its own units; it is stretched to what there is.
pub(super) const WIDTH: f64 = 1000.0;

/// What is left free above the highest value.
const TOP: f64 = 8.0;

/// Where times and values lie in a plot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub(super) span: (i64, i64),
    pub(super) height: f64,
}

/// What of a line is drawn how.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// The line itself.
    pub(super) line: String,
    /// What lies below it.
    pub(super) fill: String,
}

/// A value with its moment.
type Point = (i64, f64);

impl Area {
    pub(super) fn x(&self, at: i64) -> f64 {
        let (from, to) = self.span;
        WIDTH * (at - from) as f64 / (to - from).max(1) as f64
    }

    /// Where a value lies, from above.
    pub(super) fn y(&self, scale: &Scale, value: f64) -> f64 {
        let place = ((value - scale.low) / (scale.high - scale.low)).clamp(0.0, 1.0);
        TOP + (1.0 - place) * (self.height - TOP - 1.0)
    }

    /// The same in hundredths of the width, for what must not be stretched.
    pub(super) fn percent(&self, at: i64) -> String {
        format!("{}%", number(self.x(at) / WIDTH * 100.0))
    }

    /// The paths of all lines.
    pub(super) fn paths(&self, lines: &Lines) -> Vec<Paths> {
        let tops = lines.tops();
        let mut below: Option<&Vec<Option<f64>>> = None;
        let mut paths = Vec::new();
        for (at, tops) in tops.iter().enumerate() {
            let bottom = below.filter(|_| lines.is_stacked);
            paths.push(if lines.is_bars {
                self.bars(lines, at, tops, bottom)
            } else {
                self.line(lines, tops, bottom)
            });
            below = Some(tops);
        }
        paths
    }

    fn line(
        &self,
        lines: &Lines,
        tops: &[Option<f64>],
        bottom: Option<&Vec<Option<f64>>>,
    ) -> Paths {
        let mut paths = Paths::default();
        let ground = lines.scale.low.max(0.0);
        for part in parts(&lines.moments, tops) {
            let place = |(at, value): &Point| self.point(*at, *value, &lines.scale);
            let there: Vec<_> = part.iter().map(place).collect();
            paths.line += &format_line(&there);
            let back = part.iter().rev().map(|(at, _)| {
                let place = lines.moments.binary_search(at).ok();
                let under = place.and_then(|place| *bottom?.get(place)?);
                self.point(*at, under.unwrap_or(ground), &lines.scale)
            });
            let around: Vec<_> = there.iter().cloned().chain(back).collect();
            paths.fill.extend(["M", &around.join("L"), "Z"]);
        }
        paths
    }

    /// Bars of one line: beside those of others, or on top of them.
    fn bars(
        &self,
        lines: &Lines,
        number_of: usize,
        tops: &[Option<f64>],
        bottom: Option<&Vec<Option<f64>>>,
    ) -> Paths {
        let step = match lines.moments.as_slice() {
            [first, second, ..] => self.x(*second) - self.x(*first),
            _ => WIDTH / 60.0,
        };
        let count = if lines.is_stacked { 1 } else { lines.lines.len().max(1) };
        let width = step * 0.8 / count as f64;
        let mut paths = Paths::default();
        for (place, (at, top)) in lines.moments.iter().zip(tops).enumerate() {
            let Some(top) = top else { continue };
            let under = bottom.and_then(|bottom| *bottom.get(place)?);
            let ground = under.unwrap_or(lines.scale.low.max(0.0));
            let slot = if lines.is_stacked { 0 } else { number_of };
            let x = self.x(*at) - step * 0.9 + width * slot as f64;
            let (y, base) = (self.y(&lines.scale, *top), self.y(&lines.scale, ground));
            if base - y > 0.05 {
                paths.fill += &rectangle(x, y, width, base - y);
            }
        }
        paths
    }

    fn point(&self, at: i64, value: f64, scale: &Scale) -> String {
        format!("{} {}", number(self.x(at)), number(self.y(scale, value)))
    }
}

/// A rectangle as a part of a path.
pub(super) fn rectangle(x: f64, y: f64, width: f64, height: f64) -> String {
    let [x, y, width, height] = [x, y, width, height].map(number);
    format!("M{x} {y}h{width}v{height}h-{width}Z")
}

/// A point alone is a short line, whose round ends make it a dot.
fn format_line(points: &[String]) -> String {
    match points {
        [alone] => format!("M{alone}h.1"),
        points => format!("M{}", points.join("L")),
    }
}

/// The stretches in which no silence is long enough to show.
fn parts(moments: &[i64], values: &[Option<f64>]) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    for (at, value) in moments.iter().zip(values) {
        let Some(value) = value else { continue };
        match parts.last_mut() {
            Some(part) if part.last().is_some_and(|(last, _)| at - last <= milliseconds(GAP)) => {
                part.push((*at, *value));
            }
            _ => parts.push(vec![(*at, *value)]),
        }
    }
    // Moments may be further apart than a silence has to be.
    let is_sparse = moments.windows(2).any(|pair| pair[1] - pair[0] > milliseconds(GAP));
    if is_sparse { joined(moments, values) } else { parts }
}

/// The same where each moment is further from the next than a gap: only a
/// moment without a value is one.
fn joined(moments: &[i64], values: &[Option<f64>]) -> Vec<Vec<Point>> {
    let pairs: Vec<_> = moments.iter().zip(values).collect();
    let stretches = pairs.split(|(_, value)| value.is_none());
    let points = |stretch: &[(&i64, &Option<f64>)]| {
        stretch.iter().filter_map(|(at, value)| Some((**at, (**value)?))).collect::<Vec<_>>()
    };
    stretches.map(points).filter(|points| !points.is_empty()).collect()
}

/// The class of a color.
pub(super) fn ink(ink: Ink) -> String {
    match ink {
        // Beyond the colors there are, lines are dashed.
        Ink::Number(number) if number >= 8 => format!("c{} dash", number % 8),
        Ink::Number(number) => format!("c{number}"),
        Ink::Green => "green".to_owned(),
        Ink::Yellow => "yellow".to_owned(),
        Ink::Red => "red".to_owned(),
        Ink::Gray => "gray".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_over_short_silences_and_breaks_at_long_ones() {
        let minute = 60_000;
        let moments: Vec<i64> = (0..20).map(|at| at * minute).collect();
        let mut values = vec![Some(1.0); 20];
        values[3] = None;
        values[8..16].fill(None);
        values[17] = None;
        let lengths = |moments: &[i64]| -> Vec<usize> {
            parts(moments, &values).iter().map(Vec::len).collect()
        };
        assert_eq!(lengths(&moments), [7, 3]);
        let sparse: Vec<i64> = moments.iter().map(|at| at * 60).collect();
        assert_eq!(lengths(&sparse), [3, 4, 1, 2]);
    }
}
