//! What the exporter writes of others, put in order, with ours between.
//!
//! The exporter writes families in the order of a hash table, and leaves out
//! the suffix of a histogram's series if the family's name happens to end in
//! the same letters: the count of `llm_discount` comes out as `llm_discount`.
//! What it does right stays as it is: label values are escaped, and numbers,
//! bounds included, are written without an exponent, as Prometheus' OTLP
//! receiver writes them.

use super::ours::Written;

/// The same families and series, and ours, sorted, with the suffixes that
/// Prometheus expects, and without empty lines.
pub(super) fn tidy(untidy: &str, ours: &[Written]) -> String {
    // An empty line ends a family; line breaks in texts are escaped.
    let theirs = untidy.split("\n\n").filter_map(|block| Family::read(block.trim_matches('\n')));
    let mut blocks: Vec<Block<'_>> =
        theirs.map(Block::Theirs).chain(ours.iter().map(Block::Ours)).collect();
    blocks.sort_by_key(Block::place);
    let size = untidy.len() + ours.iter().map(|family| family.text.len()).sum::<usize>();
    let mut page = String::with_capacity(size);
    for block in blocks {
        match block {
            Block::Ours(family) => page.push_str(&family.text),
            Block::Theirs(family) => family.write(&mut page),
        }
    }
    page
}

/// What stands on the page in one piece.
enum Block<'a> {
    Theirs(Family<'a>),
    Ours(&'a Written),
}

impl<'a> Block<'a> {
    fn place(&self) -> (&'a str, &'a str) {
        match self {
            Self::Theirs(family) => (family.name, family.kind),
            Self::Ours(family) => (&family.name, family.kind),
        }
    }
}

struct Family<'a> {
    help: Option<&'a str>,
    name: &'a str,
    kind: &'a str,
    /// One line for each sample.
    samples: &'a str,
}

impl<'a> Family<'a> {
    fn read(block: &'a str) -> Option<Self> {
        let (help, rest) = match block.split_once('\n') {
            Some((help, rest)) if help.starts_with("# HELP ") => (Some(help), rest),
            _ => (None, block),
        };
        let (head, samples) = rest.split_once('\n')?;
        let (name, kind) = head.strip_prefix("# TYPE ")?.split_once(' ')?;
        Some(Self { help, name, kind, samples })
    }

    fn write(&self, page: &mut String) {
        if let Some(help) = self.help {
            push_line(page, &[help]);
        }
        push_line(page, &["# TYPE ", self.name, " ", self.kind]);
        if self.kind != "histogram" {
            let mut samples: Vec<&str> = self.samples.lines().collect();
            samples.sort_unstable();
            for sample in samples {
                push_line(page, &[sample]);
            }
            return;
        }
        let mut series = self.series();
        series.sort_unstable_by_key(|series| series.labels);
        let lost = lost_suffix(self.name);
        for series in series {
            match lost {
                None => push_line(page, &[series.samples]),
                Some(suffix) => {
                    for sample in series.samples.lines() {
                        match after(sample, self.name) {
                            Some(rest) => push_line(page, &[self.name, "_", suffix, rest]),
                            None => push_line(page, &[sample]),
                        }
                    }
                }
            }
        }
    }

    /// The series of a histogram: buckets, sum and, at last, the count.
    fn series(&self) -> Vec<Series<'a>> {
        let count = match lost_suffix(self.name) {
            Some("count") => self.name.to_owned(),
            _ => format!("{}_count", self.name),
        };
        let mut series = Vec::new();
        let (mut start, mut end) = (0, 0);
        for line in self.samples.split_inclusive('\n') {
            end += line.len();
            if let Some(rest) = after(line, &count) {
                let samples = self.samples[start..end].trim_end_matches('\n');
                let labels = rest.rsplit_once(' ').map_or("", |(labels, _value)| labels);
                series.push(Series { labels, samples });
                start = end;
            }
        }
        series
    }
}

struct Series<'a> {
    labels: &'a str,
    samples: &'a str,
}

/// The suffix that the exporter takes for present because the family's name
/// ends in its letters.
fn lost_suffix(family: &str) -> Option<&'static str> {
    ["bucket", "sum", "count"].into_iter().find(|suffix| family.ends_with(suffix))
}

/// What follows the name of a sample, if it is this one.
fn after<'a>(sample: &'a str, name: &str) -> Option<&'a str> {
    sample.strip_prefix(name).filter(|rest| rest.starts_with([' ', '{']))
}

fn push_line(page: &mut String, parts: &[&str]) {
    page.extend(parts.iter().copied());
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_and_series_are_sorted_and_buckets_keep_their_order() {
        let untidy = "\
# TYPE b_seconds histogram
b_seconds_bucket{a=\"y\",le=\"2.5\"} 0
b_seconds_bucket{a=\"y\",le=\"10.5\"} 1
b_seconds_bucket{a=\"y\",le=\"+Inf\"} 1
b_seconds_sum{a=\"y\"} 3
b_seconds_count{a=\"y\"} 1
b_seconds_bucket{a=\"x\",le=\"2.5\"} 0
b_seconds_bucket{a=\"x\",le=\"10.5\"} 0
b_seconds_bucket{a=\"x\",le=\"+Inf\"} 0
b_seconds_sum{a=\"x\"} 0
b_seconds_count{a=\"x\"} 0

# HELP a_dollars_total Money.
# TYPE a_dollars_total gauge
a_dollars_total{z=\"2\"} 0.5
a_dollars_total{z=\"1\"} 7

";
        let ours = Written {
            name: "a_seconds".to_owned(),
            kind: "histogram",
            text: "# TYPE a_seconds histogram\na_seconds_count 0\n".to_owned(),
        };
        let tidied = tidy(untidy, &[ours]);
        assert_eq!(
            tidied,
            "\
# HELP a_dollars_total Money.
# TYPE a_dollars_total gauge
a_dollars_total{z=\"1\"} 7
a_dollars_total{z=\"2\"} 0.5
# TYPE a_seconds histogram
a_seconds_count 0
# TYPE b_seconds histogram
b_seconds_bucket{a=\"x\",le=\"2.5\"} 0
b_seconds_bucket{a=\"x\",le=\"10.5\"} 0
b_seconds_bucket{a=\"x\",le=\"+Inf\"} 0
b_seconds_sum{a=\"x\"} 0
b_seconds_count{a=\"x\"} 0
b_seconds_bucket{a=\"y\",le=\"2.5\"} 0
b_seconds_bucket{a=\"y\",le=\"10.5\"} 1
b_seconds_bucket{a=\"y\",le=\"+Inf\"} 1
b_seconds_sum{a=\"y\"} 3
b_seconds_count{a=\"y\"} 1
"
        );
    }

    #[test]
    fn a_gauge_of_someone_else_stays_a_gauge() {
        let text = "# TYPE their_total gauge\ntheir_total 1\n";
        assert_eq!(tidy(&format!("{text}\n"), &[]), text);
    }

    #[test]
    fn nothing_recorded_is_an_empty_page() {
        assert_eq!(tidy("", &[]), "");
    }
}
