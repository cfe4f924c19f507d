//! Pictures as lines of text.

use botmeter_board::label_heading;

use super::{Terminal, clean, cut, padded, sign, wrapped};
use crate::{
    Picture,
    picture::{Bands, Drawing, Heat, Level, Line, Table, Value},
};

/// How high the pictures of lines are, in eighths of a row.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// How wide a name is.
const NAME: usize = 24;

/// How many lines of one picture are shown.
const MOST: usize = 8;

/// The panels of a row: numbers beside each other, all else below each other.
pub(super) fn row(pictures: &[Picture], terminal: Terminal, lines: &mut Vec<String>) {
    let is_number = |picture: &&Picture| {
        matches!(&picture.drawing, Drawing::Stats(_) | Drawing::Dial { .. })
            || matches!(&picture.drawing, Drawing::Nothing(_)) && picture.width <= 8
    };
    let mut line = String::new();
    let mut length = 0;
    for picture in pictures.iter().filter(is_number) {
        let (plain, painted) = number(picture, terminal);
        let own = plain.chars().count();
        if length > 0 && length + 3 + own > terminal.columns {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push_str("   ");
            length += 3;
        }
        line.push_str(&painted);
        length += own;
    }
    lines.push(line);
    for picture in pictures.iter().filter(|picture| !is_number(picture)) {
        self::lines(picture, terminal, lines);
    }
}

/// A number with its title, as it is long and as it is written.
fn number(picture: &Picture, terminal: Terminal) -> (String, String) {
    let values: Vec<(String, Option<Level>)> = match &picture.drawing {
        Drawing::Stats(values) => values.iter().map(said).collect(),
        Drawing::Dial { value, .. } => vec![said(value)],
        Drawing::Nothing(text) => vec![(text.clone(), None)],
        _ => Vec::new(),
    };
    let title = clean(&picture.title);
    let fits = terminal.columns.saturating_sub(title.chars().count() + 1);
    let texts: Vec<_> = values.iter().map(|(text, _)| clean(text)).collect();
    let text = cut(&texts.join(", "), fits);
    let title = cut(&title, terminal.columns);
    let level = values.iter().filter_map(|(_, level)| *level).max();
    let painted = format!("{title} {}", terminal.level(&terminal.strong(&text), level));
    (format!("{title} {text}"), painted)
}

fn said(value: &Value) -> (String, Option<Level>) {
    let sign = match value.level.filter(|level| *level > Level::Well) {
        Some(level) => format!("{} ", sign(level).trim_end()),
        None => String::new(),
    };
    let name = if value.name.is_empty() { String::new() } else { format!("{} ", value.name) };
    (format!("{name}{sign}{}", value.text), value.level)
}

/// One picture below its title.
pub(super) fn lines(picture: &Picture, terminal: Terminal, lines: &mut Vec<String>) {
    let limits = picture.limits.iter().map(|limit| {
        let side = if limit.is_bad_above { "above" } else { "below" };
        format!("{} {side} {}", limit.level.as_str(), limit.text)
    });
    let limits: Vec<_> = limits.collect();
    let common = picture.common.iter().map(|(key, value)| format!("{key}={value}"));
    let about: Vec<_> = common.chain(limits).collect();
    let title = clean(&format!("{}  {}", picture.title, about.join(", ")));
    lines.push(String::new());
    lines.push(terminal.strong(&cut(&title, terminal.columns)));
    match &picture.drawing {
        Drawing::Lines(drawn) => {
            for line in drawn.lines.iter().take(MOST) {
                let high = drawn.scale.high;
                lines.push(of_line(line, high, terminal));
            }
            let more = drawn.hidden + drawn.lines.len().saturating_sub(MOST);
            if more > 0 {
                lines.push(format!("  and {more} more"));
            }
        }
        Drawing::Stats(values) => lines.extend(values.iter().map(|value| {
            let (text, level) = said(value);
            terminal.level(&cut(&clean(&format!("  {text}")), terminal.columns), level)
        })),
        Drawing::Dial { value, .. } => lines.push(format!("  {}", value.text)),
        Drawing::Bars(bars) => {
            for (value, length) in bars.iter().take(2 * MOST) {
                lines.push(of_bar(value, *length, terminal));
            }
        }
        Drawing::Table(table) => of_table(table, terminal, lines),
        Drawing::Heat(heat) => of_heat(heat, terminal, lines),
        Drawing::Bands(bands) => of_bands(bands, terminal, lines),
        Drawing::Text(blocks) => {
            for block in blocks {
                let text: String = block.spans.iter().map(|span| span.text.as_str()).collect();
                let before = if block.is_item { "- " } else { "" };
                let text = clean(&format!("{before}{text}"));
                let wrapped = wrapped(&text, terminal.columns.saturating_sub(2));
                lines.extend(wrapped.into_iter().map(|line| format!("  {line}")));
            }
        }
        Drawing::Nothing(text) => lines.push(cut(&clean(&format!("  {text}")), terminal.columns)),
        Drawing::NoAnswer(why) => {
            let text = clean(&format!("  no answer: {why}"));
            lines.push(terminal.level(&cut(&text, terminal.columns), Some(Level::Critical)));
        }
    }
}

/// What is left for a picture beside a name and a value.
fn room(terminal: Terminal, name: usize, value: usize) -> usize {
    terminal.columns.saturating_sub(name + value + 6)
}

fn name_width(terminal: Terminal) -> usize {
    NAME.min(terminal.columns / 3)
}

