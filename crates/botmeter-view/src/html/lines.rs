//! Lines over time.

use super::{
    axes::{LETTER, STEADY, height, left, over, plot, times},
    chart::{Area, WIDTH, ink},
    markup::{Html, number},
};
use crate::{
    Event, EventKind, Picture, Scale,
    picture::{LimitMark, Line, Lines},
};

/// How many names fit at the ends of lines, and how long they may be.
const MOST_ENDS: usize = 6;
const LONGEST_END: usize = 22;

/// How many events are marked: a bot that restarts all the time would hide
/// everything else.
const MOST_EVENTS: usize = 40;

pub(super) fn lines(html: &mut Html, picture: &Picture, lines: &Lines, events: &[Event]) {
    let area = Area { span: lines.span, height: height(picture) };
    let is_ended = has_room_at_ends(picture, lines);
    html.element("div", &[("class", if is_ended { "chart ended" } else { "chart" })], |html| {
        values(html, area, &lines.scale);
        html.element("div", &[("class", "plot")], |html| {
            let label = format!("{}: {}", picture.title, told(&lines.lines));
            plot(html, area, &label, |html| {
                grid(html, area, lines);
                for event in events.iter().take(MOST_EVENTS) {
                    let class = match event.kind {
                        EventKind::Deployment => "event deployment",
                        EventKind::Restart => "event restart",
                    };
                    let path = format!("M{} 0V{}", number(area.x(event.at)), number(area.height));
                    html.empty("path", &[("class", class), ("d", &path), STEADY]);
                }
                for (at, (line, paths)) in lines.lines.iter().zip(area.paths(lines)).enumerate() {
                    let (class, at) = (ink(line.ink), at.to_string());
                    let which = ("data-line", at.as_str());
                    let strength =
                        if lines.is_stacked || lines.is_bars { "solid" } else { "faint" };
                    // Faint areas over each other are mud.
                    if lines.is_stacked || lines.is_bars || lines.lines.len() == 1 {
                        let class = format!("area {strength} {class}");
                        html.empty("path", &[("class", &class), ("d", &paths.fill), which]);
                    }
                    if !paths.line.is_empty() {
                        let edge = if lines.is_stacked { "edge" } else { "line" };
                        let class = format!("{edge} {class}");
                        html.empty("path", &[("class", &class), ("d", &paths.line), STEADY, which]);
                    }
                }
                for limit in &picture.limits {
                    if is_in(limit, &lines.scale) {
                        let y = number(area.y(&lines.scale, limit.value));
                        let class = format!("limit {}", limit.level.as_str());
                        let path = format!("M0 {y}H{WIDTH}");
                        html.empty("path", &[("class", &class), ("d", &path), STEADY]);
                    }
                }
            });
            over(html, area, |html| {
                let (near, far): (Vec<_>, Vec<_>) =
                    picture.limits.iter().partition(|limit| is_in(limit, &lines.scale));
                for limit in &near {
                    limit_text(html, area, limit, &lines.scale);
                }
                // Of those beyond the edge, the first that would be reached.
                if let Some(limit) = far.first() {
                    let is_taken = near.iter().any(|near| area.y(&lines.scale, near.value) < 18.0);
                    limit_beyond(html, limit, if is_taken { "28" } else { "14" });
                }
            });
        });
        if is_ended {
            names_at_ends(html, area, lines);
        }
        times(html, area, &lines.times);
    });
    legend(html, lines);
}

fn grid(html: &mut Html, area: Area, lines: &Lines) {
    let across = lines
        .scale
        .marks
        .iter()
        .map(|mark| format!("M0 {}H{WIDTH}", number(area.y(&lines.scale, mark.value))));
    html.empty("path", &[("class", "grid-line"), ("d", &across.collect::<String>()), STEADY]);
}

/// The marks of the axis of values.
fn values(html: &mut Html, area: Area, scale: &Scale) {
    let marks = scale.marks.iter();
    let marks = marks.map(|mark| (area.y(scale, mark.value), mark.text.as_str()));
    left(html, area, &marks.collect::<Vec<_>>());
}

fn is_in(limit: &LimitMark, scale: &Scale) -> bool {
    limit.value >= scale.low && limit.value <= scale.high
}

