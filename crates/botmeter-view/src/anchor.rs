//! Where panels are found on a page.

use botmeter_board::{Board, Dashboard, Panel};

/// The name of a panel's place on the page of its dashboard.
///
/// ```
/// assert_eq!(botmeter_view::anchor("mail-out", "Sent, all"), "mail-out--sent--all");
/// ```
pub fn anchor(uid: &str, title: &str) -> String {
    let slug =
        title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    format!("{uid}--{}", slug.collect::<String>())
}

/// The panel at a place, with the dashboard that it is on.
pub fn panel_at<'a>(boards: &'a [Board], place: &str) -> Option<(&'a Dashboard, &'a Panel)> {
    boards.iter().flat_map(|board| &board.dashboards).find_map(|dashboard| {
        let panels = dashboard.rows.iter().flat_map(|row| &row.panels);
        let panel =
            panels.into_iter().find(|panel| anchor(&dashboard.uid, &panel.title) == place)?;
        Some((dashboard, panel))
    })
}
