//! What each kind of panel can be told, beside its fields.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Options {
    TimeSeries(TimeSeries),
    Stat(Stat),
    Gauge(Gauge),
    BarGauge(BarGauge),
    Heatmap(Heatmap),
    Table(Table),
    StateTimeline(StateTimeline),
    Text(Text),
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct TimeSeries {
    pub(crate) legend: Legend,
    pub(crate) tooltip: Tooltip,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Legend {
    pub(crate) display_mode: String,
    pub(crate) placement: String,
    pub(crate) calcs: Vec<String>,
    #[serde(rename = "showLegend")]
    pub(crate) is_shown: bool,
    /// By which column, the largest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sort_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "sortDesc")]
    pub(crate) is_descending: Option<bool>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tooltip {
    pub(crate) mode: String,
    pub(crate) sort: String,
    pub(crate) hide_zeros: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reduce {
    pub(crate) values: bool,
    pub(crate) calcs: Vec<String>,
    pub(crate) fields: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stat {
    pub(crate) graph_mode: String,
    pub(crate) color_mode: String,
    pub(crate) justify_mode: String,
    pub(crate) text_mode: String,
    pub(crate) wide_layout: bool,
    pub(crate) show_percent_change: bool,
    pub(crate) percent_change_color_mode: String,
    pub(crate) reduce_options: Reduce,
    pub(crate) orientation: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Gauge {
    pub(crate) show_threshold_labels: bool,
    pub(crate) show_threshold_markers: bool,
    pub(crate) sizing: String,
    pub(crate) min_viz_width: u32,
    pub(crate) min_viz_height: u32,
    pub(crate) reduce_options: Reduce,
    pub(crate) orientation: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BarGauge {
    pub(crate) display_mode: String,
    pub(crate) value_mode: String,
    pub(crate) name_placement: String,
    pub(crate) show_unfilled: bool,
    pub(crate) sizing: String,
    pub(crate) min_viz_width: u32,
    pub(crate) min_viz_height: u32,
    pub(crate) max_viz_height: u32,
    pub(crate) legend: Legend,
    pub(crate) reduce_options: Reduce,
    pub(crate) orientation: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Heatmap {
    pub(crate) calculate: bool,
    pub(crate) color: HeatmapColor,
    pub(crate) cell_gap: u32,
    pub(crate) filter_values: FilterValues,
    pub(crate) show_value: String,
    pub(crate) y_axis: YAxis,
    pub(crate) rows_frame: RowsFrame,
    pub(crate) legend: HeatmapLegend,
    pub(crate) tooltip: HeatmapTooltip,
    pub(crate) exemplars: Exemplars,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct HeatmapColor {
    pub(crate) mode: String,
    pub(crate) scheme: String,
    pub(crate) fill: String,
    pub(crate) scale: String,
    pub(crate) exponent: f64,
    pub(crate) steps: u32,
    pub(crate) reverse: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FilterValues {
    pub(crate) le: f64,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct YAxis {
    pub(crate) unit: String,
    pub(crate) axis_placement: String,
    pub(crate) reverse: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct RowsFrame {
    pub(crate) layout: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct HeatmapLegend {
    pub(crate) show: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeatmapTooltip {
    pub(crate) mode: String,
    pub(crate) y_histogram: bool,
    pub(crate) show_color_scale: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exemplars {
    pub(crate) color: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Table {
    pub(crate) frame_index: u32,
    pub(crate) show_header: bool,
    pub(crate) cell_height: String,
    pub(crate) sort_by: Vec<SortBy>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SortBy {
    pub(crate) display_name: String,
    #[serde(rename = "desc")]
    pub(crate) is_descending: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateTimeline {
    pub(crate) show_value: String,
    pub(crate) row_height: f64,
    pub(crate) merge_values: bool,
    pub(crate) align_value: String,
    pub(crate) legend: Legend,
    pub(crate) tooltip: Tooltip,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Text {
    pub(crate) mode: String,
    pub(crate) content: String,
}

/// What the fields of each kind can be told beside unit and color.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Custom {
    TimeSeries(TimeSeriesCustom),
    StateTimeline(StateTimelineCustom),
    Table(TableCustom),
    Heatmap(HeatmapCustom),
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimeSeriesCustom {
    pub(crate) draw_style: String,
    pub(crate) line_width: u32,
    pub(crate) fill_opacity: u32,
    pub(crate) show_points: String,
    pub(crate) span_nulls: bool,
    /// In milliseconds: a longer silence is shown as a gap.
    pub(crate) insert_nulls: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) axis_soft_max: Option<f64>,
    pub(crate) stacking: Stacking,
    pub(crate) thresholds_style: ThresholdsStyle,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Stacking {
    pub(crate) mode: String,
    pub(crate) group: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ThresholdsStyle {
    pub(crate) mode: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StateTimelineCustom {
    pub(crate) line_width: u32,
    pub(crate) fill_opacity: u32,
    pub(crate) span_nulls: bool,
    pub(crate) insert_nulls: u128,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct TableCustom {
    pub(crate) align: String,
    pub(crate) inspect: bool,
    pub(crate) filterable: bool,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HeatmapCustom {
    pub(crate) scale_distribution: ScaleDistribution,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ScaleDistribution {
    #[serde(rename = "type")]
    pub(crate) kind: String,
}

impl Legend {
    /// The names under the picture, for a few lines that are always there.
    pub(crate) fn list() -> Self {
        Self {
            display_mode: "list".to_owned(),
            placement: "bottom".to_owned(),
            calcs: vec!["lastNotNull".to_owned()],
            is_shown: true,
            sort_by: None,
            is_descending: None,
        }
    }

    /// A table beside the picture, which of many lines names the largest first.
    pub(crate) fn table() -> Self {
        Self {
            display_mode: "table".to_owned(),
            placement: "right".to_owned(),
            calcs: ["lastNotNull", "max"].map(str::to_owned).to_vec(),
            sort_by: Some("Last *".to_owned()),
            is_descending: Some(true),
            ..Self::list()
        }
    }

    /// No legend: the bands or bars carry their names.
    pub(crate) fn none() -> Self {
        Self { calcs: Vec::new(), is_shown: false, ..Self::list() }
    }
}

impl Tooltip {
    pub(crate) fn all() -> Self {
        Self { mode: "multi".to_owned(), sort: "desc".to_owned(), hide_zeros: true }
    }
}

impl Reduce {
    /// The one value that an instant query gives.
    pub(crate) fn last() -> Self {
        Self { values: false, calcs: vec!["lastNotNull".to_owned()], fields: String::new() }
    }
}