/// The highest value of each column, because a peak that cannot be seen is a
/// lie.
fn of_line(line: &Line, high: f64, terminal: Terminal) -> String {
    const VALUE: usize = 12;
    let name = name_width(terminal);
    let columns = room(terminal, name, VALUE).min(line.values.len().max(1));
    let blocks = (0..columns).map(|column| {
        let (from, to) = part(column, columns, line.values.len());
        let values = line.values.get(from..to).unwrap_or_default().iter().flatten();
        let most = values.copied().filter(|value| value.is_finite()).reduce(f64::max);
        most.map_or(' ', |most| block(most / high, true))
    });
    let blocks: String = blocks.collect();
    let (name, value) = (padded(&clean(&line.name), name, ' '), padded(&line.last, VALUE, ' '));
    cut(&format!("  {name}  {value}  {blocks}"), terminal.columns)
}

/// Which of so many values belong to a column.
fn part(column: usize, columns: usize, values: usize) -> (usize, usize) {
    let at = |column: usize| column * values / columns.max(1);
    (at(column), at(column + 1).max(at(column) + 1))
}

/// A block of this share of a row; what is there is seen, however small.
fn block(share: f64, is_there: bool) -> char {
    let share = if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 8")]
    let eighths = (share * 8.0).round() as usize;
    let eighths = if is_there { eighths.max(1) } else { eighths };
    BLOCKS.get(eighths).copied().unwrap_or('█')
}

fn of_bar(value: &Value, length: f64, terminal: Terminal) -> String {
    const VALUE: usize = 12;
    let name = name_width(terminal);
    let columns = room(terminal, name, VALUE).min(60);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a width")]
    let filled = (length * columns as f64).round() as usize;
    let text = said(&Value { name: String::new(), ..value.clone() }).0;
    let bar = "█".repeat(filled.min(columns));
    let (name, text) = (padded(&clean(&value.name), name, ' '), padded(&clean(&text), VALUE, ' '));
    let line = cut(&format!("  {name}  {text}  {bar}"), terminal.columns);
    terminal.level(&line, value.level.filter(|level| *level > Level::Well))
}

fn of_table(table: &Table, terminal: Terminal, lines: &mut Vec<String>) {
    let keys = table.keys.iter().map(|key| label_heading(key));
    let heads = keys.chain(table.headings.iter().cloned()).map(|head| clean(&head));
    let rows = table.rows.iter().map(|(labels, values)| {
        let values = values.iter();
        let values = values.map(|value| value.as_ref().map_or("-".to_owned(), |it| said(it).0));
        let cells = labels.iter().cloned().chain(values);
        cells.map(|cell| clean(&cell)).collect::<Vec<_>>()
    });
    let all: Vec<Vec<String>> = [heads.collect()].into_iter().chain(rows.take(2 * MOST)).collect();
    let columns = all.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns)
        .map(|at| {
            let cells = all.iter().filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0).min(NAME)
        })
        .collect();
    for (number, row) in all.iter().enumerate() {
        let cells = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width, ' '));
        let line = cut(&format!("  {}", cells.collect::<Vec<_>>().join("  ")), terminal.columns);
        lines.push(if number == 0 { terminal.soft(&line) } else { line });
    }
    if table.rows.len() > 2 * MOST {
        lines.push(format!("  and {} more", table.rows.len() - 2 * MOST));
    }
}

/// The longest durations on top, as in the picture.
fn of_heat(heat: &Heat, terminal: Terminal, lines: &mut Vec<String>) {
    const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];
    let columns = room(terminal, 10, 0).min(heat.moments.len().max(1));
    for (bound, cells) in heat.bounds.iter().zip(&heat.cells).rev() {
        let shades = (0..columns).map(|column| {
            let (from, to) = part(column, columns, cells.len());
            let most = cells.get(from..to).unwrap_or_default().iter().copied().fold(0.0, f64::max);
            let share = if heat.most > 0.0 { (most / heat.most).sqrt() } else { 0.0 };
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "to 4")]
            let shade = (share * 4.0).ceil() as usize;
            SHADES.get(shade).copied().unwrap_or('█')
        });
        let shades: String = shades.collect();
        lines.push(cut(&format!("  {}  {shades}", padded(bound, 10, ' ')), terminal.columns));
    }
}

fn of_bands(bands: &Bands, terminal: Terminal, lines: &mut Vec<String>) {
    let name = name_width(terminal);
    let columns = room(terminal, name, 0).min(80);
    let (from, to) = bands.span;
    for (title, stretches) in &bands.rows {
        let signs = (0..columns).map(|column| {
            let length = to - from;
            let share = |column: usize| (column as f64 + 0.5) / columns.max(1) as f64;
            #[expect(clippy::cast_possible_truncation, reason = "a moment of the span")]
            let at = from + (length as f64 * share(column)) as i64;
            let there = stretches.iter().find(|it| it.span.0 <= at && at <= it.span.1);
            match there.map(|stretch| stretch.level) {
                None => ' ',
                Some(Some(Level::Critical)) => '!',
                Some(Some(Level::Warning)) => '?',
                Some(Some(Level::Info)) => 'i',
                Some(Some(Level::Well) | None) => '·',
            }
        });
        let signs: String = signs.collect();
        let title = padded(&clean(title), name, ' ');
        lines.push(cut(&format!("  {title}  {signs}"), terminal.columns));
    }
}
