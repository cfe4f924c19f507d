//! Which values make sense for a variable.

use std::{net::IpAddr, time::Duration};

/// What a variable holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A TCP port.
    Port,
    /// A duration as Prometheus writes it.
    Duration,
    /// An amount of bytes as Prometheus writes it.
    Size,
    /// A whole number above zero.
    Count,
    /// A number above zero.
    Rate,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Some of these words.
    List(&'static [&'static str]),
    /// Names or addresses of hosts.
    Hosts,
    /// The address of an interface.
    Address,
    /// The address of a server.
    Url,
    /// The name of an image.
    Image,
    /// Any text.
    Text,
    /// Any text, which is never printed.
    Secret,
}

/// The parts of a list, without what is around them.
pub(super) fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|part| !part.is_empty())
}

impl Kind {
    /// Whether a value makes sense; what would, if it does not.
    pub(super) fn judge(self, value: &str) -> Result<(), String> {
        let (good, allowed) = match self {
            Self::Port => (
                value.parse::<u16>().is_ok_and(|port| port > 0),
                "give a port, a whole number from 1 to 65535".to_owned(),
            ),
            Self::Duration => {
                (duration(value).is_some(), "give a duration such as 15s, 1h30m or 35d".to_owned())
            }
            Self::Size => {
                (sum(value, SIZES, true).is_some(), "give a size such as 512MB or 5GB".to_owned())
            }
            Self::Count => (
                value.parse::<u32>().is_ok_and(|count| count > 0),
                format!("give a whole number from 1 to {}", u32::MAX),
            ),
            Self::Rate => (
                value.parse::<f64>().is_ok_and(|rate| rate.is_finite() && rate > 0.0),
                "give a number above zero".to_owned(),
            ),
            Self::Choice(words) => {
                (words.contains(&value), format!("give one of {}", words.join(", ")))
            }
            Self::List(words) => (
                parts(value).all(|part| words.contains(&part)),
                format!("give some of {}, separated by commas", words.join(", ")),
            ),
            Self::Hosts => (
                parts(value).all(is_host),
                "give names or addresses without a scheme or a port, separated by commas"
                    .to_owned(),
            ),
            Self::Address => (
                value.parse::<IpAddr>().is_ok(),
                "give the address of an interface, such as 127.0.0.1 or 0.0.0.0".to_owned(),
            ),
            Self::Url => {
                (is_url(value), "give a URL such as http://localhost:4318/v1/traces".to_owned())
            }
            Self::Image => (
                !value.contains(char::is_whitespace) && value.contains('/'),
                "give the full name of an image, such as docker.io/prom/prometheus:v3.15.0"
                    .to_owned(),
            ),
            Self::Text | Self::Secret => {
                (!value.contains(['\n', '\r']), "give text on one line".to_owned())
            }
        };
        if good { Ok(()) } else { Err(allowed) }
    }
}

/// The units of a duration in milliseconds, as Prometheus counts them.
const DURATIONS: &[(&str, u64)] = &[
    ("ms", 1),
    ("s", 1000),
    ("m", 60 * 1000),
    ("h", 3600 * 1000),
    ("d", 24 * 3600 * 1000),
    ("w", 7 * 24 * 3600 * 1000),
    ("y", 365 * 24 * 3600 * 1000),
];

/// The units of a size in bytes.
const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("KB", 1 << 10),
    ("MB", 1 << 20),
    ("GB", 1 << 30),
    ("TB", 1 << 40),
    ("PB", 1 << 50),
    ("EB", 1 << 60),
];

/// A duration as Prometheus writes it, if it is one above zero.
pub(super) fn duration(value: &str) -> Option<Duration> {
    sum(value, DURATIONS, false).map(Duration::from_millis)
}

/// What numbers with units come to, if each unit is smaller than the one before;
/// only one of them for `single`. Zero is none.
fn sum(value: &str, units: &[(&str, u64)], single: bool) -> Option<u64> {
    let mut rest = value;
    let mut below = units.len();
    let mut sum = 0_u64;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit())?);
        let letters = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, next) = after.split_at(letters);
        let position = units.iter().position(|(known, _)| *known == unit)?;
        if position >= below || (single && !next.is_empty()) {
            return None;
        }
        let (_, size) = units.get(position)?;
        sum = sum.checked_add(number.parse::<u64>().ok()?.checked_mul(*size)?)?;
        below = position;
        rest = next;
    }
    (sum > 0).then_some(sum)
}

fn is_host(host: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    host.parse::<IpAddr>().is_ok()
        || (host.chars().all(plain) && !host.starts_with(['-', '.']) && !host.ends_with('-'))
}

fn is_url(url: &str) -> bool {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with(['/', ':']) && !rest.contains(char::is_whitespace)
    })
}
