//! The whole screen.

use botmeter_view::{
    Alerts, Life, Page,
    text::{self, Terminal},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
    text::Span,
};

use super::{
    Shown,
    board::{self, Board},
    clean, cut,
    look::{Look, View, choices},
    paint::{Paint, sign, soft},
};

/// Below this there is no room for pictures.
const SMALLEST: (u16, u16) = (40, 10);

/// How to end comes first, because a narrow screen cuts the rest.
const KEYS: &str = "[q] quit  [?] help  [a] alerts  [1-9] page  [↑↓] panel  [enter] large  \
                    [r] range  [p] pause  [v] labels  [y] PromQL";

const HELP: [&str; 12] = [
    "1 to 9, tab      another dashboard",
    "a                what is wrong, and what to do",
    "↑ ↓ ← →          another panel; down and up in a list",
    "enter            the panel as large as the screen, and back",
    "r                another range of time",
    "v                which labels are shown: enter chooses, or leaves out",
    "p                stand still at this moment, and go on",
    "y                copy the queries of the panel as PromQL",
    "esc              back to the dashboard",
    "q, ctrl-c        end",
    "",
    "!! critical   ! warning   i to be known   ▶ the panel that is chosen",
];

/// A line of text with its look, piece by piece.
type Pieces = Vec<(String, Style)>;

/// Draws everything; without a page, that there is none yet.
pub(super) fn draw(
    shown: Option<&Shown>,
    look: &Look,
    paint: Paint,
    area: Rect,
    buffer: &mut Buffer,
) {
    let Some(shown) = shown else {
        let text = look.said.as_deref().unwrap_or("reads for the first time …");
        return line(&[(text.to_owned(), Style::new())], area, area.y, buffer);
    };
    let page = &shown.page;
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return small(page, paint, area, buffer);
    }
    line(&head(page, look), area, area.y, buffer);
    line(&alerts(page, paint), area, area.y + 1, buffer);
    line(&tabs(shown, area.width), area, area.y + 2, buffer);
    let body = Rect { y: area.y + 4, height: area.height - 5, ..area };
    let text = |lines: &[String], buffer: &mut Buffer| {
        let most = lines.len().saturating_sub(usize::from(body.height));
        for (text, y) in lines.iter().skip(look.line.min(most)).zip(body.y..body.bottom()) {
            line(&[(text.clone(), paint.signed(text))], body, y, buffer);
        }
    };
    match &look.view {
        View::Board => {
            if let Some(dashboard) = shown.dashboard() {
                Board::of(dashboard).draw(&shown.trends, look.panel, paint, body, buffer);
            }
        }
        View::Panel => panel(shown, look, paint, body, buffer),
        View::Alerts => text(&wrong(page, body.width), buffer),
        View::Choices => labels(page, look, body, buffer),
        View::Help => text(&HELP.map(str::to_owned), buffer),
        View::Query(query) => {
            let lines: Vec<_> = query.lines().map(clean).collect();
            text(&lines, buffer);
        }
    }
    let foot = match &look.said {
        Some(said) => (said.clone(), Style::new().add_modifier(Modifier::BOLD)),
        None => (KEYS.to_owned(), soft()),
    };
    line(&[foot], area, area.bottom() - 1, buffer);
}

/// What is wrong, in as little room as there is.
fn small(page: &Page, paint: Paint, area: Rect, buffer: &mut Buffer) {
    let worst = worst(page);
    // The sign alone says most, where there is room for it alone.
    let mark = worst.map_or("· ", |level| sign(Some(level)));
    let counts: String = alerts(page, paint).into_iter().map(|(text, _)| text).collect();
    let counts = counts.trim_start_matches("ALERTS").trim_start();
    let first =
        if area.width < 3 { mark.chars().take(1).collect() } else { format!("{mark}{counts}") };
    let mut lines = vec![(first, Style::new())];
    if let Some(unread) = page.unread() {
        lines.push((format!("!! {unread}"), paint.signed("!!")));
    }
    for alert in page.alerts.iter().flat_map(|alerts| &alerts.firing) {
        let text = format!("{}{} {}", sign(Some(alert.level)), alert.name, alert.value);
        lines.push((text, paint.level(Some(alert.level))));
    }
    let last = area.height.saturating_sub(u16::from(area.height > 2));
    for ((text, style), y) in lines.into_iter().zip(0..last) {
        let style = if y == 0 { paint.level(worst) } else { style };
        line(&[(text, style)], area, area.y + y, buffer);
    }
    if area.height > 2 {
        let (columns, rows) = SMALLEST;
        let hint = format!("enlarge to {columns}×{rows}");
        line(&[(hint, soft())], area, area.bottom() - 1, buffer);
    }
}

