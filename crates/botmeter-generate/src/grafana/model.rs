//! The parts of Grafana's classic format that are written, in the order in
//! which they are written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::options::{Custom, Options};

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Dashboard {
    pub(crate) uid: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) schema_version: u32,
    pub(crate) version: u32,
    pub(crate) editable: bool,
    /// 1 shows the crosshair in all panels at once.
    pub(crate) graph_tooltip: u32,
    pub(crate) timezone: String,
    pub(crate) refresh: String,
    pub(crate) time: Time,
    pub(crate) timepicker: TimePicker,
    pub(crate) fiscal_year_start_month: u32,
    pub(crate) week_start: String,
    pub(crate) preload: bool,
    pub(crate) links: Vec<Link>,
    pub(crate) annotations: Annotations,
    pub(crate) templating: Templating,
    pub(crate) panels: Vec<Item>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Time {
    pub(crate) from: String,
    pub(crate) to: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct TimePicker {
    pub(crate) refresh_intervals: Vec<String>,
}

/// A link in a dashboard's head, or on the lines of a panel.
#[expect(clippy::struct_excessive_bools, reason = "this is how Grafana has it")]
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Link {
    pub(crate) title: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) icon: String,
    pub(crate) tooltip: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) url: String,
    pub(crate) tags: Vec<String>,
    pub(crate) as_dropdown: bool,
    pub(crate) target_blank: bool,
    pub(crate) include_vars: bool,
    pub(crate) keep_time: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Annotations {
    pub(crate) list: Vec<Annotation>,
}

#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Annotation {
    pub(crate) name: String,
    pub(crate) datasource: DataSource,
    pub(crate) enable: bool,
    pub(crate) hide: bool,
    pub(crate) icon_color: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) built_in: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text_format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag_keys: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) use_value_for_time: Option<bool>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Templating {
    pub(crate) list: Vec<Variable>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Variable {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) label: String,
    /// A plain text: the object that Grafana saves does not fit its own schema.
    pub(crate) query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) definition: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) datasource: Option<DataSource>,
    pub(crate) current: Choice,
    pub(crate) multi: bool,
    pub(crate) include_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) all_value: Option<String>,
    pub(crate) refresh: u32,
    pub(crate) sort: u32,
    pub(crate) regex: String,
    pub(crate) hide: u32,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Choice {
    pub(crate) text: OneOrMany,
    pub(crate) value: OneOrMany,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct DataSource {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) uid: String,
}

/// What stands in the grid of a dashboard.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Item {
    Row(Row),
    Panel(Box<Panel>),
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) id: u32,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) collapsed: bool,
    pub(crate) grid_pos: GridPos,
    /// The row's panels if it is collapsed; they follow the row otherwise.
    pub(crate) panels: Vec<Panel>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Panel {
    pub(crate) id: u32,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) datasource: Option<DataSource>,
    pub(crate) grid_pos: GridPos,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) targets: Vec<Target>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field_config: Option<FieldConfig>,
    pub(crate) options: Options,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) transformations: Vec<Transformation>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct GridPos {
    pub(crate) x: u32,
    pub(crate) y: u32,
    pub(crate) w: u32,
    pub(crate) h: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) ref_id: String,
    pub(crate) datasource: DataSource,
    pub(crate) expr: String,
    pub(crate) legend_format: String,
    pub(crate) editor_mode: String,
    pub(crate) range: bool,
    pub(crate) instant: bool,
    pub(crate) format: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exemplar: Option<bool>,
    /// Whether it is about series of others, which are checked where they are
    /// declared.
    #[serde(skip)]
    pub(crate) is_foreign: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldConfig {
    pub(crate) defaults: Defaults,
    pub(crate) overrides: Vec<Override>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Defaults {
    pub(crate) unit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<f64>,
    pub(crate) no_value: String,
    pub(crate) color: FieldColor,
    pub(crate) thresholds: Thresholds,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) links: Vec<Link>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom: Option<Custom>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldColor {
    pub(crate) mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed_color: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Thresholds {
    pub(crate) mode: String,
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Step {
    /// None for the first, which begins at minus infinity.
    pub(crate) value: Option<f64>,
    pub(crate) color: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Override {
    pub(crate) matcher: FieldMatcher,
    pub(crate) properties: Vec<Property>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldMatcher {
    pub(crate) id: String,
    pub(crate) options: FieldsThat,
}

/// Which fields are meant.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum FieldsThat {
    /// Those of this name, or of this query.
    Are(String),
    /// Those of which the value that is made of all of theirs compares so.
    Amount { reducer: String, op: String, value: f64 },
}

/// Where lines are not shown.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct HideFrom {
    pub(crate) legend: bool,
    pub(crate) tooltip: bool,
    pub(crate) viz: bool,
}

/// What stands there instead of some values.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", content = "options", rename_all = "lowercase")]
pub(crate) enum Mapping {
    Special(Special),
    /// By the value itself.
    Value(BTreeMap<String, Instead>),
}

/// Of which values.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Special {
    #[serde(rename = "match")]
    pub(crate) of: String,
    pub(crate) result: Instead,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Instead {
    pub(crate) text: String,
    pub(crate) color: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Property {
    pub(crate) id: String,
    pub(crate) value: PropertyValue,
}

/// How a cell of a table shows the color of its value.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cell {
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum PropertyValue {
    Color(FieldColor),
    Text(String),
    Thresholds(Thresholds),
    Cell(Cell),
    HideFrom(HideFrom),
    Mappings(Vec<Mapping>),
    Links(Vec<Link>),
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Transformation {
    pub(crate) id: String,
    pub(crate) options: TransformationOptions,
}

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum TransformationOptions {
    Organize(Organize),
    /// `{}`.
    Merge(BTreeMap<String, String>),
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Organize {
    #[serde(rename = "excludeByName")]
    pub(crate) exclude: BTreeMap<String, bool>,
    #[serde(rename = "indexByName")]
    pub(crate) index: BTreeMap<String, usize>,
    #[serde(rename = "renameByName")]
    pub(crate) rename: BTreeMap<String, String>,
}

impl Dashboard {
    /// All panels that are no rows, those in collapsed rows included.
    pub(crate) fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.panels.iter().flat_map(|item| match item {
            Item::Row(row) => row.panels.as_slice(),
            Item::Panel(panel) => std::slice::from_ref(&**panel),
        })
    }

    /// Whether instances can be chosen on it.
    pub(crate) fn follows_instance(&self) -> bool {
        self.templating.list.iter().any(|variable| variable.name == "instance")
    }
}
