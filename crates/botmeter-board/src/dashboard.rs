//! Dashboards: pages of panels in rows.

use botmeter_core::{Descriptor, Instrument, Label, LabelSet, label::LabelInfo};

use crate::{Panel, Text, labels::has_all, text::texts};

/// One page of panels.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a dashboard belongs into a board"]
#[non_exhaustive]
pub struct Dashboard {
    /// Its address and file name, which never changes: 8 to 40 letters, digits
    /// and dashes.
    pub uid: Text,
    /// Its title, unique in all domains.
    pub title: Text,
    /// What it answers.
    pub description: Text,
    /// What it can be found by, beside the tags of all generated dashboards.
    pub tags: Vec<Text>,
    /// Which attribute of spans holds the value of a label: pairs of a label's
    /// key and an attribute's name. They narrow the search for traces.
    pub span_attributes: &'static [(&'static str, &'static str)],
    /// What can be chosen on the page, beside job and instance.
    pub variables: Vec<Variable>,
    /// Its panels.
    pub rows: Vec<Row>,
}

/// A label whose values can be chosen on a page.
///
/// Everything on the page whose instrument has the label follows the choice.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a variable belongs into a dashboard"]
#[non_exhaustive]
pub struct Variable {
    /// What it is called on the page.
    pub title: Text,
    /// The label.
    pub label: LabelInfo,
    /// The instrument that its values are read from.
    pub of: &'static Descriptor,
}

/// Panels under one heading.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a row belongs into a dashboard"]
#[non_exhaustive]
pub struct Row {
    /// The heading.
    pub title: Text,
    /// Whether it is closed until somebody opens it.
    pub is_collapsed: bool,
    /// Its panels, laid out from left to right.
    pub panels: Vec<Panel>,
}

impl Dashboard {
    /// A page of its own address and title, and the question that it answers.
    /// It needs [`rows`](Self::rows) with panels.
    pub fn new(uid: impl Into<Text>, title: impl Into<Text>, description: impl Into<Text>) -> Self {
        Self {
            uid: uid.into(),
            title: title.into(),
            description: description.into(),
            tags: Vec::new(),
            span_attributes: &[],
            variables: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// What it can be found by, beside the tags of all generated dashboards.
    pub fn tags(mut self, tags: &[impl AsRef<str>]) -> Self {
        self.tags = texts(tags);
        self
    }

    /// Which attribute of spans holds the value of a label: pairs of a label's
    /// key and an attribute's name, such as `("route", "http.route")`.
    pub fn span_attributes(mut self, attributes: &'static [(&'static str, &'static str)]) -> Self {
        self.span_attributes = attributes;
        self
    }

    /// Which labels of a panel's lines narrow the search for their traces, each
    /// with the attribute of spans that holds its value: those that all of its
    /// lines have.
    pub fn trace_attributes<'a>(
        &'a self,
        panel: &'a Panel,
    ) -> impl Iterator<Item = (&'static str, &'static str)> + 'a {
        let in_all = |key: &str| {
            panel.lines.iter().all(|line| line.labels.iter().any(|label| label.key() == key))
        };
        self.span_attributes.iter().copied().filter(move |(key, _)| in_all(key))
    }

    /// What can be chosen on the page, beside job and instance.
    pub fn variables(mut self, variables: impl IntoIterator<Item = Variable>) -> Self {
        self.variables.extend(variables);
        self
    }

    /// Rows of panels, below those that are there.
    pub fn rows(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }
}

impl Variable {
    /// A label of an instrument.
    pub fn of<K: Label, H, L: LabelSet>(
        title: impl Into<Text>,
        instrument: &'static Instrument<H, L>,
    ) -> Self {
        const {
            assert!(has_all(L::LABELS, &[K::INFO]), "choose a label that the instrument has");
        }
        Self { title: title.into(), label: K::INFO, of: instrument.descriptor() }
    }
}

impl Row {
    /// Panels that are there at once.
    pub fn open(title: impl Into<Text>, panels: impl Into<Vec<Panel>>) -> Self {
        Self { title: title.into(), is_collapsed: false, panels: panels.into() }
    }

    /// Panels that are there once somebody asks for them.
    pub fn collapsed(title: impl Into<Text>, panels: impl Into<Vec<Panel>>) -> Self {
        Self { title: title.into(), is_collapsed: true, panels: panels.into() }
    }
}
