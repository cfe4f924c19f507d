//! Grafana's names of units.

use botmeter_board::{OwnUnit, Show};

/// Grafana's name of the unit; each is also known to its dashboard linter, but
/// for those of one's own.
pub(super) fn unit(show: &Show) -> String {
    let known = match show {
        Show::Count => "short",
        Show::PerSecond => "cps",
        Show::RequestsPerSecond => "reqps",
        Show::PerMinute => "cpm",
        Show::Seconds => "s",
        Show::Bytes => "bytes",
        Show::Ratio => "percentunit",
        Show::Dollars => "currencyUSD",
        Show::Own(OwnUnit::Counted(word)) => return format!("count:{word}"),
        Show::Own(OwnUnit::Money(sign)) => return format!("currency:{sign}"),
        Show::Own(OwnUnit::Grafana { id, .. }) => id,
    };
    known.to_owned()
}
