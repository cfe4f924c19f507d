//! What one line says.

use std::collections::HashSet;

use super::{
    Exemplar, Format, Kind, Sample,
    cursor::{self, Cursor},
};

/// What one line says.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// Nothing.
    Empty,
    Help(String, String),
    Type(String, Kind),
    Unit(String, String),
    Sample(Sample),
}

/// How many labels are looked through one by one.
const FEW: usize = 16;

/// How long the labels of an exemplar may be together, in characters.
const LONGEST_EXEMPLAR: usize = 128;

/// Reads a line without its end.
pub(super) fn read(line: &str, format: Format) -> Result<Line, String> {
    let mut cursor = Cursor::new(line, format);
    cursor.skip_blanks();
    if cursor.is_at_end() {
        return match format {
            Format::Text => Ok(Line::Empty),
            Format::OpenMetrics => Err("OpenMetrics has no empty lines; leave it out".to_owned()),
        };
    }
    if cursor.eat("#") { comment(cursor, format) } else { sample(cursor, format).map(Line::Sample) }
}

fn comment(mut cursor: Cursor<'_>, format: Format) -> Result<Line, String> {
    let gap = cursor.gap("the word");
    let word = cursor.word();
    let is_known = matches!((word, format), ("HELP" | "TYPE", _) | ("UNIT", Format::OpenMetrics));
    if !is_known || gap.is_err() {
        return match format {
            Format::Text => Ok(Line::Empty),
            Format::OpenMetrics => {
                Err("OpenMetrics has no other comments than # HELP, # TYPE, # UNIT and # EOF"
                    .to_owned())
            }
        };
    }
    cursor.gap("the name")?;
    let name =
        if cursor.eat("\"") { cursor.quoted("the name")? } else { plain_name(cursor.bare_name())? };
    // A help may be empty, and then nothing need stand before it.
    if !cursor.is_at_end() {
        cursor.gap("what is said of the name")?;
    }
    let said = cursor.rest();
    match word {
        "HELP" => Ok(Line::Help(name, cursor::help(said, format)?)),
        "UNIT" => Ok(Line::Unit(name, said.to_owned())),
        _ => Ok(Line::Type(name, kind(said, format)?)),
    }
}

fn kind(said: &str, format: Format) -> Result<Kind, String> {
    let word = match format {
        Format::Text => said.trim_end_matches([' ', '\t']),
        Format::OpenMetrics => said,
    };
    let kind = match (word, format) {
        ("counter", _) => Kind::Counter,
        ("gauge", _) => Kind::Gauge,
        ("histogram", _) => Kind::Histogram,
        ("summary", _) => Kind::Summary,
        ("untyped", Format::Text) | ("unknown", Format::OpenMetrics) => Kind::Unknown,
        ("gaugehistogram", Format::OpenMetrics) => Kind::GaugeHistogram,
        ("info", Format::OpenMetrics) => Kind::Info,
        ("stateset", Format::OpenMetrics) => Kind::StateSet,
        _ => {
            let words = match format {
                Format::Text => "counter, gauge, histogram, summary or untyped",
                Format::OpenMetrics => {
                    "counter, gauge, histogram, gaugehistogram, summary, info, stateset or unknown"
                }
            };
            return Err(format!("{word:?} is no type of this format; give {words}"));
        }
    };
    Ok(kind)
}

fn sample(mut cursor: Cursor<'_>, format: Format) -> Result<Sample, String> {
    let mut name = match cursor.bare_name() {
        "" => None,
        name => Some(plain_name(name)?),
    };
    cursor.skip_blanks();
    let mut labels = Vec::new();
    let has_labels = cursor.eat("{");
    if has_labels {
        labels = pairs(&mut cursor, &mut name, format)?;
    }
    let Some(name) = name else {
        return Err("it begins with no name; is this a page of metrics?".to_owned());
    };
    // In the text format, the blanks before the labels may be those before the
    // value.
    if has_labels || format == Format::OpenMetrics {
        cursor.gap("the value")?;
    }
    let value = number(cursor.word(), "value")?;
    let mut sample = Sample { name, labels, value, at: None, exemplar: None };
    if cursor.is_at_end() {
        return Ok(sample);
    }
    cursor.gap("the time")?;
    if !cursor.is_at_end() && !cursor.starts_with("#") {
        sample.at = Some(time(cursor.word(), format)?);
        if cursor.is_at_end() {
            return Ok(sample);
        }
        cursor.gap("what follows the time")?;
    }
    if cursor.is_at_end() && format == Format::Text {
        return Ok(sample);
    }
    if format == Format::Text || !cursor.eat("# {") {
        let rest = cursor.rest();
        return Err(format!("{rest:?} follows the sample; end the line before it"));
    }
    sample.exemplar = Some(exemplar(cursor)?);
    Ok(sample)
}

