//! Where panels stand.

use botmeter_board as board;

use super::{
    model::{GridPos, Item, Panel, Row},
    page::Page,
    panel::{self, panel_id},
};
use crate::Problem;

/// The columns of Grafana's grid.
const COLUMNS: u32 = 24;

/// Rows and panels in the order of the dashboard, laid out from left to right.
pub(super) fn items(page: &Page<'_>, problems: &mut Vec<Problem>) -> Vec<Item> {
    let mut items = Vec::new();
    let mut y = 0;
    for row in &page.dashboard.rows {
        let heading = Row {
            id: panel_id(&page.dashboard.uid, &format!("row {}", row.title)),
            kind: "row".to_owned(),
            title: row.title.to_string(),
            collapsed: row.is_collapsed,
            grid_pos: GridPos { x: 0, y, w: COLUMNS, h: 1 },
            panels: Vec::new(),
        };
        y += 1;
        let (panels, end) = flow(page, row, y, problems);
        if row.is_collapsed {
            // Its panels come into the grid only when it is opened, and push
            // the rest down then.
            items.push(Item::Row(Row { panels, ..heading }));
        } else {
            items.push(Item::Row(heading));
            items.extend(panels.into_iter().map(|panel| Item::Panel(Box::new(panel))));
            y = end;
        }
    }
    items
}

/// The panels of a row from this line on, and the line after them.
fn flow(
    page: &Page<'_>,
    row: &board::Row,
    top: u32,
    problems: &mut Vec<Problem>,
) -> (Vec<Panel>, u32) {
    let (mut x, mut y, mut bottom) = (0, top, top);
    let mut panels = Vec::new();
    for drawn in &row.panels {
        if x + drawn.width > COLUMNS {
            x = 0;
            y = bottom;
        }
        let grid_pos = GridPos { x, y, w: drawn.width, h: drawn.height };
        x += drawn.width;
        bottom = bottom.max(y + drawn.height);
        panels.push(panel::panel(page, drawn, grid_pos, problems));
    }
    (panels, bottom)
}
