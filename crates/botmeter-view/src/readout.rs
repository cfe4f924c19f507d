//! What a picture says at each of its moments, as texts.

use botmeter_board::Show;
use serde::Serialize;

use crate::{Clock, Picture, picture::Drawing, unit};

/// The values of lines as they are shown, moment by moment: for a cross-hair.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Readout {
    /// Where the moments lie between the left edge and the right one, from 0
    /// to 1.
    pub places: Vec<f64>,
    /// The moments as texts.
    pub times: Vec<String>,
    /// For each line, its value at each moment.
    pub lines: Vec<Vec<Option<String>>>,
}

impl Readout {
    /// What the picture of a panel that shows values so says; nothing if it
    /// has no lines.
    pub fn of(picture: &Picture, show: &Show, clock: Clock) -> Option<Self> {
        let Drawing::Lines(lines) = &picture.drawing else { return None };
        let (from, to) = lines.span;
        let length = (to - from).max(1) as f64;
        let text = |value: &Option<f64>| value.map(|value| unit::text(show, value));
        Some(Self {
            places: lines.moments.iter().map(|at| (at - from) as f64 / length).collect(),
            times: lines.moments.iter().map(|at| clock.text(*at)).collect(),
            lines: lines.lines.iter().map(|of| of.values.iter().map(text).collect()).collect(),
        })
    }
}
