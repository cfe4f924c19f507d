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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, model::Model, sample};

    #[test]
    fn panels_on_top_of_each_other_are_found_in_open_and_closed_rows() {
        let model = Model::of(&sample::catalogue(), &Options::new("x"));
        let mut dashboard = model.dashboards[0].clone();
        assert_eq!(overlaps(&dashboard), []);
        let mut moved = 0;
        for item in &mut dashboard.panels {
            match item {
                Item::Panel(panel) if panel.title == "Within half a second" => {
                    panel.grid_pos.x -= 1;
                    moved += 1;
                }
                Item::Row(row) if row.collapsed => {
                    row.panels[1].grid_pos.x -= 1;
                    moved += 1;
                }
                _ => {}
            }
        }
        assert_eq!(moved, 2);
        let found: Vec<_> = overlaps(&dashboard).iter().map(Problem::to_string).collect();
        assert_eq!(
            found,
            [
                r#"dashboard mail-out panel "Within half a second": lies on top of "Sent""#,
                r#"dashboard mail-out panel "Dearest": lies on top of "Durations""#,
            ]
        );
    }
}
