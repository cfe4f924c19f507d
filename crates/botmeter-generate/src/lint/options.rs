//! Options that mean nothing, or not what they seem to.

use std::time::Duration;

use botmeter_board::spelt;

use crate::{Options, Problem};

/// Grafana itself takes what is shorter for this, unless it was set up otherwise.
const SHORTEST_REFRESH: Duration = Duration::from_secs(5);

/// What is the same on all dashboards.
pub(super) fn of_pages(options: &Options) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut object =
        |option: &str, what: &str| problems.push(Problem::new(format!("option {option}"), what));
    if options.range < Duration::from_mins(1) || options.range.subsec_nanos() > 0 {
        object("range", "dashboards show a minute at least, in whole seconds");
    }
    if let Some(refresh) = options.refresh
        && (refresh < SHORTEST_REFRESH || refresh.subsec_nanos() > 0)
    {
        let shortest = spelt(SHORTEST_REFRESH);
        let what =
            format!("dashboards ask anew every {shortest} at most, in whole seconds; or `None`");
        object("refresh", &what);
    }
    for tag in [&options.tag].into_iter().chain(&options.more_tags) {
        if tag.trim().is_empty() {
            object("tag", "one is empty, by which nothing is found; leave it out");
        }
    }
    problems
}
