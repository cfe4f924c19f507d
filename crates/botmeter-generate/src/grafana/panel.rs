//! Panels.

use std::collections::BTreeMap;

use botmeter_board::{
    self as board, AlertSeverity, Color, Expr, Function, Kind, Line, Severity, Show, label_heading,
};
use botmeter_core::label::Label;

use super::{
    limits, links,
    model::{
        Cell, Defaults, FieldColor, FieldConfig, FieldMatcher, FieldsThat, GridPos, HideFrom,
        Instead, Mapping, Organize, Override, Panel, Property, PropertyValue, Special, Target,
        Thresholds, Transformation, TransformationOptions,
    },
    page::Page,
    settings,
    units::unit,
    variables::prometheus,
};
use crate::{
    Problem,
    promql::{self, Fleet},
};

/// What stands in a table for a number that is not there.
const ABSENT: &str = "–";

/// The number of a panel in its dashboard.
///
/// Made from the title, so that links to a panel outlive panels that are added
/// before it. Two titles that get one number are found by the checks.
pub(crate) fn panel_id(uid: &str, title: &str) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    for byte in uid.bytes().chain([0]).chain(title.bytes()) {
        hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    }
    hash % 1_000_000 + 1
}

pub(super) fn panel(
    page: &Page<'_>,
    drawn: &board::Panel,
    grid_pos: GridPos,
    problems: &mut Vec<Problem>,
) -> Panel {
    let mut told = |steps: Result<Vec<board::Step>, String>| {
        let steps = steps.unwrap_or_else(|what| {
            let place = format!("dashboard {} panel {:?}", page.dashboard.uid, drawn.title);
            problems.push(Problem::new(place, what));
            Vec::new()
        });
        limits::thresholds(&steps)
    };
    let thresholds = told(page.limits.steps(drawn));
    let columns = drawn.lines.iter().map(|line| told(page.limits.steps_of_column(line)));
    let columns = columns.collect::<Vec<_>>();
    let is_text = drawn.kind == Kind::Text;
    Panel {
        id: panel_id(&page.dashboard.uid, &drawn.title),
        kind: plugin(drawn.kind).to_owned(),
        title: drawn.title.to_string(),
        description: if is_text { String::new() } else { drawn.description.to_string() },
        datasource: (!is_text).then(|| prometheus(page.options.has_traces)),
        grid_pos,
        targets: targets(page, drawn),
        field_config: (!is_text).then(|| fields(page, drawn, thresholds, &columns)),
        options: settings::options(page, drawn),
        transformations: transformations(&page.options.fleet, drawn),
    }
}

fn plugin(kind: Kind) -> &'static str {
    match kind {
        Kind::TimeSeries { .. } => "timeseries",
        Kind::Stat => "stat",
        Kind::Gauge => "gauge",
        Kind::BarGauge => "bargauge",
        Kind::Heatmap => "heatmap",
        Kind::Table => "table",
        Kind::StateTimeline => "state-timeline",
        Kind::Text => "text",
    }
}

fn targets(page: &Page<'_>, drawn: &board::Panel) -> Vec<Target> {
    let place = page.place(drawn.scope);
    let is_instant = drawn.is_instant();
    let format = match drawn.kind {
        Kind::Table => "table",
        Kind::Heatmap => "heatmap",
        _ => "time_series",
    };
    let asked = |line: &Line| {
        let expr = promql::render(&line.expr, place, &page.options.fleet);
        if drawn.is_by_severity() { ranked(expr) } else { expr }
    };
    let lines = drawn.lines.iter().zip('A'..);
    lines
        .map(|(line, reference)| Target {
            ref_id: reference.to_string(),
            datasource: prometheus(page.options.has_traces),
            expr: asked(line),
            legend_format: legend(&page.options.fleet, drawn, line),
            editor_mode: "code".to_owned(),
            range: !is_instant,
            instant: is_instant,
            format: format.to_owned(),
            // What rules record has none.
            exemplar: (!page.is_recorded() && is_latency(drawn, line)).then_some(true),
            is_foreign: line.expr.walk().iter().any(|expr| matches!(expr, Expr::Raw { .. })),
        })
        .collect()
}

