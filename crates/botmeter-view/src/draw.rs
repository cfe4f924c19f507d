//! From a panel and the answers to its queries to its picture.

mod groups;
mod kinds;

use botmeter_board::{Expr, Kind, Limits, Panel, Step, Variable};
use botmeter_window::Track;

use crate::{
    Answers, Frame, Picture, markdown,
    picture::{Drawing, Level, LimitMark, Traces, Value},
    unit,
};
use groups::Group;

/// The picture of a panel of a dashboard with these variables.
///
/// The limits are those of all boards, because a panel may show the limit of
/// an alert of another one.
pub fn draw(
    panel: &Panel,
    variables: &[Variable],
    limits: &Limits,
    answers: &dyn Answers,
    frame: &Frame,
) -> Picture {
    // What is wrong with limits is found by the checks of the generator.
    let steps = limits.steps(panel).unwrap_or_default();
    let drawer = Drawer { panel, variables, limits, steps, answers, frame };
    let (Drawn { common, traces }, drawing) = match drawer.drawing() {
        Ok(drawn) => drawn,
        Err(why) => (Drawn::default(), Drawing::NoAnswer(why)),
    };
    let is_text = panel.kind == Kind::Text;
    Picture {
        title: panel.title.to_string(),
        description: if is_text { String::new() } else { panel.description.to_string() },
        width: panel.width,
        height: panel.height,
        limits: drawer.limits(),
        common,
        drawing,
        traces,
    }
}

/// Instead of a picture, where series of others are asked for and no Prometheus
/// can be.
const ONLY_PROMETHEUS: &str = "This is about series that only Prometheus has; ask a Prometheus for it (`botmeter watch \
     --prometheus`), or look in Grafana.";

/// How good or bad a value is, if there is a limit to tell.
fn level(steps: &[Step], value: f64) -> Option<Level> {
    if steps.len() < 2 || value.is_nan() {
        return None;
    }
    let step = steps.iter().rev().find(|step| step.from.is_none_or(|from| value >= from));
    step.map(|step| step.severity.into())
}

/// What is found out while it is drawn.
#[derive(Default)]
struct Drawn {
    common: Common,
    traces: Vec<Traces>,
}

/// Labels that all groups of a panel have alike.
type Common = Vec<(String, String)>;

struct Drawer<'a> {
    panel: &'a Panel,
    variables: &'a [Variable],
    limits: &'a Limits,
    steps: Vec<Step>,
    answers: &'a dyn Answers,
    frame: &'a Frame,
}

impl Drawer<'_> {
    fn drawing(&self) -> Result<(Drawn, Drawing), String> {
        if self.panel.kind == Kind::Text {
            return Ok((Drawn::default(), Drawing::Text(markdown::read(&self.panel.description))));
        }
        let exprs = || self.panel.lines.iter().flat_map(|line| line.expr.walk());
        if !self.answers.reads_promql() && exprs().any(|expr| matches!(expr, Expr::Raw { .. })) {
            return Ok((Drawn::default(), Drawing::Nothing(ONLY_PROMETHEUS.to_owned())));
        }
        if self.panel.kind == Kind::Table {
            let table = self.table()?;
            let drawing =
                if table.rows.is_empty() { self.nothing() } else { Drawing::Table(table) };
            return Ok((Drawn::default(), drawing));
        }
        let moments =
            if self.panel.is_instant() { vec![self.frame.end] } else { self.frame.moments() };
        let mut groups = Vec::new();
        for (line, asked) in self.panel.lines.iter().enumerate() {
            let place = self.frame.place(self.panel.scope, self.variables);
            let tracks = self.answers.tracks(&asked.expr, &moments, &place)?;
            groups.extend(tracks.into_iter().map(|Track { labels, values }| Group {
                line,
                labels,
                name: String::new(),
                values,
            }));
        }
        if groups.is_empty() {
            return Ok((Drawn::default(), self.nothing()));
        }
        let common = groups::name(&mut groups, self.panel);
        let traces = if self.panel.has_traces { traces(&groups) } else { Vec::new() };
        let drawing = match self.panel.kind {
            Kind::TimeSeries { is_stacked, is_bars } => {
                Drawing::Lines(self.lines(groups, moments, is_stacked, is_bars))
            }
            Kind::Gauge if groups.len() == 1 => self.dial(&groups),
            Kind::BarGauge => self.bars(&groups),
            Kind::Heatmap => Drawing::Heat(self.heat(groups, moments)),
            Kind::StateTimeline => Drawing::Bands(self.bands(groups, &moments)),
            // A dial for each of many would be too small to be read.
            Kind::Gauge | Kind::Stat | Kind::Table | Kind::Text => {
                Drawing::Stats(groups.iter().map(|group| self.last(group)).collect())
            }
        };
        Ok((Drawn { common, traces }, drawing))
    }

    fn nothing(&self) -> Drawing {
        Drawing::Nothing(self.panel.text_without_data().to_owned())
    }

    fn value(&self, name: String, value: f64) -> Value {
        let text = unit::text(&self.panel.show, value);
        Value { name, value, text, level: level(&self.steps, value) }
    }

    /// The one value of a group at one moment.
    fn last(&self, group: &Group) -> Value {
        let value = group.values.iter().rev().find_map(|value| *value);
        let alone = self.panel.lines.len() == 1 && group.is_plain();
        let name = if alone { String::new() } else { group.name.clone() };
        self.value(name, value.unwrap_or(f64::NAN))
    }

    fn limits(&self) -> Vec<LimitMark> {
        let pairs = self.steps.windows(2).filter_map(|pair| {
            let [below, above] = pair else { return None };
            let value = above.from?;
            let advice = self.panel.advice.iter().map(|(_, limit)| limit);
            let mut limits = self.panel.limits.iter().chain(advice);
            let limit = limits.find(|limit| limit.value.total_cmp(&value).is_eq())?;
            let (below, above) = (Level::from(below.severity), Level::from(above.severity));
            Some(LimitMark {
                value,
                text: unit::text(&self.panel.show, value),
                level: below.max(above),
                is_bad_above: above > below,
                reason: limit.reason.to_string(),
                alerts: self.limits.alerts(limit).into_iter().map(str::to_owned).collect(),
            })
        });
        pairs.collect()
    }
}

/// Of how many lines the traces are offered.
const MOST_TRACES: usize = 20;

/// The traces behind each line, once where several lines have the same.
fn traces(groups: &[Group]) -> Vec<Traces> {
    let mut traces: Vec<Traces> = Vec::new();
    for group in groups {
        let Some(service) = group.labels.get("job") else { continue };
        let tags = group.labels.pairs().filter(|(key, _)| *key != "job");
        let tags: Vec<_> = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        if !traces.iter().any(|known| known.service == service && known.tags == tags) {
            let (name, service) = (group.name.clone(), service.to_owned());
            traces.push(Traces { name, service, tags, link: None });
        }
    }
    traces.truncate(MOST_TRACES);
    traces
}
