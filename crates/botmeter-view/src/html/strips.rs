//! Distributions and bands over time.

use super::{
    axes::{height, left, over, plot, times},
    chart::{Area, WIDTH, rectangle},
    markup::{Html, number},
};
use crate::{
    Picture,
    picture::{Bands, Heat},
};

pub(super) fn heat(html: &mut Html, picture: &Picture, heat: &Heat) {
    let area = Area { span: heat.span, height: height(picture) + 20.0 };
    let row = area.height / heat.bounds.len().max(1) as f64;
    // As many texts as fit below each other.
    let every = (13.0 / row).ceil().max(1.0);
    html.element("div", &[("class", "chart")], |html| {
        let marks = heat.bounds.iter().enumerate().filter_map(|(at, bound)| {
            let from_above = (heat.bounds.len() - 1 - at) as f64;
            let is_shown = (at as f64 % every).abs() < 0.5;
            is_shown.then_some((row * from_above + row / 2.0, bound.as_str()))
        });
        left(html, area, &marks.collect::<Vec<_>>());
        html.element("div", &[("class", "plot")], |html| {
            plot(html, area, &picture.title, |html| {
                for (strength, path) in cells(area, heat, row) {
                    html.empty("path", &[("class", &format!("heat s{strength}")), ("d", &path)]);
                }
            });
        });
        times(html, area, &heat.times);
    });
}

/// One path for each of eight strengths, because thousands of elements are
/// slow. As in Grafana, the strength grows with the root of the count.
fn cells(area: Area, heat: &Heat, row: f64) -> Vec<(usize, String)> {
    let mut paths = vec![String::new(); 8];
    let step = match heat.moments.as_slice() {
        [first, second, ..] => area.x(*second) - area.x(*first),
        _ => WIDTH / 60.0,
    };
    for (at, cells) in heat.cells.iter().enumerate() {
        let y = row * (heat.bounds.len() - 1 - at) as f64;
        for (moment, cell) in heat.moments.iter().zip(cells) {
            if *cell <= 0.0 {
                continue;
            }
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "from 0 to 7"
            )]
            let strength = ((cell / heat.most).sqrt() * 7.99) as usize;
            if let Some(path) = paths.get_mut(strength) {
                *path += &rectangle(area.x(*moment) - step, y + 0.5, step, row - 1.0);
            }
        }
    }
    paths.into_iter().enumerate().filter(|(_, path)| !path.is_empty()).collect()
}

pub(super) fn bands(html: &mut Html, picture: &Picture, bands: &Bands) {
    const ROW: f64 = 26.0;
    let area = Area { span: bands.span, height: ROW * bands.rows.len() as f64 };
    html.element("div", &[("class", "chart")], |html| {
        let names = bands.rows.iter().enumerate();
        let names = names.map(|(at, (name, _))| (ROW * (at as f64 + 0.5), name.as_str()));
        left(html, area, &names.collect::<Vec<_>>());
        html.element("div", &[("class", "plot")], |html| {
            plot(html, area, &picture.title, |html| {
                for (at, (_, stretches)) in bands.rows.iter().enumerate() {
                    for stretch in stretches {
                        let (from, to) = (area.x(stretch.span.0), area.x(stretch.span.1));
                        let level = stretch.level.map_or("none", crate::picture::Level::as_str);
                        let path = rectangle(from, ROW * at as f64 + 2.0, to - from, ROW - 4.0);
                        html.empty("path", &[("class", &format!("band {level}")), ("d", &path)]);
                    }
                }
            });
            over(html, area, |html| {
                for (at, (_, stretches)) in bands.rows.iter().enumerate() {
                    let y = number(ROW * (at as f64 + 0.5) + 4.0);
                    for stretch in stretches {
                        let (from, to) = stretch.span;
                        // A text that does not fit into its stretch says nothing.
                        if area.x(to) - area.x(from) < WIDTH / 8.0 {
                            continue;
                        }
                        let x = area.percent(from);
                        let place = [
                            ("class", "band-text"),
                            ("x", x.as_str()),
                            ("y", y.as_str()),
                            ("dx", "6"),
                        ];
                        html.element("text", &place, |html| html.text(&stretch.text));
                    }
                }
            });
        });
        times(html, area, &bands.times);
    });
    for limit in &picture.limits {
        html.words("p", "note", &limit.said());
    }
}