/// With ranks as severities, because Grafana's tables sort by what was answered
/// and not by what they show for it.
fn ranked(expr: String) -> String {
    let key = AlertSeverity::INFO.key();
    Severity::ALL.iter().zip(1..).fold(expr, |expr, (severity, rank)| {
        let word = severity.as_str();
        format!("label_replace({expr}, \"{key}\", \"{rank}\", \"{key}\", \"{word}\")")
    })
}

/// Whether the line may carry exemplars: latencies over time.
fn is_latency(drawn: &board::Panel, line: &Line) -> bool {
    !drawn.is_instant()
        && drawn.show == Show::Seconds
        && matches!(line.expr, Expr::Quantile { .. } | Expr::Heat { .. })
}

/// The name of a line: its own, then the values of its labels.
fn legend(fleet: &Fleet, drawn: &board::Panel, line: &Line) -> String {
    let mut parts: Vec<String> = line.name.iter().map(ToString::to_string).collect();
    for key in drawn.naming_labels(line) {
        // Where a job is, stands before its name.
        let places: &[String] = if key == "job" { &fleet.labels } else { &[] };
        let keys = places.iter().map(String::as_str).chain([key]);
        parts.extend(keys.map(|key| format!("{{{{{key}}}}}")));
    }
    if parts.is_empty() { drawn.title.to_string() } else { parts.join(" ") }
}

fn fields(
    page: &Page<'_>,
    drawn: &board::Panel,
    thresholds: Thresholds,
    columns: &[Thresholds],
) -> FieldConfig {
    let mode = if drawn.is_judged() { "thresholds" } else { "palette-classic" };
    FieldConfig {
        defaults: Defaults {
            unit: unit(&drawn.show),
            min: Some(0.0),
            max: drawn.highest(),
            no_value: drawn.text_without_data().to_owned(),
            color: FieldColor { mode: mode.to_owned(), fixed_color: None },
            custom: settings::custom(drawn, &thresholds.steps),
            thresholds,
            links: links::of_panel(page, drawn),
        },
        overrides: overrides(page, drawn, columns),
    }
}

/// Colors of lines whose name is known before there is data, and units and
/// colors of columns.
fn overrides(page: &Page<'_>, drawn: &board::Panel, columns: &[Thresholds]) -> Vec<Override> {
    let mut overrides = Vec::new();
    for (at, (line, thresholds)) in drawn.lines.iter().zip(columns).enumerate() {
        if let Some(color) = line.color {
            let color = FieldColor {
                mode: "fixed".to_owned(),
                fixed_color: Some(color_name(color).to_owned()),
            };
            overrides.push(Override {
                matcher: FieldMatcher {
                    id: "byFrameRefID".to_owned(),
                    options: FieldsThat::Are(reference(at)),
                },
                properties: vec![property("color", PropertyValue::Color(color))],
            });
        }
        if drawn.kind == Kind::Table {
            let unit = unit(line.show.as_ref().unwrap_or(&drawn.show));
            // A table without rows says what there is none of; a row that lacks
            // one of its numbers must not say the same.
            let mut properties = vec![
                property("unit", PropertyValue::Text(unit)),
                property("noValue", PropertyValue::Text(ABSENT.to_owned())),
            ];
            if thresholds.steps.len() > 1 {
                let color = FieldColor { mode: "thresholds".to_owned(), fixed_color: None };
                let instead = Instead { text: ABSENT.to_owned(), color: "text".to_owned() };
                let absent =
                    Mapping::Special(Special { of: "null+nan".to_owned(), result: instead });
                properties.extend([
                    // What is not there is neither good nor bad.
                    property("mappings", PropertyValue::Mappings(vec![absent])),
                    property("color", PropertyValue::Color(color)),
                    property("thresholds", PropertyValue::Thresholds(thresholds.clone())),
                    colored_text(),
                ]);
            }
            overrides.push(of_column(drawn.heading(line), properties));
        }
    }
    if drawn.is_by_severity() {
        let words = Severity::ALL.iter().zip(1..).map(|(severity, rank)| {
            let (text, color) = (severity.as_str().to_owned(), limits::color(*severity).to_owned());
            (rank.to_string(), Instead { text, color })
        });
        let words = PropertyValue::Mappings(vec![Mapping::Value(words.collect())]);
        let properties = vec![property("mappings", words), colored_text()];
        overrides.push(of_column(&label_heading(AlertSeverity::INFO.key()), properties));
    }
    let rows = links::of_rows(page, drawn).into_iter();
    overrides.extend(rows.map(|(key, link)| {
        of_column(&label_heading(key), vec![property("links", PropertyValue::Links(vec![link]))])
    }));
    if matches!(drawn.kind, Kind::TimeSeries { .. }) && counts(drawn) {
        let options = FieldsThat::Amount {
            reducer: "allIsZero".to_owned(),
            op: "gte".to_owned(),
            value: 1.0,
        };
        // The line at zero stays, and says that nothing happened.
        let hidden = HideFrom { legend: true, tooltip: true, viz: false };
        overrides.push(Override {
            matcher: FieldMatcher { id: "byValue".to_owned(), options },
            properties: vec![property("custom.hideFrom", PropertyValue::HideFrom(hidden))],
        });
    }
    overrides
}

