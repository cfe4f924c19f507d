//! Bars as SVG, to be read in light and in dark, and aloud.

use std::fmt::Write as _;

/// One bar.
#[derive(Debug)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: f64,
    /// The value as it is said.
    pub(super) said: String,
    /// Whether it is what the picture is about.
    pub(super) is_ours: bool,
}

/// Beyond this ratio, short bars could not be told apart on a linear scale.
const WIDEST_LINEAR: f64 = 20.0;
const LEFT: f64 = 270.0;
const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 26.0;
const TOP: f64 = 58.0;

/// A picture of these bars.
pub(super) fn draw(title: &str, bars: &[Bar]) -> String {
    let scale = Scale::of(bars);
    let said: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.said)).collect();
    let bottom = TOP + HEIGHT * bars.len() as f64;
    let (title, said) = (escaped(title), escaped(&said.join("; ")));
    let note = match scale {
        Scale::Linear { .. } => "less is better",
        Scale::Logarithmic { .. } => "less is better; each line is ten times the one before",
    };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 {:.0}\" role=\"img\" \
         aria-labelledby=\"title desc\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title id=\"title\">{title}</title>\n<desc id=\"desc\">{said}</desc>\n\
         <style>\n\
         svg {{ background: #ffffff; }}\n\
         text {{ fill: #1f2328; }}\n.note {{ fill: #59636e; }}\nline {{ stroke: #d1d9e0; }}\n\
         .bar {{ fill: #9aa4af; }}\n.ours {{ fill: #0969da; }}\n\
         @media (prefers-color-scheme: dark) {{\n\
         svg {{ background: #0d1117; }}\n\
         text {{ fill: #f0f6fc; }}\n.note {{ fill: #9198a1; }}\nline {{ stroke: #3d444d; }}\n\
         .bar {{ fill: #656c76; }}\n.ours {{ fill: #4493f8; }}\n}}\n\
         </style>\n\
         <text x=\"10\" y=\"22\" font-size=\"15\" font-weight=\"bold\">{title}</text>\n\
         <text x=\"10\" y=\"42\" class=\"note\">{note}</text>\n",
        bottom + 12.0,
    );
    // Writing to a string cannot fail.
    for at in scale.lines() {
        let _written = writeln!(
            text,
            "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.0}\" y2=\"{bottom:.0}\"/>",
            TOP - 4.0,
        );
    }
    for (at, bar) in bars.iter().enumerate() {
        let top = TOP + HEIGHT * at as f64;
        let base = top + 15.0;
        let length = scale.length(bar.value);
        let class = if bar.is_ours { "bar ours" } else { "bar" };
        let weight = if bar.is_ours { " font-weight=\"bold\"" } else { "" };
        let _written = write!(
            text,
            "<text x=\"{:.0}\" y=\"{base:.0}\" text-anchor=\"end\"{weight}>{}</text>\n\
             <rect x=\"{LEFT:.0}\" y=\"{:.0}\" width=\"{length:.1}\" height=\"18\" rx=\"2\" \
             class=\"{class}\"/>\n\
             <text x=\"{:.1}\" y=\"{base:.0}\"{weight}>{}</text>\n",
            LEFT - 8.0,
            escaped(&bar.label),
            top + 1.0,
            LEFT + length + 6.0,
            escaped(&bar.said),
        );
    }
    text.push_str("</svg>\n");
    text
}

enum Scale {
    Linear {
        most: f64,
    },
    /// The exponents of ten at both ends.
    Logarithmic {
        from: f64,
        to: f64,
    },
}

impl Scale {
    fn of(bars: &[Bar]) -> Self {
        let values = || bars.iter().map(|bar| bar.value).filter(|value| *value > 0.0);
        let (least, most) = (values().fold(f64::MAX, f64::min), values().fold(0.0, f64::max));
        if most > WIDEST_LINEAR * least {
            // A little below the least, so that it has a length.
            Self::Logarithmic { from: (least / 1.5).log10().floor(), to: most.log10() }
        } else {
            Self::Linear { most }
        }
    }

    fn length(&self, value: f64) -> f64 {
        let share = match self {
            _ if value <= 0.0 => 0.0,
            Self::Linear { most } => value / most,
            Self::Logarithmic { from, to } => (value.log10() - from) / (to - from),
        };
        WIDTH * share
    }

    /// Where the powers of ten are.
    fn lines(&self) -> Vec<f64> {
        let mut lines = vec![LEFT];
        if let Self::Logarithmic { from, to } = self {
            let mut at = from + 1.0;
            while at <= *to {
                lines.push(LEFT + WIDTH * (at - from) / (to - from));
                at += 1.0;
            }
        }
        lines
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar(label: &str, value: f64) -> Bar {
        let said = format!("{value} ns");
        Bar { label: label.to_owned(), value, said, is_ours: label == "ours" }
    }

    fn lengths(picture: &str) -> Vec<f64> {
        let widths = picture.split("<rect ").skip(1).filter_map(|rect| rect.split('"').nth(5));
        widths.map(|width| width.parse().unwrap()).collect()
    }

    #[test]
    fn bars_are_as_long_as_their_values() {
        let picture = draw("Costs", &[bar("ours", 5.0), bar("theirs", 20.0), bar("none", 0.0)]);
        assert_eq!(lengths(&picture), [85.0, 340.0, 0.0]);
        assert!(picture.contains("<desc id=\"desc\">ours: 5 ns; theirs: 20 ns; none: 0 ns</desc>"));
        assert!(!picture.contains("ten times"), "{picture}");
    }

    #[test]
    fn far_apart_values_are_told_apart_by_their_powers_of_ten() {
        let picture = draw("Costs", &[bar("ours", 10.0), bar("a & b", 1000.0)]);
        assert_eq!(
            lengths(&picture),
            [340.0 / 3.0, 340.0].map(|it: f64| (it * 10.0).round() / 10.0)
        );
        assert!(picture.contains("ten times"), "{picture}");
        assert!(picture.contains(">a &amp; b<"), "{picture}");
        assert_eq!(picture.matches("<line ").count(), 4, "{picture}");
    }
}