fn worst(page: &Page) -> Option<botmeter_view::picture::Level> {
    let alerts = page.alerts.iter().flat_map(|alerts| &alerts.firing);
    let unread = page.unread().is_some() || page.no_lives.is_some();
    let unread = unread.then_some(botmeter_view::picture::Level::Critical);
    alerts.map(|alert| alert.level).max().max(unread)
}

fn head(page: &Page, look: &Look) -> Pieces {
    let bots = match (&page.no_lives, &page.lives[..]) {
        (Some(why), _) => format!("!! no answer: {why}"),
        (None, []) => "no bot was heard of".to_owned(),
        (None, [life]) => one(life),
        (None, lives) => {
            let unread = page.unread().map(|unread| format!(", {unread}"));
            format!("{} bots{}", lives.len(), unread.unwrap_or_default())
        }
    };
    let strong = Style::new().add_modifier(Modifier::BOLD);
    let mut pieces = vec![("botmeter top   ".to_owned(), strong)];
    if look.address.end.is_some() {
        pieces.push((format!("PAUSED at {}   ", page.time), strong));
    }
    let about = format!("{bots}   knows {}, shows {}", page.covered, page.shown);
    pieces.push((about, Style::new()));
    if look.address.end.is_none() {
        pieces.push((format!("   {}", page.time), Style::new()));
    }
    pieces
}

fn one(life: &Life) -> String {
    let parts = [
        life.failure.as_ref().map(|failure| format!("!! {failure}")),
        life.version.clone(),
        life.running.as_ref().map(|running| format!("up {running}")),
        life.heard.as_ref().map(|heard| format!("heard {heard} ago")),
        life.warning.as_ref().map(|warning| format!("! {warning}")),
    ];
    let about: Vec<_> = parts.into_iter().flatten().collect();
    format!("{} {}   {}", life.job, life.instance, about.join("   "))
}

