//! How each kind of panel is set up.

use botmeter_board::{self as board, AlertSeverity, Kind, Line, Scope, Show, label_heading};
use botmeter_core::label::{Label, Values};

use super::{
    links,
    model::Step,
    options::{
        BarGauge, Custom, Exemplars, FilterValues, Gauge, Heatmap, HeatmapColor, HeatmapCustom,
        HeatmapLegend, HeatmapTooltip, Legend, Options, Reduce, RowsFrame, ScaleDistribution,
        SortBy, Stacking, Stat, StateTimeline, StateTimelineCustom, Table, TableCustom, Text,
        ThresholdsStyle, TimeSeries, TimeSeriesCustom, Tooltip, YAxis,
    },
    page::Page,
    units::unit,
};

/// How long a silence has to be to show as a gap, in milliseconds.
const GAP: u128 = board::GAP.as_millis();

/// What the kind of panel is told as a whole.
pub(super) fn options(page: &Page<'_>, drawn: &board::Panel) -> Options {
    match drawn.kind {
        Kind::TimeSeries { .. } => {
            Options::TimeSeries(TimeSeries { legend: legend(drawn), tooltip: Tooltip::all() })
        }
        Kind::Stat => Options::Stat(Stat {
            graph_mode: "none".to_owned(),
            color_mode: "value".to_owned(),
            justify_mode: "auto".to_owned(),
            text_mode: if drawn.lines.len() > 1 { "value_and_name" } else { "value" }.to_owned(),
            wide_layout: true,
            show_percent_change: false,
            percent_change_color_mode: "standard".to_owned(),
            reduce_options: Reduce::last(),
            orientation: "auto".to_owned(),
        }),
        Kind::Gauge => Options::Gauge(Gauge {
            show_threshold_labels: false,
            show_threshold_markers: true,
            sizing: "auto".to_owned(),
            min_viz_width: 75,
            min_viz_height: 75,
            reduce_options: Reduce::last(),
            orientation: "auto".to_owned(),
        }),
        Kind::BarGauge => Options::BarGauge(BarGauge {
            display_mode: "gradient".to_owned(),
            value_mode: "color".to_owned(),
            name_placement: "auto".to_owned(),
            show_unfilled: true,
            sizing: "auto".to_owned(),
            min_viz_width: 8,
            min_viz_height: 16,
            max_viz_height: 300,
            legend: Legend::none(),
            reduce_options: Reduce::last(),
            orientation: "horizontal".to_owned(),
        }),
        Kind::Heatmap => Options::Heatmap(heatmap(&drawn.show)),
        Kind::Table => Options::Table(Table {
            frame_index: 0,
            show_header: true,
            cell_height: "sm".to_owned(),
            sort_by: first(drawn),
        }),
        Kind::StateTimeline => Options::StateTimeline(StateTimeline {
            show_value: "auto".to_owned(),
            row_height: 0.9,
            merge_values: true,
            align_value: "left".to_owned(),
            legend: Legend::none(),
            tooltip: Tooltip::all(),
        }),
        Kind::Text => Options::Text(Text {
            mode: "markdown".to_owned(),
            content: links::in_text(page, &drawn.description),
        }),
    }
}

/// How many names fit under a picture.
const FEW: usize = 3;

fn legend(drawn: &board::Panel) -> Legend {
    if is_listed(drawn) { Legend::list() } else { Legend::table() }
}

/// Whether its lines are few, so that a table of them would take a third of
/// the picture for nothing: as many as label values that are known beforehand,
/// of one job, which is what most people look at.
pub(super) fn is_listed(drawn: &board::Panel) -> bool {
    let counts = drawn.lines.iter().map(|line| count(drawn, line));
    counts.sum::<Option<usize>>().is_some_and(|count| count <= FEW)
}

