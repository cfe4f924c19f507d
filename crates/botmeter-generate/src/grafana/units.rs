//! Grafana's names of units.

use botmeter_board::Show;

/// Grafana's name of the unit; each is also known to its dashboard linter.
pub(super) fn unit(show: Show) -> &'static str {
    match show {
        Show::Count => "short",
        Show::PerSecond => "cps",
        Show::RequestsPerSecond => "reqps",
        Show::PerMinute => "cpm",
        Show::Seconds => "s",
        Show::Bytes => "bytes",
        Show::Ratio => "percentunit",
        Show::Dollars => "currencyUSD",
    }
}
