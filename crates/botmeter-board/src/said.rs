//! Numbers in the texts of alerts, as Prometheus' templates write them.

use std::borrow::Borrow;

use crate::{OwnUnit, Show};

/// What the rule that is generated for an alert makes of its value: what an
/// example says that the description shows.
///
/// ```
/// use botmeter_board::{Show, said};
///
/// assert_eq!(said(Show::Seconds, 4200.0), "1h 10m 0s");
/// ```
pub fn said(show: impl Borrow<Show>, value: f64) -> String {
    match show.borrow() {
        Show::Ratio => format!("{}%", general(value * 100.0, 4)),
        Show::Seconds => duration(value),
        Show::Bytes => format!("{}B", binary(value)),
        Show::Dollars => format!("{value:.2} USD"),
        Show::Count => decimal(value),
        Show::PerSecond | Show::RequestsPerSecond | Show::PerMinute => general(value, 3),
        Show::Own(OwnUnit::Money(sign)) => format!("{value:.2} {sign}"),
        Show::Own(OwnUnit::Counted(text) | OwnUnit::Grafana { text, .. }) => {
            format!("{} {text}", general(value, 4))
        }
    }
}

/// `%.4g` and the like: so many digits, without zeros that say nothing.
fn general(value: f64, digits: i32) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let shortest = |text: String| match text.split_once('.') {
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        None => text,
    };
    let exact = usize::try_from(digits - 1).unwrap_or(0);
    let scientific = format!("{value:.exact$e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if exponent < -4 || exponent >= digits {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{}e{sign}{:02}", shortest(mantissa.to_owned()), exponent.abs());
    }
    let decimals = usize::try_from(digits - 1 - exponent).unwrap_or(0);
    shortest(format!("{value:.decimals$}"))
}

fn decimal(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return general(value, 4);
    }
    if value.abs() < 1.0 {
        return small(value);
    }
    scaled(value, 1000.0, &["", "k", "M", "G", "T", "P", "E", "Z", "Y"])
}

fn binary(value: f64) -> String {
    if value.abs() <= 1.0 || !value.is_finite() {
        return general(value, 4);
    }
    scaled(value, 1024.0, &["", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"])
}

fn scaled(mut value: f64, factor: f64, prefixes: &[&str]) -> String {
    let mut prefixes = prefixes.iter();
    let mut prefix = prefixes.next();
    while value.abs() >= factor
        && let Some(next) = prefixes.next()
    {
        value /= factor;
        prefix = Some(next);
    }
    format!("{}{}", general(value, 4), prefix.unwrap_or(&""))
}

fn small(mut value: f64) -> String {
    let mut prefix = "";
    for next in ["m", "u", "n", "p", "f", "a", "z", "y"] {
        if value.abs() >= 1.0 {
            break;
        }
        value *= 1000.0;
        prefix = next;
    }
    format!("{}{prefix}", general(value, 4))
}

fn duration(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        let end = if value == 0.0 { "s" } else { "" };
        return format!("{}{end}", general(value, 4));
    }
    if value.abs() < 1.0 {
        return format!("{}s", small(value));
    }
    #[expect(clippy::cast_possible_truncation, reason = "longer than all time is cut off")]
    let whole = value.abs() as i64;
    let sign = if value < 0.0 { "-" } else { "" };
    let (seconds, minutes) = (whole % 60, whole / 60 % 60);
    let (hours, days) = (whole / 3600 % 24, whole / 86_400);
    if days > 0 {
        format!("{sign}{days}d {hours}h {minutes}m {seconds}s")
    } else if hours > 0 {
        format!("{sign}{hours}h {minutes}m {seconds}s")
    } else if minutes > 0 {
        format!("{sign}{minutes}m {seconds}s")
    } else {
        format!("{sign}{}s", general(value.abs(), 4))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_prometheus_does() {
        let cases = [
            (Show::Count, 0.0, "0"),
            (Show::Count, 150.0, "150"),
            (Show::Count, 1_234_567.0, "1.235M"),
            (Show::Count, 0.2, "200m"),
            (Show::Count, f64::NAN, "NaN"),
            (Show::PerSecond, 0.2, "0.2"),
            (Show::PerMinute, 123_456.0, "1.23e+05"),
            (Show::Ratio, 0.05, "5%"),
            (Show::Ratio, 1.0 / 3.0, "33.33%"),
            (Show::Seconds, 0.0, "0s"),
            (Show::Seconds, 0.25, "250ms"),
            (Show::Seconds, 12.345, "12.35s"),
            (Show::Seconds, 3661.0, "1h 1m 1s"),
            (Show::Seconds, 90_061.0, "1d 1h 1m 1s"),
            (Show::Bytes, 1536.0, "1.5kiB"),
            (Show::Dollars, 14.4, "14.40 USD"),
            (Show::Own(OwnUnit::money("€")), 14.4, "14.40 €"),
            (Show::Own(OwnUnit::counted("mails")), 150.0, "150 mails"),
            (Show::Own(OwnUnit::grafana("watt", "W")), 0.25, "0.25 W"),
        ];
        for (show, value, expected) in cases {
            assert_eq!(said(&show, value), expected, "{show:?} {value}");
        }
    }
}
