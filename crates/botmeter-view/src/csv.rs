//! Pictures as CSV, for a spreadsheet.

use crate::{
    Clock, Picture,
    picture::{Drawing, Value},
};

/// The numbers of a picture, one record a line, as RFC 4180 has it.
///
/// What is foreign text and would be a formula to a spreadsheet has an
/// apostrophe in front.
pub fn csv(picture: &Picture, clock: Clock) -> String {
    let mut file = File(String::new());
    match &picture.drawing {
        Drawing::Lines(lines) => {
            let names = lines.lines.iter().map(|line| line.name.as_str());
            file.record(["time"].into_iter().chain(names));
            for (at, moment) in lines.moments.iter().enumerate() {
                let values = lines.lines.iter();
                let values = values.map(|line| number(line.values.get(at).copied().flatten()));
                file.record([clock.text(*moment)].into_iter().chain(values));
            }
        }
        Drawing::Heat(heat) => {
            file.record(["time"].into_iter().chain(heat.bounds.iter().map(String::as_str)));
            for (at, moment) in heat.moments.iter().enumerate() {
                let values = heat.cells.iter().map(|row| number(row.get(at).copied()));
                file.record([clock.text(*moment)].into_iter().chain(values));
            }
        }
        Drawing::Bands(bands) => {
            file.record(["name", "from", "to", "value"]);
            for (name, stretches) in &bands.rows {
                for stretch in stretches {
                    let (from, to) = (clock.text(stretch.span.0), clock.text(stretch.span.1));
                    file.record([name, &from, &to, &stretch.text]);
                }
            }
        }
        Drawing::Table(table) => {
            file.record(table.keys.iter().chain(&table.headings));
            for (labels, values) in &table.rows {
                let values = values.iter().map(|it| number(it.as_ref().map(|it| it.value)));
                file.record(labels.iter().cloned().chain(values));
            }
        }
        Drawing::Stats(values) => file.values(values),
        Drawing::Bars(bars) => file.values(bars.iter().map(|(value, _)| value)),
        Drawing::Dial { value, .. } => file.values([value]),
        Drawing::Text(_) | Drawing::Nothing(_) | Drawing::NoAnswer(_) => file.values([]),
    }
    file.0
}

struct File(String);

impl File {
    fn values<'a, I: IntoIterator<Item = &'a Value>>(&mut self, values: I) {
        self.record(["name", "value"]);
        for value in values {
            self.record([&value.name, &number(Some(value.value))]);
        }
    }

    fn record<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            self.cell(cell.as_ref());
        }
        self.0.push_str("\r\n");
    }

    fn cell(&mut self, text: &str) {
        let is_number = text.parse::<f64>().is_ok();
        let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
        if !text.contains([',', '"', '\n', '\r']) && !is_formula {
            self.0.push_str(text);
            return;
        }
        self.0.push('"');
        self.0.push_str(if is_formula { "'" } else { "" });
        self.0.push_str(&text.replace('"', "\"\""));
        self.0.push('"');
    }
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_cell_and_no_formula() {
        let mut file = File(String::new());
        file.record(["a,b", "say \"no\"\nor", "=HYPERLINK(1)", "-1.5", "+a", ""]);
        assert_eq!(file.0, "\"a,b\",\"say \"\"no\"\"\nor\",\"'=HYPERLINK(1)\",-1.5,\"'+a\",\r\n");
    }

    #[test]
    fn each_kind_of_picture_has_its_numbers() {
        let page = crate::tests::page("in");
        let rows = page.dashboards.iter().flat_map(|dashboard| dashboard.rows.iter().flatten());
        let mut told = 0;
        for picture in rows.flat_map(|row| &row.pictures) {
            let csv = csv(picture, Clock::Wall { east: 0 });
            let is_blank = matches!(picture.drawing, Drawing::Text(_) | Drawing::Nothing(_));
            assert_eq!(csv.lines().count() < 2, is_blank, "{}: {csv}", picture.title);
            told += usize::from(!is_blank);
        }
        assert!(told > 5, "{told}");
    }
}
