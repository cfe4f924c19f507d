//! Which samples belong together, and which may not stand there.

use std::{
    collections::{HashMap, HashSet, hash_map::RandomState},
    hash::BuildHasher,
};

use super::{Family, Format, Kind, Sample, line::Line};
use crate::Labels;

/// The families of a page so far; the last one is open.
#[derive(Debug)]
pub(super) struct Families {
    format: Format,
    all: Vec<Family>,
    /// What the last one was told of itself.
    said: HashSet<&'static str>,
    /// Which samples the last one has: their places by what stands for their
    /// labels, which two of them may have alike.
    there: HashMap<u64, Vec<usize>>,
    hasher: RandomState,
    /// The names that families have, and their samples, with the family.
    taken: HashMap<String, usize>,
}

impl Families {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            all: Vec::new(),
            said: HashSet::new(),
            there: HashMap::new(),
            hasher: RandomState::new(),
            taken: HashMap::new(),
        }
    }

    pub(super) fn finish(self) -> Vec<Family> {
        self.all
    }

    pub(super) fn take(&mut self, line: Line) -> Result<(), String> {
        match line {
            Line::Empty => Ok(()),
            Line::Help(name, text) => {
                self.say(name, "HELP")?.help = Some(text);
                Ok(())
            }
            Line::Type(name, kind) => {
                self.say(name, "TYPE")?.kind = kind;
                Ok(())
            }
            Line::Unit(name, unit) => {
                if !unit.is_empty() && !name.ends_with(&format!("_{unit}")) {
                    return Err(format!("{name} does not end in its unit; call it {name}_{unit}"));
                }
                self.say(name, "UNIT")?.unit = Some(unit);
                Ok(())
            }
            Line::Sample(sample) => self.add(sample),
        }
    }

    /// The family of this name, which has no samples yet.
    fn say(&mut self, name: String, word: &'static str) -> Result<&mut Family, String> {
        let is_open = self.all.last().is_some_and(|family| family.name == name);
        if is_open && self.all.last().is_some_and(|family| !family.samples.is_empty()) {
            return Err(format!("# {word} stands behind samples of {name}; put it before them"));
        }
        if is_open && self.said.contains(word) {
            return Err(format!("{name} has a second # {word}; leave one out"));
        }
        if !is_open {
            self.begin(name)?;
        }
        self.said.insert(word);
        self.all.last_mut().ok_or_else(String::new)
    }

    fn begin(&mut self, name: String) -> Result<(), String> {
        self.claim(&name, self.all.len())?;
        self.said.clear();
        self.there.clear();
        self.all.push(Family { name, ..Family::default() });
        Ok(())
    }

    /// Takes a name for a family, if no other has it.
    fn claim(&mut self, name: &str, family: usize) -> Result<(), String> {
        match self.taken.get(name).filter(|owner| **owner != family) {
            None => {
                self.taken.insert(name.to_owned(), family);
                Ok(())
            }
            Some(owner) => {
                let owner = self.all.get(*owner).map_or("", |family| &family.name);
                Err(format!("{name} belongs to {owner} further up; put all of {owner} together"))
            }
        }
    }

    fn add(&mut self, sample: Sample) -> Result<(), String> {
        let is_member = |family: &Family| {
            sample
                .name
                .strip_prefix(&family.name)
                .is_some_and(|ending| endings(family.kind, self.format).contains(&ending))
        };
        if !self.all.last().is_some_and(is_member) {
            if let Some(family) = self.all.last()
                && family.name == sample.name
            {
                let Family { name, kind, .. } = family;
                let endings = endings(*kind, self.format).join(", ");
                let kind = kind.as_str();
                return Err(format!(
                    "a {kind} has no sample without an ending; call it {name} with one of {endings}"
                ));
            }
            self.begin(sample.name.clone())?;
        }
        let own = self.all.len() - 1;
        self.claim(&sample.name, own)?;
        let Some(family) = self.all.last_mut() else { return Ok(()) };
        let kind = family.kind;
        if sample.name.ends_with("_bucket")
            && matches!(kind, Kind::Histogram | Kind::GaugeHistogram)
        {
            has_number(&sample, "le")?;
        }
        if kind == Kind::Summary && sample.name == family.name {
            has_number(&sample, "quantile")?;
        }
        if sample.exemplar.is_some()
            && !["_total", "_bucket"].iter().any(|ending| sample.name.ends_with(ending))
        {
            return Err("only counters and buckets have exemplars; leave it out".to_owned());
        }
        let alike = self.there.entry(mark(&sample, &self.hasher)).or_default();
        let is_same = |place: &usize| {
            family.samples.get(*place).is_some_and(|other| labels(other) == labels(&sample))
        };
        if alike.iter().any(is_same) {
            return Err("the sample is there twice; give each its own labels".to_owned());
        }
        alike.push(family.samples.len());
        family.samples.push(sample);
        Ok(())
    }
}

/// A number that is the same for the same labels, in whatever order they stand
/// there; one without a value is none.
fn mark(sample: &Sample, hasher: &RandomState) -> u64 {
    let pairs = sample.labels.iter().filter(|(_, value)| !value.is_empty());
    let marks = pairs.map(|pair| hasher.hash_one(pair));
    marks.fold(hasher.hash_one(&sample.name), u64::wrapping_add)
}

fn labels(sample: &Sample) -> Labels {
    let pairs = sample.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    Labels::of(&sample.name, pairs)
}

/// What the names of samples may have behind the name of their family.
fn endings(kind: Kind, format: Format) -> &'static [&'static str] {
    match (kind, format) {
        (Kind::Counter, Format::OpenMetrics) => &["_total", "_created"],
        (Kind::Histogram, Format::OpenMetrics) => &["_bucket", "_count", "_sum", "_created"],
        (Kind::Histogram, Format::Text) => &["_bucket", "_count", "_sum"],
        (Kind::Summary, Format::OpenMetrics) => &["", "_count", "_sum", "_created"],
        (Kind::Summary, Format::Text) => &["", "_count", "_sum"],
        (Kind::GaugeHistogram, _) => &["_bucket", "_gcount", "_gsum"],
        (Kind::Info, _) => &["_info"],
        (Kind::Counter | Kind::Gauge | Kind::StateSet | Kind::Unknown, _) => &[""],
    }
}

fn has_number(sample: &Sample, key: &str) -> Result<(), String> {
    let value = sample.labels.iter().find(|(known, _)| known == key).map(|(_, value)| value);
    match value {
        Some(value) if value.parse::<f64>().is_ok() => Ok(()),
        Some(value) => Err(format!("the label {key} is {value:?}, which is no number")),
        None => Err(format!("the label {key} is missing; {} cannot be read without", sample.name)),
    }
}