fn alerts(page: &Page, paint: Paint) -> Pieces {
    let plain = |text: String| (text, Style::new());
    let Some(Alerts { firing, pending, resolved, unsure, quiet }) = &page.alerts else {
        return vec![plain("ALERTS  nobody looks at them here".to_owned())];
    };
    let mut pieces = vec![("ALERTS".to_owned(), Style::new().add_modifier(Modifier::BOLD))];
    let style = paint.level(firing.iter().map(|alert| alert.level).max());
    pieces.push((format!("  {} firing", firing.len()), style));
    if let Some(alert) = firing.first() {
        let labels = alert.labels.iter().filter(|(key, _)| key != "job");
        let labels: Vec<_> = labels.map(|(_, value)| value.as_str()).collect();
        let about = [alert.name.as_str(), &alert.value, &labels.join("/")];
        let about: Vec<_> = about.into_iter().filter(|part| !part.is_empty()).collect();
        let text = format!("  {} ({})", about.join(" "), alert.length);
        pieces.push((text, style));
    }
    let counts = [
        (pending.len(), "pending"),
        (resolved.len(), "just over"),
        (quiet.len(), "quiet"),
        (unsure.len(), "need more history"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    pieces.extend(counts.map(|(count, what)| plain(format!("   {count} {what}"))));
    pieces
}

/// The dashboards, as many of them from the first on as leave the one seen
/// that is shown.
fn tabs(shown: &Shown, width: u16) -> Pieces {
    let dashboards = shown.page.dashboards.iter().enumerate();
    let tabs = dashboards.map(|(at, dashboard)| {
        let digit = if at < 9 { format!("{} ", at + 1) } else { String::new() };
        let text = clean(&format!(" {digit}{} ", dashboard.short_title()));
        let style = if at == shown.place() {
            Style::new().add_modifier(Modifier::REVERSED)
        } else {
            soft()
        };
        (text, style)
    });
    let mut tabs: Pieces = tabs.collect();
    let seen = tabs.len() - tabs.len().min(shown.place() + 1);
    let long = |tabs: &[(String, Style)]| {
        let shown = tabs.len().saturating_sub(seen);
        tabs.iter().take(shown).map(|(text, _)| Span::raw(text).width()).sum::<usize>()
    };
    while tabs.len() > seen + 1 && long(&tabs) > usize::from(width) {
        tabs.remove(0);
    }
    tabs
}

/// A panel as large as there is room for, and what it means.
fn panel(shown: &Shown, look: &Look, paint: Paint, area: Rect, buffer: &mut Buffer) {
    let Some((_, picture)) = shown.chosen(look) else { return };
    let strong = Style::new().add_modifier(Modifier::BOLD);
    let title = clean(&picture.title);
    let about = format!("  {}", board::about(picture));
    line(&[(title, strong), (about, soft())], area, area.y, buffer);
    let width = usize::from(area.width);
    let meaning = text::wrapped(&clean(&picture.description), width);
    let traces = picture
        .traces
        .iter()
        .filter_map(|traces| Some(format!("Traces of {}: {}", traces.name, traces.link.as_ref()?)));
    // What it shows comes first.
    let room = usize::from(area.height / 3);
    let meaning: Vec<_> = meaning.into_iter().chain(traces).take(room).collect();
    let taken = u16::try_from(meaning.len()).unwrap_or(0);
    for (text, y) in meaning.into_iter().zip(area.y + 1..) {
        line(&[(text, soft())], area, y, buffer);
    }
    let rest =
        Rect { y: area.y + 2 + taken, height: area.height.saturating_sub(2 + taken), ..area };
    board::content(picture, paint, rest, buffer);
}

/// Everything that is known of alerts, and how the bots are.
fn wrong(page: &Page, width: u16) -> Vec<String> {
    let terminal = Terminal::plain(usize::from(width));
    let mut lines: Vec<_> = text::wrong(page, terminal).lines().map(str::to_owned).collect();
    let Some(alerts) = &page.alerts else { return lines };
    let unsure = alerts.unsure.iter().map(|of| format!("{} ({})", of.name, of.reach));
    for (what, names) in [
        ("NEED MORE HISTORY, as long as stands behind each:", unsure.collect()),
        ("QUIET", alerts.quiet.clone()),
    ] {
        if !names.is_empty() {
            lines.extend([String::new(), what.to_owned()]);
            lines.extend(text::wrapped(&clean(&names.join(", ")), terminal.columns));
        }
    }
    lines
}

fn labels(page: &Page, look: &Look, area: Rect, buffer: &mut Buffer) {
    let all: Vec<_> = choices(page).collect();
    let chosen = look.line.min(all.len().saturating_sub(1));
    let from = chosen.saturating_sub(usize::from(area.height.saturating_sub(1)));
    for ((at, (key, value, is_chosen)), y) in
        all.iter().enumerate().skip(from).zip(area.y..area.bottom())
    {
        let mark = if *is_chosen { "[x]" } else { "[ ]" };
        let text = format!("{mark} {key} = {value}");
        let style = Style::new();
        let style = if at == chosen { style.add_modifier(Modifier::REVERSED) } else { style };
        line(&[(text, style)], area, y, buffer);
    }
    if all.is_empty() {
        line(&[("no labels to choose among".to_owned(), Style::new())], area, area.y, buffer);
    }
}

/// One line, cut where the area ends; what is in it is text, whatever it says.
fn line(pieces: &[(String, Style)], area: Rect, y: u16, buffer: &mut Buffer) {
    let mut x = area.x;
    if y >= area.bottom() {
        return;
    }
    for (text, style) in pieces {
        let room = usize::from(area.right().saturating_sub(x));
        let text = cut(&clean(text), room);
        (x, _) = buffer.set_stringn(x, y, text, room, *style);
    }
}
