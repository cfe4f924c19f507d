//! Numbers as Grafana writes them.

use botmeter_board::{OwnUnit, Show};

/// The number in its unit: `1.2 K`, `5.46 min`, `37.5%`, `$0.84`.
///
/// ```
/// use botmeter_board::Show;
/// use botmeter_view::unit;
///
/// assert_eq!(unit::text(&Show::Seconds, 0.25), "250 ms");
/// assert_eq!(unit::text(&Show::Ratio, 0.0128), "1.28%");
/// ```
pub fn text(show: &Show, value: f64) -> String {
    if !value.is_finite() {
        return infinite(value).to_owned();
    }
    let (size, before, behind) = scaled(show, value);
    format!("{before}{}{behind}", digits(value / size))
}

/// The number as a mark of an axis, whose neighbors are this far away: all of
/// an axis are in one unit, and no more exact than they have to be.
pub(crate) fn mark(show: &Show, value: f64, highest: f64, step: f64) -> String {
    let is_money = matches!(show, Show::Dollars | Show::Own(OwnUnit::Money(_)));
    if value == 0.0 && !is_money {
        return "0".to_owned();
    }
    let (size, before, behind) = scaled(show, highest);
    let decimals = (0..6).find(|decimals| {
        let factor = 10_f64.powi(*decimals);
        let of_step = step / size * factor;
        (of_step - of_step.round()).abs() < 1e-6 * of_step.max(1.0)
    });
    let decimals = usize::try_from(decimals.unwrap_or(6)).unwrap_or(6);
    format!("{before}{:.decimals$}{behind}", value / size)
}

/// What `1` of the unit is in which a number of this size is written, and what
/// stands before and behind it.
pub(crate) fn scaled(show: &Show, value: f64) -> (f64, String, String) {
    const THOUSANDS: [&str; 5] = ["", "K", "M", "B", "T"];
    let counted = |behind: &str| {
        let (size, prefix) = power(value, 1000.0, &THOUSANDS);
        (size, String::new(), format!("{prefix}{behind}"))
    };
    // The sign stands before the currency.
    let money = |sign: &str| {
        let (size, prefix) = power(value, 1000.0, &THOUSANDS);
        let (size, minus) = if value < 0.0 { (-size, "-") } else { (size, "") };
        (size, format!("{minus}{sign}"), prefix.to_owned())
    };
    match show {
        Show::Count => {
            const WORDS: [&str; 6] = ["", " K", " Mil", " Bil", " Tri", " Quadr"];
            let (size, word) = power(value, 1000.0, &WORDS);
            (size, String::new(), word.to_owned())
        }
        Show::PerSecond => counted(" c/s"),
        Show::RequestsPerSecond => counted(" req/s"),
        Show::PerMinute => counted(" c/m"),
        Show::Bytes => {
            const PREFIXES: [&str; 6] = ["", "Ki", "Mi", "Gi", "Ti", "Pi"];
            let (size, prefix) = power(value, 1024.0, &PREFIXES);
            (size, String::new(), format!(" {prefix}B"))
        }
        Show::Ratio => (0.01, String::new(), "%".to_owned()),
        Show::Dollars => money("$"),
        Show::Own(OwnUnit::Money(sign)) => money(sign),
        Show::Own(OwnUnit::Counted(text) | OwnUnit::Grafana { text, .. }) => {
            counted(&format!(" {text}"))
        }
        Show::Seconds => {
            let (size, unit) = seconds(value.abs());
            (size, String::new(), format!(" {unit}"))
        }
    }
}

/// What seconds are counted in from which length on.
fn seconds(length: f64) -> (f64, &'static str) {
    const UNITS: [(f64, f64, &str); 8] = [
        (31_536_000.0, 31_556_900.0, "year"),
        (604_800.0, 604_800.0, "week"),
        (86_400.0, 86_400.0, "day"),
        (3600.0, 3600.0, "hour"),
        (60.0, 60.0, "min"),
        (1.0, 1.0, "s"),
        (1e-3, 1e-3, "ms"),
        (1e-6, 1e-6, "µs"),
    ];
    if length == 0.0 {
        return (1.0, "s");
    }
    let unit = UNITS.iter().find(|(from, _, _)| length >= *from);
    unit.map_or((1e-9, "ns"), |(_, size, unit)| (*size, unit))
}

