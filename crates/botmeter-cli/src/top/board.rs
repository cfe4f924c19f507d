//! A dashboard on a screen: numbers beside each other, lines two by two.

use botmeter_view::{
    Dashboard, Picture,
    picture::{Drawing, Ink, Level, Lines, Value},
    text::{self, Terminal},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    chart, clean, cut,
    paint::{Paint, sign, soft},
};

/// How wide a number with its title is, at least.
const NUMBER: u16 = 24;

/// How wide lines are, at least.
const WIDE: u16 = 44;

/// How high the pictures of lines are.
const SMALLEST: u16 = 8;
const LARGEST: u16 = 14;

/// The pictures of a dashboard in the order in which they are shown: the
/// numbers of its first row, its first table, then the rest by rows.
#[derive(Debug)]
pub(super) struct Board<'a> {
    parts: Vec<Part<'a>>,
    /// All of them, by their numbers.
    pub(super) panels: Vec<&'a Picture>,
}

#[derive(Debug)]
enum Part<'a> {
    Heading(&'a str),
    Panel(usize, &'a Picture),
}

/// Where something stands on a screen that is as high as it has to be.
#[derive(Debug)]
struct Placed<'a> {
    part: &'a Part<'a>,
    area: Rect,
}

impl<'a> Board<'a> {
    pub(super) fn of(dashboard: &'a Dashboard) -> Self {
        let rows = dashboard.rows.as_deref().unwrap_or_default();
        let all = || rows.iter().flat_map(|row| &row.pictures);
        let numbers = rows.first().into_iter().flat_map(|row| &row.pictures);
        let numbers = numbers.filter(|picture| is_number(picture));
        let table = all().find(|picture| matches!(picture.drawing, Drawing::Table(_)));
        let mut board = Self { parts: Vec::new(), panels: Vec::new() };
        board.add(numbers.chain(table));
        for row in rows {
            let is_new =
                |it: &&Picture| !board.panels.iter().any(|known| std::ptr::eq(*known, *it));
            let rest: Vec<_> = row.pictures.iter().filter(is_new).collect();
            if !rest.is_empty() {
                board.parts.push(Part::Heading(&row.title));
            }
            // Numbers fill lines of their own.
            let (numbers, wide): (Vec<_>, Vec<_>) =
                rest.into_iter().partition(|picture| is_number(picture));
            board.add(numbers.into_iter().chain(wide));
        }
        board
    }

    fn add(&mut self, pictures: impl Iterator<Item = &'a Picture>) {
        for picture in pictures {
            self.parts.push(Part::Panel(self.panels.len(), picture));
            self.panels.push(picture);
        }
    }

    /// Draws as much as there is room for, so that the panel that is chosen is
    /// seen.
    pub(super) fn draw(
        &self,
        trends: &[Picture],
        chosen: usize,
        paint: Paint,
        area: Rect,
        buffer: &mut Buffer,
    ) {
        let high = (area.height / 2).clamp(SMALLEST, LARGEST);
        let placed = self.placed(area.width, high);
        let end = placed.iter().map(|placed| placed.area.bottom()).max().unwrap_or(0);
        let mut whole = Buffer::empty(Rect::new(0, 0, area.width, end));
        let mut seen = Rect::default();
        for Placed { part, area } in &placed {
            match part {
                Part::Heading(title) => {
                    let text = format!("── {} ", clean(title));
                    let rule = "─".repeat(usize::from(area.width));
                    whole.set_stringn(0, area.y, rule, usize::from(area.width), soft());
                    whole.set_stringn(0, area.y, text, usize::from(area.width), soft());
                }
                Part::Panel(number, picture) => {
                    if *number == chosen {
                        seen = *area;
                    }
                    let trend = trends.iter().find(|trend| trend.title == picture.title);
                    panel(picture, trend, *number == chosen, paint, *area, &mut whole);
                }
            }
        }
        let from = seen.bottom().saturating_sub(area.height).min(seen.y);
        for y in 0..area.height.min(end - from.min(end)) {
            for x in 0..area.width {
                let (there, here) = (whole.cell((x, from + y)), (area.x + x, area.y + y));
                if let (Some(there), Some(here)) = (there, buffer.cell_mut(here)) {
                    *here = there.clone();
                }
            }
        }
    }

