//! What panels of whole jobs ask for, recorded of all instances.

use std::collections::BTreeMap;

use botmeter_board::{Mark, promql::kept};

use super::{Record, Rule, Rules, burn::LONG, burn::LONG_INTERVAL, group};
use crate::{Catalogue, options::Options};

/// What the file and the groups are called after, as if it were a domain.
pub(crate) const RECORDED: &str = "recorded";

/// The rules of the dashboards that show jobs as a whole, beside those that are
/// there; none if none is needed.
pub(crate) fn recorded(
    catalogue: &Catalogue,
    options: &Options,
    others: &[Rules],
) -> Option<Rules> {
    let fleet = &options.fleet;
    let mut needed = BTreeMap::new();
    let dashboards = catalogue.entries.iter().flat_map(|entry| &entry.board.dashboards);
    for dashboard in dashboards.filter(|dashboard| options.is_recorded(&dashboard.uid)) {
        let panels = dashboard.rows.iter().flat_map(|row| &row.panels);
        let of_panels = panels.flat_map(|panel| {
            let place = options.place(&dashboard.uid, panel.scope, &dashboard.variables);
            panel.lines.iter().flat_map(move |line| kept(&line.expr, place, fleet))
        });
        let of_marks = Mark::all().into_iter().flat_map(|mark| {
            kept(&mark.expr, options.place(&dashboard.uid, mark.scope, &[]), fleet)
        });
        needed.extend(of_panels.chain(of_marks).map(|kept| (kept.name.clone(), kept)));
    }
    // A board may record the same for its alerts.
    needed.retain(|name, kept| {
        let mut records = others.iter().flat_map(Rules::records);
        !records.any(|record| record.name == *name && record.expr == kept.query)
    });
    let (long, short): (Vec<_>, Vec<_>) =
        needed.into_values().partition(|kept| kept.window >= LONG);
    let mut groups = vec![(None, "series", short), (Some(LONG_INTERVAL), "series-long", long)];
    groups.retain(|(_, _, kept)| !kept.is_empty());
    let groups = groups.into_iter().map(|(interval, what, kept)| {
        let rules = kept.into_iter().map(|kept| {
            Rule::Record(Record {
                name: kept.name,
                expr: kept.query,
                labels: Vec::new(),
                keys: kept.keys,
            })
        });
        group(RECORDED, what, interval, rules.collect())
    });
    let groups: Vec<_> = groups.collect();
    (!groups.is_empty()).then_some(Rules { domain: RECORDED, groups })
}
