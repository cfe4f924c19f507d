//! Pages as text, for a terminal.

mod panel;
#[cfg(test)]
mod tests;
mod width;

use crate::{Alert, Dashboard, Life, Page, Picture, Stage, picture::Level};
pub(crate) use width::cut;
use width::padded;
pub use width::{clean, wrapped};

/// What the text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terminal {
    /// How many columns there are.
    pub columns: usize,
    /// Whether it understands colors.
    pub has_color: bool,
}

impl Terminal {
    /// A file, a pipe, or a terminal without colors.
    pub const fn plain(columns: usize) -> Self {
        Self { columns, has_color: false }
    }

    fn paint(self, text: &str, code: &str) -> String {
        if self.has_color && !text.is_empty() {
            format!("\u{1b}[{code}m{}\u{1b}[0m", text.trim_end())
        } else {
            text.to_owned()
        }
    }

    fn level(self, text: &str, level: Option<Level>) -> String {
        match level {
            Some(Level::Critical) => self.paint(text, "1;31"),
            Some(Level::Warning) => self.paint(text, "33"),
            Some(Level::Info) => self.paint(text, "36"),
            Some(Level::Well) | None => text.to_owned(),
        }
    }

    fn strong(self, text: &str) -> String {
        self.paint(text, "1")
    }

    fn soft(self, text: &str) -> String {
        self.paint(text, "2")
    }
}

/// The page as text: lines that are no longer than the terminal is wide, and
/// no control character that is not our own.
pub fn page(page: &Page, terminal: Terminal) -> String {
    let mut lines = Vec::new();
    let head = format!("{}   shows {}, knows {}", page.time, page.shown, page.covered);
    lines.push(format!(
        "{}  {}",
        terminal.strong("botmeter"),
        cut(&head, terminal.columns.saturating_sub(10))
    ));
    lines.push(String::new());
    alerts(page, terminal, &mut lines);
    lives(page, terminal, &mut lines);
    for dashboard in &page.dashboards {
        board(dashboard, terminal, &mut lines);
    }
    finished(lines)
}

/// Alerts that fire, as text: each with its value, and with what to do.
pub fn fired(alerts: &[Alert], terminal: Terminal) -> String {
    let mut lines = Vec::new();
    firing(alerts, terminal, &mut lines);
    finished(lines)
}

/// What is wrong and how the bots are, as text: the page without its
/// dashboards.
pub fn wrong(page: &Page, terminal: Terminal) -> String {
    let mut lines = Vec::new();
    alerts(page, terminal, &mut lines);
    lives(page, terminal, &mut lines);
    finished(lines)
}

/// One picture as text, below its title.
pub fn picture(picture: &Picture, terminal: Terminal) -> String {
    let mut lines = Vec::new();
    panel::lines(picture, terminal, &mut lines);
    finished(lines)
}

/// An alert as it will look, as text.
pub fn stage(stage: &Stage, terminal: Terminal) -> String {
    let mut lines = vec![
        terminal.soft(&cut("An example, played: nothing of this happened.", terminal.columns)),
    ];
    firing(&stage.alerts, terminal, &mut lines);
    lines.push(String::new());
    panel::lines(&stage.picture, terminal, &mut lines);
    if let Some(quiet) = &stage.quiet {
        lines.push(String::new());
        lines.push(terminal.soft("Just not enough to fire:"));
        panel::lines(quiet, terminal, &mut lines);
    }
    finished(lines)
}

fn finished(lines: Vec<String>) -> String {
    let mut text = String::new();
    let mut was_empty = true;
    for line in lines {
        let line = line.trim_end();
        // Never two empty lines in a row.
        if !(line.is_empty() && was_empty) {
            text.push_str(line);
            text.push('\n');
        }
        was_empty = line.is_empty();
    }
    text
}

fn sign(level: Level) -> &'static str {
    match level {
        Level::Critical => "!!",
        Level::Warning => "! ",
        Level::Info => "i ",
        Level::Well => "ok",
    }
}

