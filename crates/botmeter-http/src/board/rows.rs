//! The panels, from what one looks at first to the details.

mod overview;
mod requests;
mod tools;

use botmeter_board::Row;

use super::{alerts, limits, titles};

/// All rows.
pub(super) fn rows() -> Vec<Row> {
    vec![
        overview::overview(),
        requests::routes(),
        requests::requests(),
        tools::tools(),
        tools::mcp(),
    ]
}
