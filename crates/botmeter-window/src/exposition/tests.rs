//! Pages as they have to be, and as they must not be.

use proptest::{collection::vec, option, prelude::*};

use super::*;

const TEXT: &str = "\
# HELP a_total Things, \\\\ and\\nmore.
# TYPE a_total counter
a_total{x=\"brace } quote \\\" back \\\\ line \\n\",y=\"\",} 3
a_total 4e2 1700000000123
# any words

  b:c{} +Inf
# TYPE h histogram
h_bucket{le=\"0.5\"} 1
h_bucket{ le = \"+Inf\" } 2
h_sum NaN
h_count 2
# TYPE s summary
s{quantile=\"0.5\"} 1
s_count 1
{\"llm.requests\",\"weird key\"=\"x\"} -1
";

const OPEN_METRICS: &str = "\
# TYPE a_seconds counter
# UNIT a_seconds seconds
# HELP a_seconds Said \\\"so\\\".
a_seconds_total 3 1700000000.123 # {trace_id=\"1\"} 0.5 1700000000
a_seconds_created 1700000000
# TYPE h histogram
h_bucket{le=\"1.0\"} 1 # {} 0.5
h_bucket{le=\"+Inf\"} 1
h_count 1
# TYPE i info
i_info{version=\"1\"} 1
# EOF
";

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn the_text_format_is_read_whole() {
    let page = Page::read(TEXT, Format::Text).unwrap();
    let names: Vec<_> =
        page.families.iter().map(|family| (&*family.name, family.kind.as_str())).collect();
    let expected = [
        ("a_total", "counter"),
        ("b:c", "unknown"),
        ("h", "histogram"),
        ("s", "summary"),
        ("llm.requests", "unknown"),
    ];
    assert_eq!(names, expected);
    let [a, b, h, _, quoted] = &page.families[..] else { panic!("{page:?}") };
    assert_eq!(a.help.as_deref(), Some("Things, \\ and\nmore."));
    let labels = pairs(&[("x", "brace } quote \" back \\ line \n"), ("y", "")]);
    assert_eq!((&a.samples[0].labels, a.samples[0].value), (&labels, 3.0));
    assert_eq!((a.samples[1].value, a.samples[1].at), (400.0, Some(1_700_000_000_123)));
    assert!(b.samples[0].value.is_infinite());
    assert!(h.samples[2].value.is_nan());
    assert_eq!(quoted.samples[0].labels, pairs(&[("weird key", "x")]));
}

#[test]
fn openmetrics_is_read_whole() {
    let page = Page::read(OPEN_METRICS, Format::OpenMetrics).unwrap();
    let a = &page.families[0];
    assert_eq!((a.unit.as_deref(), a.help.as_deref()), (Some("seconds"), Some("Said \"so\".")));
    assert_eq!(a.samples[0].at, Some(1_700_000_000_123));
    let exemplar =
        Exemplar { labels: pairs(&[("trace_id", "1")]), value: 0.5, at: Some(1_700_000_000_000) };
    assert_eq!(a.samples[0].exemplar, Some(exemplar));
    assert_eq!(page.families[1].samples[0].exemplar.as_ref().unwrap().labels, []);
    assert_eq!(page.families[2].kind, Kind::Info);
}

/// The line and a part of the complaint about it.
fn refused(page: &str, format: Format, line: usize, part: &str) {
    let error = Page::read(page, format).unwrap_err();
    assert_eq!(error.line(), line, "{page:?}: {error}");
    assert!(error.to_string().contains(part), "{page:?}: {error}");
}

#[test]
fn what_the_formats_forbid_is_refused_with_its_line() {
    let counter = "# TYPE a counter\n";
    let histogram = "# TYPE h histogram\n";
    let cases = [
        ("a 1\n<html>\n".to_owned(), 2, "it begins with no name"),
        ("{\"status\":\"ok\"}\n".to_owned(), 1, "apart by commas"),
        ("a one\n".to_owned(), 1, "\"one\" is no number"),
        ("a\n".to_owned(), 1, "\"\" is no number"),
        ("9a 1\n".to_owned(), 1, "begin it with a letter"),
        ("a.b 1\n".to_owned(), 1, "is no number"),
        ("a 1\na 1\n".to_owned(), 2, "there twice"),
        ("a{x=\"\"} 1\na 1\n".to_owned(), 2, "there twice"),
        ("a{b=\"c} 1\n".to_owned(), 1, "the value of b has no end"),
        ("a{b=\"c\" d=\"e\"} 1\n".to_owned(), 1, "apart by commas"),
        ("a{b=\"c\",b=\"d\"} 1\n".to_owned(), 1, "the label b is there twice"),
        ("a{__name__=\"c\"} 1\n".to_owned(), 1, "__name__ is there twice"),
        ("a{b=c} 1\n".to_owned(), 1, "does not stand in quotes"),
        ("a{b=\"\\x\"} 1\n".to_owned(), 1, "\\x means nothing"),
        ("a{b:c=\"d\"} 1\n".to_owned(), 1, "no name of a label"),
        ("a{b=\"c\"}1\n".to_owned(), 1, "a blank is missing"),
        ("a 1 1.5\n".to_owned(), 1, "no whole number of milliseconds"),
        ("a 1 2 3\n".to_owned(), 1, "\"3\" follows the sample"),
        ("a 1 # {} 1\n".to_owned(), 1, "follows the sample"),
        ("a 1\nb 2".to_owned(), 2, "cut off"),
        (format!("{counter}a 1\nb 1\n# HELP a A.\n"), 4, "a belongs to a further up"),
        (format!("{counter}a 1\nb 1\na{{x=\"1\"}} 1\n"), 4, "put all of a together"),
        (format!("{counter}a 1\n# HELP a A.\n"), 3, "behind samples of a"),
        (format!("{counter}{counter}"), 2, "a second # TYPE"),
        ("# TYPE a number\n".to_owned(), 1, "\"number\" is no type"),
        (format!("{histogram}h 1\n"), 2, "one of _bucket, _count, _sum"),
        (format!("{histogram}h_bucket 1\n"), 2, "the label le is missing"),
        (format!("{histogram}h_bucket{{le=\"x\"}} 1\n"), 2, "which is no number"),
        (format!("{histogram}h_sum 1\n# TYPE h_sum gauge\nh_sum 1\n"), 3, "h_sum belongs to h"),
        ("# TYPE s summary\ns 1\n".to_owned(), 2, "quantile is missing"),
    ];
    for (page, line, part) in cases {
        refused(&page, Format::Text, line, part);
    }
    let cases = [
        ("a 1\n", 2, "without # EOF"),
        ("a 1\n# EOF\nb 1\n", 3, "behind # EOF"),
        ("a 1\n\n# EOF\n", 2, "no empty lines"),
        ("# words\n# EOF\n", 1, "no other comments"),
        ("a  1\n# EOF\n", 1, "is no number"),
        ("a{b=\"c\",} 1\n# EOF\n", 1, "no value"),
        ("# TYPE a counter\na 1\n# EOF\n", 2, "one of _total, _created"),
        ("# UNIT a seconds\n# EOF\n", 1, "call it a_seconds"),
        ("# TYPE a untyped\n# EOF\n", 1, "no type of this format"),
        ("a 1 # {} 1\n# EOF\n", 1, "only counters and buckets"),
        ("a 1 1e300\n# EOF\n", 1, "is no time"),
        ("a_total 1 # {b=\"c\"} 1 1 1\n# EOF\n", 1, "follows the exemplar"),
    ];
    for (page, line, part) in cases {
        refused(page, Format::OpenMetrics, line, part);
    }
    let long = format!("a_total 1 # {{b=\"{}\"}} 1\n# EOF\n", "x".repeat(128));
    refused(&long, Format::OpenMetrics, 1, "129 characters");
    // What is quoted is short, and shows what nobody could see.
    let error = Page::read(&format!("a \u{1b}{}\n", "é".repeat(200)), Format::Text).unwrap_err();
    assert!(error.to_string().len() < 800 && !error.to_string().contains('\u{1b}'), "{error}");
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"")
}

fn braces(labels: &[(String, String)]) -> String {
    let labels: Vec<_> = labels
        .iter()
        .map(|(key, value)| format!("\"{}\"=\"{}\"", escaped(key), escaped(value)))
        .collect();
    labels.join(",")
}

/// The page as text.
fn written(page: &Page, format: Format) -> String {
    let mut text = Vec::new();
    for Family { name, help, kind, unit, samples } in &page.families {
        let name = format!("\"{}\"", escaped(name));
        let word = match (kind, format) {
            (Kind::Unknown, Format::Text) => "untyped",
            (kind, _) => kind.as_str(),
        };
        text.push(format!("# TYPE {name} {word}\n"));
        if let Some(help) = help {
            let help = match format {
                Format::Text => help.replace('\\', "\\\\").replace('\n', "\\n"),
                Format::OpenMetrics => escaped(help),
            };
            text.push(format!("# HELP {name} {help}\n"));
        }
        if let Some(unit) = unit {
            text.push(format!("# UNIT {name} {unit}\n"));
        }
        for Sample { name, labels, value, at, exemplar } in samples {
            let comma = if labels.is_empty() { "" } else { "," };
            text.push(format!("{{\"{}\"{comma}{}}} {value}", escaped(name), braces(labels)));
            if let Some(at) = at {
                text.push(match format {
                    Format::Text => format!(" {at}"),
                    Format::OpenMetrics => format!(" {}", *at as f64 / 1000.0),
                });
            }
            if let Some(Exemplar { labels, value, .. }) = exemplar {
                text.push(format!(" # {{{}}} {value}", braces(labels)));
            }
            text.push("\n".to_owned());
        }
    }
    if format == Format::OpenMetrics {
        text.push("# EOF\n".to_owned());
    }
    text.concat()
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a\\\\\"\n{},=# ]{0,8}"]
}

/// Labels whose keys differ.
fn labels() -> impl Strategy<Value = Vec<(String, String)>> {
    vec((texts(), texts()), 0..4).prop_map(|pairs| {
        let pairs = pairs.into_iter().enumerate();
        pairs.map(|(at, (key, value))| (format!("{at}{key}"), value)).collect()
    })
}

/// Any page, whose families and samples are told apart by a number.
fn pages(format: Format) -> impl Strategy<Value = Page> {
    let sample = (labels(), any::<f64>(), option::of(-4_000_000_000_000_i64..4_000_000_000_000));
    let exemplar = option::of("[a-z\"\\\\ ]{0,60}");
    let family = (texts(), option::of(texts()), vec((sample, exemplar), 0..5), any::<bool>());
    vec(family, 0..5).prop_map(move |families| {
        let is_open = format == Format::OpenMetrics;
        let families = families.into_iter().enumerate().map(|(at, family)| {
            let (name, help, samples, is_counter) = family;
            let unit = (is_open && is_counter).then(|| "seconds".to_owned());
            let name = format!("{at}{name}_seconds");
            let ending = if is_open && is_counter { "_total" } else { "" };
            let samples = samples.into_iter().enumerate().map(|(at, (sample, exemplar))| {
                let (mut labels, value, time) = sample;
                labels.push(("number".to_owned(), at.to_string()));
                let exemplar = exemplar.filter(|_| unit.is_some()).map(|text| Exemplar {
                    labels: vec![("trace".to_owned(), text)],
                    value: 0.5,
                    at: None,
                });
                let name = format!("{name}{ending}");
                Sample { name, labels, value, at: time, exemplar }
            });
            let samples = samples.collect();
            let kind = if is_counter { Kind::Counter } else { Kind::Gauge };
            // The text format has any number of blanks before a help.
            let blanks: &[char] = if is_open { &[] } else { &[' ', '\t'] };
            let help = help.map(|help| help.trim_start_matches(blanks).to_owned());
            Family { name, help, kind, unit, samples }
        });
        Page { families: families.collect() }
    })
}

fn is_read_back(page: &Page, format: Format) {
    let read = Page::read(&written(page, format), format).unwrap();
    // NaN equals nothing, and `{:?}` tells all else apart.
    assert_eq!(format!("{read:?}"), format!("{page:?}"));
}

proptest! {
    #[test]
    fn what_was_written_in_the_text_format_is_read(page in pages(Format::Text)) {
        is_read_back(&page, Format::Text);
    }

    #[test]
    fn what_was_written_in_openmetrics_is_read(page in pages(Format::OpenMetrics)) {
        is_read_back(&page, Format::OpenMetrics);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        for format in [Format::Text, Format::OpenMetrics] {
            drop(Page::read(&text, format));
        }
    }

    #[test]
    fn no_pieces_of_pages_make_the_reader_panic(
        pieces in vec(prop::sample::select(vec![
            "a", "a_total", "h_bucket", "{", "}", "\"", "\\", "\\n", ",", "=", "le", " ", "\t", "#",
            "# HELP ", "# TYPE ", "# UNIT ", "# EOF", "\n", "1", "-1e999", "NaN", "+Inf", "counter",
            "histogram", "é", "\r", "{le=\"1\"} 1\n", " # {} 1",
        ]), 0..40),
    ) {
        for format in [Format::Text, Format::OpenMetrics] {
            drop(Page::read(&pieces.concat(), format));
        }
    }

    #[test]
    fn a_page_that_was_cut_off_is_no_page_of_openmetrics(cut in 1..OPEN_METRICS.len() - 1) {
        prop_assert!(Page::read(&OPEN_METRICS[..cut], Format::OpenMetrics).is_err());
    }
}
