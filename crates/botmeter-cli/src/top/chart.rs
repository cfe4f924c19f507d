//! Lines over time, in the dots and blocks that a terminal has.

use botmeter_board::GAP;
use botmeter_view::{
    Picture,
    picture::{Ink, Lines},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    symbols::Marker,
    text::Span,
    widgets::{
        Widget,
        canvas::{Canvas, Line},
    },
};

use super::paint::{Paint, soft};

/// What a column of eight dots looks like.
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/// Lines with their axes, and below them what they are called.
pub(super) fn draw(
    picture: &Picture,
    lines: &Lines,
    paint: Paint,
    area: Rect,
    buffer: &mut Buffer,
) {
    let names = 1 + u16::from(area.height > 8);
    let marks = lines.scale.marks.iter().map(|mark| width(&mark.text)).max().unwrap_or(0);
    let plot = Rect {
        x: area.x + marks + 1,
        width: area.width.saturating_sub(marks + 1),
        height: area.height.saturating_sub(names + 1),
        ..area
    };
    if plot.width < 4 || plot.height < 2 {
        return legend(lines, paint, area, buffer);
    }
    axes(lines, marks, plot, buffer);
    curves(picture, lines, paint, plot, buffer);
    let below = Rect { y: plot.bottom() + 1, height: names, ..area };
    legend(lines, paint, below, buffer);
}

fn axes(lines: &Lines, marks: u16, plot: Rect, buffer: &mut Buffer) {
    let (low, high) = (lines.scale.low, lines.scale.high);
    let mut taken = None;
    for mark in &lines.scale.marks {
        let row = part((high - mark.value) / (high - low), plot.height - 1);
        // Two marks in one row cannot be read.
        if taken != Some(row) {
            let x = plot.x - 1 - width(&mark.text).min(marks);
            buffer.set_string(x, plot.y + row, &mark.text, soft());
            taken = Some(row);
        }
    }
    let (from, to) = lines.span;
    let mut free = plot.x;
    for (at, text) in &lines.times {
        let place = (at - from) as f64 / (to - from).max(1) as f64;
        let x = plot.x + part(place, plot.width - 1);
        let x = x.saturating_sub(width(text) / 2).max(plot.x);
        if x >= free && x + width(text) <= plot.right() {
            buffer.set_string(x, plot.bottom(), text, soft());
            free = x + width(text) + 1;
        }
    }
}

/// Every value is drawn, so that no peak falls between two columns.
fn curves(picture: &Picture, lines: &Lines, paint: Paint, plot: Rect, buffer: &mut Buffer) {
    let color = |style: Style| style.fg.unwrap_or_default();
    let (from, to) = (lines.span.0 as f64, lines.span.1 as f64);
    let gap = i64::try_from(GAP.as_millis()).unwrap_or(i64::MAX);
    let (low, high) = (lines.scale.low, lines.scale.high);
    let canvas = Canvas::default().marker(Marker::Braille).x_bounds([from, to]);
    let canvas = canvas.y_bounds([low, high]).paint(|canvas| {
        for limit in picture.limits.iter().filter(|limit| limit.value <= high) {
            // Dashes, because a whole line would look like a value.
            let dashes = 2 * u32::from(plot.width) / 3;
            let at = |dash: u32| from + (to - from) * f64::from(dash) / f64::from(dashes.max(1));
            for dash in (0..dashes).step_by(2) {
                let (x1, x2, y) = (at(dash), at(dash) + (at(1) - from) / 2.0, limit.value);
                canvas.draw(&Line {
                    x1,
                    y1: y,
                    x2,
                    y2: y,
                    color: color(paint.level(Some(limit.level))),
                });
            }
        }
        for (line, tops) in lines.lines.iter().zip(lines.tops()) {
            let color = color(paint.ink(line.ink));
            let mut before: Option<(i64, f64)> = None;
            for (at, top) in lines.moments.iter().zip(tops) {
                let Some(top) = top else { continue };
                let near = before.filter(|(last, _)| at - last <= gap && !lines.is_bars);
                let (x1, y1) = match near {
                    Some((last, value)) => (last as f64, value),
                    None if lines.is_bars => (*at as f64, low.max(0.0)),
                    None => (*at as f64, top),
                };
                canvas.draw(&Line { x1, y1, x2: *at as f64, y2: top, color });
                before = Some((*at, top));
            }
        }
    });
    canvas.render(plot, buffer);
}

