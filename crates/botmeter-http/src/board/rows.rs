//! The panels, from what one looks at first to the details.

mod overview;
mod requests;
mod tools;

use botmeter_board::Row;

use super::{HttpThresholds, alerts, titles};

/// All rows.
pub(super) fn rows(of: &HttpThresholds) -> Vec<Row> {
    vec![
        overview::overview(of),
        requests::routes(of),
        requests::requests(),
        tools::tools(of),
        tools::mcp(),
    ]
}