fn power<'a>(value: f64, factor: f64, words: &[&'a str]) -> (f64, &'a str) {
    let mut size = 1.0;
    let mut words = words.iter();
    let mut word = words.next();
    while value.abs() >= size * factor
        && let Some(next) = words.next()
    {
        size *= factor;
        word = Some(next);
    }
    (size, word.copied().unwrap_or_default())
}

/// Three digits that say something, as Grafana chooses them.
fn digits(value: f64) -> String {
    if value == 0.0 || value.fract() == 0.0 {
        return format!("{value:.0}").replace("-0", "0");
    }
    #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a float is small")]
    let magnitude = value.abs().log10().floor() as i32;
    let decimals = usize::try_from(2 - magnitude).unwrap_or(0);
    format!("{value:.decimals$}")
}

fn infinite(value: f64) -> &'static str {
    if value.is_nan() {
        "NaN"
    } else if value > 0.0 {
        "∞"
    } else {
        "-∞"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_grafana_does() {
        let cases = [
            (Show::Count, 0.0, "0"),
            (Show::Count, 42.0, "42"),
            (Show::Count, 0.25, "0.250"),
            (Show::Count, 29_100.0, "29.1 K"),
            (Show::Count, 1000.0, "1 K"),
            (Show::Count, 1_234_567.0, "1.23 Mil"),
            (Show::Count, 2.5e9, "2.50 Bil"),
            (Show::Count, -1500.0, "-1.50 K"),
            (Show::PerSecond, 3.0, "3 c/s"),
            (Show::RequestsPerSecond, 1250.0, "1.25K req/s"),
            (Show::PerMinute, 12_000.0, "12K c/m"),
            (Show::Seconds, 0.0, "0 s"),
            (Show::Seconds, 2.5e-9, "2.50 ns"),
            (Show::Seconds, 12e-6, "12 µs"),
            (Show::Seconds, 0.25, "250 ms"),
            (Show::Seconds, 5.5, "5.50 s"),
            (Show::Seconds, 327.6, "5.46 min"),
            (Show::Seconds, 5400.0, "1.50 hour"),
            (Show::Seconds, 172_800.0, "2 day"),
            (Show::Seconds, 1_209_600.0, "2 week"),
            (Show::Seconds, 31_556_900.0, "1 year"),
            (Show::Bytes, 512.0, "512 B"),
            (Show::Bytes, 1536.0, "1.50 KiB"),
            (Show::Bytes, 3.0 * 1024.0 * 1024.0 * 1024.0, "3 GiB"),
            (Show::Ratio, 0.0128, "1.28%"),
            (Show::Ratio, 0.375, "37.5%"),
            (Show::Ratio, 1.0, "100%"),
            (Show::Dollars, 37.7, "$37.7"),
            (Show::Dollars, 0.084, "$0.0840"),
            (Show::Dollars, 12_345.0, "$12.3K"),
            (Show::Dollars, -2.5, "-$2.50"),
            (Show::Own(OwnUnit::counted("mails")), 12_300.0, "12.3K mails"),
            (Show::Own(OwnUnit::money("€")), -2500.0, "-€2.50K"),
            (Show::Own(OwnUnit::grafana("watt", "W")), 4.5, "4.50 W"),
            (Show::Count, f64::NAN, "NaN"),
            (Show::Seconds, f64::INFINITY, "∞"),
            (Show::Ratio, f64::NEG_INFINITY, "-∞"),
        ];
        for (show, value, expected) in cases {
            assert_eq!(text(&show, value), expected, "{show:?} {value}");
        }
    }

    #[test]
    fn marks_of_one_axis_are_in_one_unit() {
        let cases = [
            (Show::Seconds, 0.5, 2.0, 0.5, "0.5 s"),
            (Show::Seconds, 30.0, 120.0, 30.0, "0.5 min"),
            (Show::Ratio, 0.02, 0.08, 0.02, "2%"),
            (Show::Count, 2500.0, 10_000.0, 2500.0, "2.5 K"),
            (Show::Dollars, 0.0, 10.0, 2.5, "$0.0"),
            (Show::Bytes, 0.0, 4096.0, 1024.0, "0"),
        ];
        for (show, value, highest, step, expected) in cases {
            assert_eq!(mark(&show, value, highest, step), expected, "{show:?} {value}");
        }
    }
}
