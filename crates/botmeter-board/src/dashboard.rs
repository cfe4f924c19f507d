//! Dashboards: pages of panels in rows.

use botmeter_core::{Descriptor, Instrument, Label, LabelSet, label::LabelInfo};

use crate::{Panel, labels::has_all};

/// One page of panels.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a dashboard belongs into a board"]
#[non_exhaustive]
pub struct Dashboard {
    /// Its address and file name, which never changes: 8 to 40 letters, digits
    /// and dashes.
    pub uid: &'static str,
    /// Its title, unique in all domains.
    pub title: &'static str,
    /// What it answers.
    pub description: &'static str,
    /// What it can be found by, beside the tags of all generated dashboards.
    pub tags: &'static [&'static str],
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
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "a variable belongs into a dashboard"]
#[non_exhaustive]
pub struct Variable {
    /// What it is called on the page.
    pub title: &'static str,
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
    pub title: &'static str,
    /// Whether it is closed until somebody opens it.
    pub is_collapsed: bool,
    /// Its panels, laid out from left to right.
    pub panels: Vec<Panel>,
}

impl Dashboard {
    /// A page of its own address and title, and the question that it answers.
    /// It needs [`rows`](Self::rows) with panels.
    pub fn new(uid: &'static str, title: &'static str, description: &'static str) -> Self {
        Self {
            uid,
            title,
            description,
            tags: &[],
            span_attributes: &[],
            variables: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// What it can be found by, beside the tags of all generated dashboards.
    pub fn tags(mut self, tags: &'static [&'static str]) -> Self {
        self.tags = tags;
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
        title: &'static str,
        instrument: &'static Instrument<H, L>,
    ) -> Self {
        const {
            assert!(has_all(L::LABELS, &[K::INFO]), "choose a label that the instrument has");
        }
        Self { title, label: K::INFO, of: instrument.descriptor() }
    }
}

impl Row {
    /// Panels that are there at once.
    pub fn open(title: &'static str, panels: impl Into<Vec<Panel>>) -> Self {
        Self { title, is_collapsed: false, panels: panels.into() }
    }

    /// Panels that are there once somebody asks for them.
    pub fn collapsed(title: &'static str, panels: impl Into<Vec<Panel>>) -> Self {
        Self { title, is_collapsed: true, panels: panels.into() }
    }
}