/// How many lines it is for one job, if anybody knows.
fn count(drawn: &board::Panel, line: &Line) -> Option<usize> {
    let selections = line.expr.selections();
    let values = line.labels.iter().map(|label| {
        let Values::Closed(values) = label.values() else { return None };
        let is_admitted = |value: &&&str| {
            let matchers = selections.first().map_or(&[][..], |of| &of.matchers);
            let own = matchers.iter().filter(|matcher| matcher.key == label.key());
            own.into_iter().all(|matcher| {
                matcher.values.iter().any(|admitted| admitted == **value) == matcher.is_wanted
            })
        };
        Some(values.iter().filter(is_admitted).count())
    });
    let per_scope = if drawn.scope == Scope::Instance { None } else { Some(1) };
    [per_scope].into_iter().chain(values).product()
}

/// What there is most of comes first, as in pictures without Grafana; of
/// alerts, the critical ones, by the rank that is asked for.
fn first(drawn: &board::Panel) -> Vec<SortBy> {
    let severity = drawn.is_by_severity().then(|| SortBy {
        display_name: label_heading(AlertSeverity::INFO.key()),
        is_descending: false,
    });
    let most = drawn
        .lines
        .first()
        .map(|line| SortBy { display_name: drawn.heading(line).to_owned(), is_descending: true });
    severity.into_iter().chain(most).collect()
}

fn heatmap(show: &Show) -> Heatmap {
    Heatmap {
        calculate: false,
        color: HeatmapColor {
            mode: "scheme".to_owned(),
            scheme: "Oranges".to_owned(),
            fill: "dark-orange".to_owned(),
            scale: "exponential".to_owned(),
            exponent: 0.5,
            steps: 64,
            reverse: false,
        },
        cell_gap: 1,
        filter_values: FilterValues { le: 1e-9 },
        show_value: "auto".to_owned(),
        y_axis: YAxis { unit: unit(show), axis_placement: "left".to_owned(), reverse: false },
        rows_frame: RowsFrame { layout: "auto".to_owned() },
        legend: HeatmapLegend { show: true },
        tooltip: HeatmapTooltip {
            mode: "single".to_owned(),
            y_histogram: true,
            show_color_scale: true,
        },
        exemplars: Exemplars { color: "rgba(255,0,255,0.7)".to_owned() },
    }
}

/// What the kind of panel is told of its fields.
pub(super) fn custom(drawn: &board::Panel, steps: &[Step]) -> Option<Custom> {
    match drawn.kind {
        Kind::TimeSeries { is_stacked, is_bars } => Some(Custom::TimeSeries(TimeSeriesCustom {
            draw_style: if is_bars { "bars" } else { "line" }.to_owned(),
            line_width: 1,
            fill_opacity: if is_bars || is_stacked { 60 } else { 10 },
            show_points: "auto".to_owned(),
            span_nulls: false,
            insert_nulls: GAP,
            axis_soft_max: soft_max(drawn, steps),
            stacking: Stacking {
                mode: if is_stacked { "normal" } else { "none" }.to_owned(),
                group: "A".to_owned(),
            },
            thresholds_style: ThresholdsStyle {
                mode: if steps.len() > 1 { "dashed" } else { "off" }.to_owned(),
            },
        })),
        Kind::StateTimeline => Some(Custom::StateTimeline(StateTimelineCustom {
            line_width: 0,
            fill_opacity: 70,
            span_nulls: false,
            insert_nulls: GAP,
        })),
        Kind::Table => Some(Custom::Table(TableCustom {
            align: "auto".to_owned(),
            inspect: false,
            filterable: true,
        })),
        Kind::Heatmap => Some(Custom::Heatmap(HeatmapCustom {
            scale_distribution: ScaleDistribution { kind: "linear".to_owned() },
        })),
        Kind::Stat | Kind::Gauge | Kind::BarGauge | Kind::Text => None,
    }
}

/// How far up an axis goes at least. Grafana draws no limit beyond its axis;
/// where lines are about how near they are to their limits, all are to be seen.
fn soft_max(drawn: &board::Panel, steps: &[Step]) -> Option<f64> {
    let limits = steps.iter().filter_map(|step| step.value);
    limits.filter(|_| drawn.reaches_limits).reduce(f64::max)
}