/// Whether its lines count what happens, and may be many: then most are zero
/// all the time, and their names would hide those that are not.
fn counts(drawn: &board::Panel) -> bool {
    let exprs = || drawn.lines.iter().flat_map(|line| line.expr.walk());
    !settings::is_listed(drawn)
        && exprs().all(|expr| match expr {
            Expr::Fold { of, .. } => matches!(of.function, Function::Rate | Function::Increase),
            Expr::Divide(_, by) => matches!(**by, Expr::Number(_)),
            Expr::Number(_) | Expr::Add(..) | Expr::Multiply(..) => true,
            _ => false,
        })
}

fn of_column(heading: &str, properties: Vec<Property>) -> Override {
    let matcher =
        FieldMatcher { id: "byName".to_owned(), options: FieldsThat::Are(heading.to_owned()) };
    Override { matcher, properties }
}

/// The text of a cell has the color of what it says.
fn colored_text() -> Property {
    property("custom.cellOptions", PropertyValue::Cell(Cell { kind: "color-text".to_owned() }))
}

fn property(id: &str, value: PropertyValue) -> Property {
    Property { id: id.to_owned(), value }
}

fn color_name(color: Color) -> &'static str {
    match color {
        Color::Green => "green",
        Color::Yellow => "yellow",
        Color::Red => "red",
        Color::Gray => "gray",
    }
}

fn reference(at: usize) -> String {
    ('A'..).nth(at).unwrap_or('Z').to_string()
}

/// One row for each group: the answers side by side, without the time.
fn transformations(fleet: &Fleet, drawn: &board::Panel) -> Vec<Transformation> {
    if drawn.kind != Kind::Table {
        return Vec::new();
    }
    let mut organize = Organize {
        exclude: BTreeMap::from([("Time".to_owned(), true)]),
        index: BTreeMap::new(),
        rename: BTreeMap::new(),
    };
    let values = drawn.lines.iter().enumerate().map(|(at, line)| {
        let name = if drawn.lines.len() == 1 {
            "Value".to_owned()
        } else {
            format!("Value #{}", reference(at))
        };
        (name, drawn.heading(line).to_owned())
    });
    organize.rename.extend(values);
    let keys = drawn.lines.iter().flat_map(|line| drawn.naming_labels(line));
    let keys = keys.chain(fleet.labels.iter().map(String::as_str));
    organize.rename.extend(keys.map(|key| (key.to_owned(), label_heading(key))));
    let merge = Transformation {
        id: "merge".to_owned(),
        options: TransformationOptions::Merge(BTreeMap::new()),
    };
    let organize = Transformation {
        id: "organize".to_owned(),
        options: TransformationOptions::Organize(organize),
    };
    vec![merge, organize]
}
