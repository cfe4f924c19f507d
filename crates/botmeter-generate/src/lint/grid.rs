//! Whether panels lie on top of each other.

use super::dashboards::panel_place;
use crate::{
    Problem,
    grafana::{Dashboard, Item, Panel},
};

/// Grafana's grid has 24 columns.
const COLUMNS: u32 = 24;

/// Panels that share a place or stick out.
pub(super) fn overlaps(dashboard: &Dashboard) -> Vec<Problem> {
    let visible: Vec<_> = dashboard
        .panels
        .iter()
        .map(|item| match item {
            Item::Row(row) => (
                row.title.as_str(),
                [row.grid_pos.x, row.grid_pos.y, row.grid_pos.w, row.grid_pos.h],
            ),
            Item::Panel(panel) => place(panel),
        })
        .collect();
    let mut problems = clashes(dashboard, &visible);
    for item in &dashboard.panels {
        if let Item::Row(row) = item {
            let hidden: Vec<_> = row.panels.iter().map(place).collect();
            problems.extend(clashes(dashboard, &hidden));
        }
    }
    problems
}

fn place(panel: &Panel) -> (&str, [u32; 4]) {
    let at = panel.grid_pos;
    (&panel.title, [at.x, at.y, at.w, at.h])
}

fn clashes(dashboard: &Dashboard, places: &[(&str, [u32; 4])]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, (title, [x, y, w, h])) in places.iter().enumerate() {
        let mut object = |what: String| {
            problems.push(Problem::new(panel_place(dashboard, title), what));
        };
        if *w == 0 || *h == 0 || x + w > COLUMNS {
            object(format!("its size is {w} by {h} at column {x}; the grid has {COLUMNS} columns"));
        }
        for (other, [x2, y2, w2, h2]) in &places[..at] {
            if x < &(x2 + w2) && x2 < &(x + w) && y < &(y2 + h2) && y2 < &(y + h) {
                object(format!("lies on top of {other:?}"));
            }
        }
    }
    problems
}