/// The lines by name, with their last values; how many have no room.
fn legend(lines: &Lines, paint: Paint, area: Rect, buffer: &mut Buffer) {
    let all = lines.lines.len() + lines.hidden;
    let (mut x, mut y, mut shown) = (area.x, area.y, 0);
    for line in &lines.lines {
        let name = super::cut(&super::clean(&line.name), 24);
        let text = format!("{name} {}", super::clean(&line.last));
        let more = if shown + 1 < all { 8 } else { 0 };
        if x > area.x && x + 4 + width(&text) + more > area.right() {
            (x, y) = (area.x, y + 1);
        }
        if y >= area.bottom() || x + 2 + width(&text) > area.right() + 2 && x > area.x {
            break;
        }
        let room = usize::from(area.right().saturating_sub(x));
        let (next, _) = buffer.set_stringn(x, y, "━ ", room, paint.ink(line.ink));
        let room = usize::from(area.right().saturating_sub(next));
        (x, _) = buffer.set_stringn(next, y, &text, room, Style::new());
        x += 2;
        shown += 1;
        if x >= area.right() {
            (x, y) = (area.x, y + 1);
        }
    }
    if shown < all && area.height > 0 {
        let text = format!("+{} more", all - shown);
        let x = area.right().saturating_sub(width(&text)).max(area.x);
        let room = usize::from(area.width);
        buffer.set_stringn(x, area.bottom() - 1, text, room, soft());
    }
}

/// Values as blocks, each column the highest of its time: a peak that cannot
/// be seen is a lie.
pub(super) fn sparkline(lines: &Lines, ink: Ink, paint: Paint, area: Rect, buffer: &mut Buffer) {
    let Some(values) = lines.tops().pop() else { return };
    let highest = values.iter().flatten().copied().fold(0.0, f64::max);
    let columns = usize::from(area.width).min(values.len());
    let levels = 8 * usize::from(area.height);
    for column in 0..columns {
        let (from, to) = (column * values.len() / columns, (column + 1) * values.len() / columns);
        let there = values.get(from..to).unwrap_or_default().iter().flatten();
        let Some(most) = there.copied().reduce(f64::max) else { continue };
        let share = if highest > 0.0 { (most / highest).clamp(0.0, 1.0) } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is small")]
        let level = ((share * levels as f64).round() as usize).max(1);
        for (row, y) in (area.top()..area.bottom()).rev().enumerate() {
            let eighths = level.saturating_sub(8 * row).min(8);
            let block = EIGHTHS.get(eighths).copied().unwrap_or(" ");
            let Ok(x) = u16::try_from(column) else { continue };
            buffer.set_string(area.x + x, y, block, paint.ink(ink));
        }
    }
}

/// This part of so many.
fn part(share: f64, of: u16) -> u16 {
    let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no more than of")]
    let part = (share * f64::from(of)).round() as u16;
    part
}

/// How many columns a text takes.
fn width(text: &str) -> u16 {
    u16::try_from(Span::raw(text).width()).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use botmeter_view::{Scale, picture};

    use super::*;

    #[test]
    fn no_peak_is_lost_however_few_columns_there_are() {
        for peak in 0..97_u32 {
            let value = |at| Some(if at == peak { 100.0 } else { 1.0 });
            let line = picture::Line {
                name: String::new(),
                ink: Ink::Gray,
                values: (0..97).map(value).collect(),
                last: String::new(),
                highest: String::new(),
            };
            let lines = Lines {
                span: (0, 96),
                moments: (0..97).collect(),
                lines: vec![line],
                hidden: 0,
                is_stacked: false,
                is_bars: false,
                scale: Scale { low: 0.0, high: 100.0, marks: Vec::new() },
                times: Vec::new(),
            };
            let area = Rect::new(0, 0, 10, 2);
            let mut buffer = Buffer::empty(area);
            sparkline(&lines, Ink::Gray, Paint { has_color: false }, area, &mut buffer);
            let top: String = (0..10).filter_map(|x| Some(buffer.cell((x, 0))?.symbol())).collect();
            assert_eq!(top.matches('█').count(), 1, "{peak}: {top:?}");
        }
    }
}