/// A limit is named at its line.
fn limit_text(html: &mut Html, area: Area, limit: &LimitMark, scale: &Scale) {
    let class = format!("limit-text {}", limit.level.as_str());
    let y = area.y(scale, limit.value);
    let y = number(if y < 18.0 { y + 12.0 } else { y - 4.0 });
    let place = [("class", class.as_str()), ("x", "4"), ("y", y.as_str())];
    let text = format!("{} {}", limit.level.as_str(), limit.text);
    html.element("text", &place, |html| html.text(&text));
}

/// A limit that lies beyond the upper edge.
fn limit_beyond(html: &mut Html, limit: &LimitMark, y: &str) {
    let class = format!("limit-text {}", limit.level.as_str());
    let place = [("class", class.as_str()), ("x", "100%"), ("y", y), ("dx", "-4")];
    let place: Vec<_> = place.into_iter().chain([("text-anchor", "end")]).collect();
    let text = format!("{} at {} ↑", limit.level.as_str(), limit.text);
    html.element("text", &place, |html| html.text(&text));
}

/// Whether the name and the value of each line can stand at its end.
fn has_room_at_ends(picture: &Picture, lines: &Lines) -> bool {
    let fits = |line: &Line| line.name.chars().count() + line.last.chars().count() < LONGEST_END;
    let is_few = lines.lines.len() <= MOST_ENDS && lines.hidden == 0;
    is_few && picture.width >= 12 && lines.lines.iter().all(fits)
}

/// The names at the heights at which the lines end, moved apart where they
/// would lie over each other.
fn names_at_ends(html: &mut Html, area: Area, lines: &Lines) {
    const APART: f64 = 14.0;
    let tops = lines.tops();
    let mut places: Vec<(f64, usize)> = tops
        .iter()
        .map(|tops| tops.iter().rev().find_map(|top| *top).unwrap_or(lines.scale.low))
        .map(|top| area.y(&lines.scale, top))
        .enumerate()
        .map(|(at, y)| (y, at))
        .collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least: f64 = 8.0;
    for (y, _) in &mut places {
        *y = y.max(least);
        least = *y + APART;
    }
    let mut most = area.height - 7.0;
    for (y, _) in places.iter_mut().rev() {
        *y = y.min(most);
        most = *y - APART;
    }
    let length = |line: &Line| line.name.chars().count() + line.last.chars().count();
    let longest = lines.lines.iter().map(length).max().unwrap_or(0);
    let width = number((longest + 1) as f64 * LETTER + 12.0);
    let height = number(area.height);
    let attributes = [
        ("class", "marks ends"),
        ("width", width.as_str()),
        ("height", height.as_str()),
        ("aria-hidden", "true"),
    ];
    html.element("svg", &attributes, |html| {
        for (y, at) in places {
            let Some(line) = lines.lines.get(at) else { continue };
            let y = number(y + 4.0);
            let which = at.to_string();
            html.element("text", &[("x", "8"), ("y", &y), ("data-line", &which)], |html| {
                html.words("tspan", &format!("name {}", ink(line.ink)), &line.name);
                html.text(" ");
                html.words("tspan", "value", &line.last);
            });
        }
    });
}

/// The names with their last and highest values.
fn legend(html: &mut Html, lines: &Lines) {
    html.element("ul", &[("class", "legend")], |html| {
        for (at, line) in lines.lines.iter().enumerate() {
            html.element("li", &[("data-line", &at.to_string())], |html| {
                let class = format!("key-line {}", ink(line.ink));
                let key =
                    [("class", class.as_str()), ("viewBox", "0 0 14 6"), ("aria-hidden", "true")];
                html.element("svg", &key, |html| html.empty("path", &[("d", "M0 3H14")]));
                html.words("bdi", "name", &line.name);
                html.words("span", "value", &line.last);
                html.words("span", "most", &format!("max {}", line.highest));
            });
        }
        if lines.hidden > 0 {
            html.words("li", "note", &format!("and {} more with lower values", lines.hidden));
        }
    });
}

/// The lines in words.
fn told(lines: &[Line]) -> String {
    let lines = lines.iter();
    let lines = lines.map(|line| format!("{} {}, at most {}", line.name, line.last, line.highest));
    lines.collect::<Vec<_>>().join("; ")
}
