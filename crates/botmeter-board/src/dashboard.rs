//! Dashboards, and what a domain has to show as a whole.

use botmeter_core::{Descriptor, Instrument, Label, LabelSet, label::LabelInfo};

use crate::{Alert, Objective, Panel, Recording, labels::has_all};

/// What a domain has to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    /// Its dashboards.
    pub dashboards: Vec<Dashboard>,
    /// Queries whose results are kept.
    pub recordings: Vec<Recording>,
    /// What somebody should be told.
    pub alerts: Vec<Alert>,
    /// What is to go well, and how often.
    pub objectives: Vec<Objective>,
    /// Instruments that are in no panel.
    pub undrawn: Vec<Undrawn>,
}

/// One page of panels.
#[derive(Clone, Debug, PartialEq)]
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
pub struct Row {
    /// The heading.
    pub title: &'static str,
    /// Whether it is closed until somebody opens it.
    pub is_collapsed: bool,
    /// Its panels, laid out from left to right.
    pub panels: Vec<Panel>,
}

/// An instrument that is in no panel, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Undrawn {
    /// The instrument.
    pub instrument: &'static Descriptor,
    /// Why it is in no panel.
    pub because: &'static str,
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

impl Undrawn {
    /// An instrument that is in no panel, and why.
    pub fn new<H, L>(instrument: &'static Instrument<H, L>, because: &'static str) -> Self {
        Self { instrument: instrument.descriptor(), because }
    }
}