fn alerts(page: &Page, terminal: Terminal, lines: &mut Vec<String>) {
    if let Some(unread) = page.unread() {
        let line = cut(&format!("!!  {unread}"), terminal.columns);
        lines.push(terminal.level(&line, Some(Level::Critical)));
    }
    let Some(alerts) = &page.alerts else {
        lines.push(cut("ALERTS  nobody looks at them here", terminal.columns));
        lines.push(String::new());
        return;
    };
    let counts = [
        (alerts.firing.len(), "firing"),
        (alerts.pending.len(), "pending"),
        (alerts.resolved.len(), "just over"),
        (alerts.quiet.len(), "quiet"),
        (alerts.unsure.len(), "need more history"),
    ];
    let counts = counts.iter().filter(|(count, what)| *count > 0 || *what == "firing");
    let counts: Vec<_> = counts.map(|(count, what)| format!("{count} {what}")).collect();
    let worst = alerts.firing.iter().map(|alert| alert.level).max();
    let line = cut(&counts.join("   "), terminal.columns.saturating_sub(8));
    lines.push(format!("{}  {}", terminal.strong("ALERTS"), terminal.level(&line, worst)));
    firing(&alerts.firing, terminal, lines);
    for (alert, what) in alerts
        .pending
        .iter()
        .map(|alert| (alert, "fires in"))
        .chain(alerts.resolved.iter().map(|alert| (alert, "over for")))
    {
        let text = format!(
            "..  {} {}, {what} {}  {}",
            alert.name,
            alert.value,
            alert.length,
            group(alert)
        );
        lines.push(cut(&clean(&text), terminal.columns));
    }
    lines.push(String::new());
}

/// Each with its groups, and with what there is to do once.
fn firing(alerts: &[Alert], terminal: Terminal, lines: &mut Vec<String>) {
    for (at, alert) in alerts.iter().enumerate() {
        let text = format!(
            "{}  {}  {} for {}  {}",
            sign(alert.level),
            alert.name,
            alert.value,
            alert.length,
            group(alert)
        );
        lines.push(terminal.level(&cut(&clean(&text), terminal.columns), Some(alert.level)));
        if alerts[..at].iter().any(|other| other.name == alert.name) {
            continue;
        }
        let steps = alert.runbook.iter().enumerate();
        let steps = steps.map(|(at, step)| format!("{}. {step}", at + 1));
        for text in [alert.description.clone()].into_iter().chain(steps) {
            for line in wrapped(&clean(&text), terminal.columns.saturating_sub(4)) {
                lines.push(format!("    {line}"));
            }
        }
    }
}

fn group(alert: &Alert) -> String {
    let labels = alert.labels.iter().map(|(key, value)| format!("{key}={value}"));
    labels.collect::<Vec<_>>().join(" ")
}

fn lives(page: &Page, terminal: Terminal, lines: &mut Vec<String>) {
    lines.push(terminal.strong("BOTS"));
    if let Some(why) = &page.no_lives {
        lines.push(cut(&clean(&format!("no answer: {why}")), terminal.columns));
    }
    for note in &page.notes {
        lines.extend(wrapped(&clean(note), terminal.columns));
    }
    for life in &page.lives {
        let text = cut(&clean(&of_life(life)), terminal.columns);
        let level = life.failure.is_some().then_some(Level::Critical);
        lines.push(terminal.level(&text, level));
    }
    // What happened last comes last, as in a log.
    for event in page.events.iter().rev().take(5).rev() {
        let text = format!("    {} {} {}", event.time, event.kind.as_str(), event.text);
        lines.push(terminal.soft(&cut(&clean(&text), terminal.columns)));
    }
    lines.push(String::new());
}

fn of_life(life: &Life) -> String {
    let sign = match (&life.failure, &life.warning) {
        (Some(_), _) => "!!",
        (None, Some(_)) => "! ",
        (None, None) => "ok",
    };
    let parts = [
        life.version.as_ref().map(|version| format!("version {version}")),
        life.running.as_ref().map(|running| format!("up {running}")),
        life.heard.as_ref().map(|heard| format!("heard {heard} ago")),
        life.failure.clone(),
        life.warning.clone(),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    format!("{sign}  {} {}  {}", life.job, life.instance, parts.join(", "))
}

fn board(dashboard: &Dashboard, terminal: Terminal, lines: &mut Vec<String>) {
    let Some(rows) = &dashboard.rows else { return };
    lines.push(String::new());
    let title = padded(&format!("== {} ", dashboard.title), terminal.columns, '=');
    lines.push(terminal.strong(&title));
    for row in rows {
        lines.push(String::new());
        lines.push(terminal.soft(&cut(&format!("-- {}", row.title), terminal.columns)));
        panel::row(&row.pictures, terminal, lines);
    }
}
