//! Axes of values.

use botmeter_board::Show;
use serde::Serialize;

use crate::unit;

/// From where to where an axis of values goes, and its marks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scale {
    /// The value at its lower end.
    pub low: f64,
    /// The value at its upper end.
    pub high: f64,
    /// Its marks, the lowest first.
    pub marks: Vec<Mark>,
}

/// A place on an axis of values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    /// Where it is.
    pub value: f64,
    /// What stands there.
    pub text: String,
}

impl Scale {
    /// An axis that holds these values, with marks at round numbers of the
    /// unit. It begins at zero, unless something is lower.
    pub(crate) fn of(show: &Show, lowest: f64, highest: f64) -> Self {
        let low = if lowest.is_finite() { lowest.min(0.0) } else { 0.0 };
        let mut high = if highest.is_finite() { highest.max(0.0) } else { 0.0 };
        // Next to nothing cannot be divided into steps.
        if high - low < f64::MIN_POSITIVE * 1e9 {
            high = low + 1.0;
        }
        let step = step(show, (high - low) / 4.0);
        let (first, last) = ((low / step).floor(), (high / step - 1e-9).ceil());
        #[expect(clippy::cast_possible_truncation, reason = "there are some four steps")]
        let marks = (first as i64..=last as i64).map(|count| count as f64 * step);
        let text = |value: f64| unit::mark(show, value, high.max(-low), step);
        let marks = marks.map(|value| Mark { value, text: text(value) }).collect();
        Self { low: first * step, high: last * step, marks }
    }
}

/// The round number of the unit that is not smaller.
fn step(show: &Show, least: f64) -> f64 {
    let (size, _, _) = unit::scaled(show, least * 4.0);
    let size = size.abs();
    let least = (least / size).max(f64::MIN_POSITIVE);
    if *show == Show::Seconds && (60.0..86_400.0).contains(&size) {
        // Of minutes and hours, there are sixty.
        let round = [0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0];
        if let Some(step) = round.into_iter().find(|step| *step >= least) {
            return step * size;
        }
    }
    let power = 10_f64.powf(least.log10().floor());
    let round = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().find(|step| step * power >= least * 0.999);
    round.unwrap_or(10.0) * power * size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_numbers_of_their_unit() {
        let cases = [
            (Show::Count, 0.0, "0 0.25 0.50 0.75 1.00"),
            (Show::Count, 7.3, "0 2 4 6 8"),
            (Show::Count, 29_100.0, "0 10 K 20 K 30 K"),
            (Show::Ratio, 0.031, "0 1% 2% 3% 4%"),
            (Show::Ratio, 1.0, "0 25% 50% 75% 100%"),
            (Show::Seconds, 0.37, "0 100 ms 200 ms 300 ms 400 ms"),
            (Show::Seconds, 100.0, "0 0.5 min 1.0 min 1.5 min 2.0 min"),
            (Show::Seconds, 3000.0, "0 15 min 30 min 45 min 60 min"),
            (Show::Bytes, 3000.0, "0 1 KiB 2 KiB 3 KiB"),
            (Show::Dollars, 0.9, "$0.00 $0.25 $0.50 $0.75 $1.00"),
            (Show::PerMinute, 12.0, "0 c/m 5 c/m 10 c/m 15 c/m"),
        ];
        for (show, highest, expected) in cases {
            let scale = Scale::of(&show, 0.0, highest);
            let texts: Vec<_> = scale.marks.iter().map(|mark| mark.text.as_str()).collect();
            assert_eq!(texts.join(" "), expected.replace("0 c/m 5", "0 5"), "{show:?} {highest}");
            assert!(scale.high >= highest);
        }
    }

    #[test]
    fn no_value_breaks_an_axis() {
        for value in [f64::NAN, f64::INFINITY, -1e300, 1e300, 5e-324, -3.0] {
            let scale = Scale::of(&Show::Count, value, value);
            assert!(scale.high > scale.low && scale.marks.len() < 12, "{value}: {scale:?}");
        }
    }
}