    /// Everything from left to right, and from above to below.
    fn placed(&'a self, width: u16, high: u16) -> Vec<Placed<'a>> {
        let (mut placed, mut line) = (Vec::new(), Rect::default());
        for part in &self.parts {
            let wanted = match part {
                Part::Heading(_) => width,
                Part::Panel(_, picture) if is_number(picture) => fitting(width, NUMBER),
                Part::Panel(_, picture) => match picture.drawing {
                    Drawing::Table(_) | Drawing::Bands(_) | Drawing::Text(_) => width,
                    _ if width < 2 * WIDE => width,
                    _ => width / 2,
                },
            };
            let height = match part {
                Part::Heading(_) => 1,
                Part::Panel(_, picture) => height(picture, wanted, high),
            };
            // A line has numbers alone, or pictures that are large.
            let is_other = line.height > 0 && (line.height == 3) != (height == 3);
            if line.x + wanted > width || is_other {
                line = Rect { x: 0, y: line.bottom(), width: 0, height: 0 };
            }
            let room = wanted.saturating_sub(1).max(1);
            let area = Rect { x: line.x, y: line.y, width: room.min(width), height };
            // Beyond this, nobody scrolls.
            if area.bottom() > u16::MAX / width.max(1) {
                break;
            }
            placed.push(Placed { part, area });
            line.x += wanted;
            line.height = line.height.max(height);
        }
        placed
    }
}

/// The width of so many columns as there is room for.
fn fitting(width: u16, least: u16) -> u16 {
    (width / (width / least).max(1)).max(1)
}

fn is_number(picture: &Picture) -> bool {
    match picture.drawing {
        Drawing::Stats(_) | Drawing::Dial { .. } => true,
        Drawing::Nothing(_) | Drawing::NoAnswer(_) => picture.width <= 8,
        _ => false,
    }
}

fn height(picture: &Picture, width: u16, high: u16) -> u16 {
    match picture.drawing {
        _ if is_number(picture) => 3,
        Drawing::Lines(_) => high,
        _ => {
            let lines = text(picture, width).len();
            u16::try_from(lines + 1).unwrap_or(u16::MAX).clamp(4, 2 * LARGEST)
        }
    }
}

/// The picture as lines of text, its title left out.
fn text(picture: &Picture, width: u16) -> Vec<String> {
    let text = text::picture(picture, Terminal::plain(usize::from(width)));
    text.lines().skip(1).map(str::to_owned).collect()
}

fn panel(
    picture: &Picture,
    trend: Option<&Picture>,
    is_chosen: bool,
    paint: Paint,
    area: Rect,
    buffer: &mut Buffer,
) {
    let mark = if is_chosen { "▶ " } else { "" };
    let title = cut(&format!("{mark}{}", clean(&picture.title)), usize::from(area.width));
    let style = Style::new().add_modifier(Modifier::BOLD);
    let style = if is_chosen { style.add_modifier(Modifier::REVERSED) } else { style };
    let width = usize::from(area.width);
    let (end, _) = buffer.set_stringn(area.x, area.y, title, width, style);
    let rest = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if is_number(picture) {
        return number(picture, trend, paint, rest, buffer);
    }
    let about = format!("  {}", about(picture));
    let room = usize::from(area.right().saturating_sub(end));
    buffer.set_stringn(end, area.y, cut(&about, room), room, soft());
    content(picture, paint, rest, buffer);
}

/// What a picture shows, without its title.
pub(super) fn content(picture: &Picture, paint: Paint, area: Rect, buffer: &mut Buffer) {
    if let Drawing::Lines(lines) = &picture.drawing {
        return chart::draw(picture, lines, paint, area, buffer);
    }
    let level = |at: usize| match &picture.drawing {
        Drawing::Bars(bars) => bars.get(at).and_then(|(value, _)| value.level),
        Drawing::NoAnswer(_) => Some(Level::Critical),
        _ => None,
    };
    for ((at, line), y) in text(picture, area.width).iter().enumerate().zip(area.y..area.bottom()) {
        let style = paint.level(level(at));
        buffer.set_stringn(area.x, y, line, usize::from(area.width), style);
    }
}

/// Labels that all have alike, and limits.
pub(super) fn about(picture: &Picture) -> String {
    let common = picture.common.iter().map(|(key, value)| format!("{key}={value}"));
    let limits = picture.limits.iter().map(|limit| {
        let side = if limit.is_bad_above { "above" } else { "below" };
        format!("{} {side} {}", limit.level.as_str(), limit.text)
    });
    clean(&common.chain(limits).collect::<Vec<_>>().join(", "))
}

/// A number, and beside it how it came to be so.
fn number(
    picture: &Picture,
    trend: Option<&Picture>,
    paint: Paint,
    area: Rect,
    buffer: &mut Buffer,
) {
    let values: &[Value] = match &picture.drawing {
        Drawing::Stats(values) => values,
        Drawing::Dial { value, .. } => std::slice::from_ref(value),
        Drawing::NoAnswer(_) => {
            let style = paint.level(Some(Level::Critical));
            buffer.set_stringn(area.x, area.y, "no answer", usize::from(area.width), style);
            return;
        }
        Drawing::Nothing(text) => {
            let text = cut(&clean(text), usize::from(area.width));
            buffer.set_stringn(area.x, area.y, text, usize::from(area.width), soft());
            return;
        }
        _ => return,
    };
    let texts = values.iter().map(|value| {
        let name = if value.name.is_empty() { String::new() } else { format!("{} ", value.name) };
        clean(&format!("{}{name}{}", sign(value.level), value.text))
    });
    let text = cut(&texts.collect::<Vec<_>>().join(", "), usize::from(area.width));
    let level = values.iter().filter_map(|value| value.level).max();
    let style = paint.level(level).add_modifier(Modifier::BOLD);
    let (end, _) = buffer.set_stringn(area.x, area.y, text, usize::from(area.width), style);
    let area = Rect { x: end + 1, width: area.right().saturating_sub(end + 2), ..area };
    if let Some(Picture { drawing: Drawing::Lines(lines @ Lines { lines: all, .. }), .. }) = trend
        && all.len() == 1
        && area.width >= 4
    {
        chart::sparkline(lines, Ink::Number(0), paint, area, buffer);
    }
}