fn exemplar(mut cursor: Cursor<'_>) -> Result<Exemplar, String> {
    let format = Format::OpenMetrics;
    let labels = pairs(&mut cursor, &mut Some(String::new()), format)?;
    let length: usize =
        labels.iter().map(|(key, value)| key.chars().count() + value.chars().count()).sum();
    if length > LONGEST_EXEMPLAR {
        return Err(format!(
            "the labels of the exemplar have {length} characters; give {LONGEST_EXEMPLAR} at most"
        ));
    }
    cursor.gap("the value of the exemplar")?;
    let value = number(cursor.word(), "value of the exemplar")?;
    let mut at = None;
    if !cursor.is_at_end() {
        cursor.gap("the time of the exemplar")?;
        at = Some(time(cursor.word(), format)?);
    }
    if cursor.is_at_end() {
        Ok(Exemplar { labels, value, at })
    } else {
        Err(format!("{:?} follows the exemplar; end the line before it", cursor.rest()))
    }
}

/// The labels behind the opening brace, and the name if it is among them.
fn pairs(
    cursor: &mut Cursor<'_>,
    name: &mut Option<String>,
    format: Format,
) -> Result<Vec<(String, String)>, String> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut keys = HashSet::new();
    loop {
        cursor.skip_blanks();
        // The text format allows a comma behind the last label.
        let may_end = pairs.is_empty() && name.is_some() || format == Format::Text;
        if may_end && cursor.eat("}") {
            return Ok(pairs);
        }
        let is_quoted = cursor.eat("\"");
        let key = if is_quoted { cursor.quoted("a name")? } else { cursor.bare_name().to_owned() };
        cursor.skip_blanks();
        if cursor.eat("=") {
            if !is_quoted && (key.contains(':') || plain_name(&key).is_err()) || key.is_empty() {
                return Err(format!("{key:?} is no name of a label; put it in quotes"));
            }
            if key == "__name__" || is_twice(&key, &pairs, &mut keys) {
                return Err(format!("the label {key} is there twice; give it one value"));
            }
            cursor.skip_blanks();
            if !cursor.eat("\"") {
                return Err(format!("the value of {key} does not stand in quotes; put it there"));
            }
            let value = cursor.quoted(format_args!("the value of {key}"))?;
            pairs.push((key, value));
        } else if is_quoted && name.is_none() && pairs.is_empty() && !key.is_empty() {
            *name = Some(key);
        } else {
            return Err(format!(
                "the label {key:?} has no value; give it one, or close the labels"
            ));
        }
        cursor.skip_blanks();
        if cursor.eat("}") {
            return Ok(pairs);
        }
        if !cursor.eat(",") {
            return Err("the labels have no end; set them apart by commas, and close them".into());
        }
    }
}

/// Whether a key is among these pairs. Of many, the keys are remembered, so
/// that no line takes for ever.
fn is_twice(key: &str, pairs: &[(String, String)], keys: &mut HashSet<String>) -> bool {
    if pairs.len() < FEW {
        return pairs.iter().any(|(known, _)| known == key);
    }
    if keys.is_empty() {
        keys.extend(pairs.iter().map(|(known, _)| known.clone()));
    }
    !keys.insert(key.to_owned())
}

fn plain_name(name: &str) -> Result<String, String> {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!("{name:?} is no name; begin it with a letter, or put it in quotes"));
    }
    Ok(name.to_owned())
}

fn number(word: &str, what: &str) -> Result<f64, String> {
    let fault = |_| format!("the {what} {word:?} is no number; give one, NaN, +Inf or -Inf");
    word.parse().map_err(fault)
}

/// A time in milliseconds; OpenMetrics has seconds.
fn time(word: &str, format: Format) -> Result<i64, String> {
    match format {
        Format::Text => {
            let fault = |_| format!("the time {word:?} is no whole number of milliseconds");
            word.parse().map_err(fault)
        }
        Format::OpenMetrics => {
            let milliseconds = number(word, "time")? * 1000.0;
            // All whole numbers up to here are exact.
            if milliseconds.is_nan() || milliseconds.abs() > 9e15 {
                return Err(format!("the time {word:?} is no time; give seconds since 1970"));
            }
            #[expect(clippy::cast_possible_truncation, reason = "it was looked at just now")]
            Ok(milliseconds.round() as i64)
        }
    }
}
