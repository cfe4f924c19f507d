//! What pictures with an axis of time have in common.
//!
//! A plot is stretched to the width that there is; texts are not, so they
//! stand in pictures of their own around and over it, at places in hundredths.

use super::{
    chart::{Area, WIDTH},
    markup::{Html, number},
};
use crate::{Picture, text::cut};

/// A line keeps its width however the plot is stretched.
pub(super) const STEADY: (&str, &str) = ("vector-effect", "non-scaling-stroke");

/// How wide a letter of a mark is, about.
pub(super) const LETTER: f64 = 7.0;

/// How many letters of a text stand at the left of a plot, at most.
const LONGEST: usize = 20;

pub(super) fn height(picture: &Picture) -> f64 {
    f64::from(picture.height.clamp(4, 16)) * 22.0
}

pub(super) fn plot(html: &mut Html, area: Area, label: &str, inside: impl FnOnce(&mut Html)) {
    let (height, view) = (number(area.height), format!("0 0 {WIDTH} {}", number(area.height)));
    let attributes = [
        ("class", "draw"),
        ("viewBox", view.as_str()),
        ("preserveAspectRatio", "none"),
        ("width", "100%"),
        ("height", height.as_str()),
        ("role", "img"),
        ("aria-label", label),
    ];
    html.element("svg", &attributes, inside);
}

pub(super) fn over(html: &mut Html, area: Area, inside: impl FnOnce(&mut Html)) {
    let height = number(area.height);
    let attributes = [
        ("class", "over"),
        ("width", "100%"),
        ("height", height.as_str()),
        ("aria-hidden", "true"),
    ];
    html.element("svg", &attributes, inside);
}

/// Texts at the left of a plot. One that is too long is cut, or there would be
/// no room for the plot; it is whole under the pointer.
pub(super) fn left(html: &mut Html, area: Area, marks: &[(f64, &str)]) {
    let longest = marks.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
    let width = longest.min(LONGEST) as f64 * LETTER + 8.0;
    let (width, height, end) = (number(width), number(area.height), number(width - 6.0));
    let attributes = [
        ("class", "marks"),
        ("width", width.as_str()),
        ("height", height.as_str()),
        ("aria-hidden", "true"),
    ];
    html.element("svg", &attributes, |html| {
        for (y, text) in marks {
            let y = number((y + 4.0).clamp(10.0, area.height - 1.0));
            let place = [("x", end.as_str()), ("y", y.as_str()), ("text-anchor", "end")];
            html.element("text", &place, |html| {
                if text.chars().count() > LONGEST {
                    html.words("title", "", text);
                }
                html.text(&cut(text, LONGEST));
            });
        }
    });
}

/// The marks of the axis of time; those at the edges stay within.
pub(super) fn times(html: &mut Html, area: Area, times: &[(i64, String)]) {
    let attributes =
        [("class", "marks times"), ("width", "100%"), ("height", "18"), ("aria-hidden", "true")];
    html.element("svg", &attributes, |html| {
        for (number, (at, text)) in times.iter().enumerate() {
            let (x, place) = (area.percent(*at), area.x(*at) / WIDTH);
            let is_short = text.chars().count() <= 5;
            let anchor = match place {
                place if place < 0.03 => "start",
                // A short one may stand half in the margin.
                place if place > 0.97 && !is_short => "end",
                _ => "middle",
            };
            // Every second one is left out where there is little room.
            let class = if number % 2 == 1 { "odd" } else { "even" };
            let place = [("x", x.as_str()), ("y", "13"), ("text-anchor", anchor), ("class", class)];
            html.element("text", &place, |html| html.text(text));
        }
    });
}
