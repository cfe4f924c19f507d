//! An hour of two bots that do everything that there is an instrument for.

use std::f64::consts::TAU;

use anyhow::Result;
use botmeter_board::Board;
use botmeter_core::{Descriptor, Kind, label::Values, process::START_TIME};
use botmeter_window::{
    Bounds, History, Labels, Rules, Scrape,
    exposition::{Family, Page, Sample},
};

const STEP: i64 = 15_000;
const STEPS: u32 = 240;

/// When the hour ends, in milliseconds.
pub(crate) const END: i64 = 1_795_271_400_000;

/// How the bots are.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) job: &'static str,
    /// What stands in labels that may say anything.
    pub(crate) names: Vec<&'static str>,
    /// Whether these stand in all other labels as well, beside their own values.
    pub(crate) is_hostile: bool,
    /// How much of the hour there is, in its quarters.
    pub(crate) quarters: u32,
}

impl Default for Story {
    fn default() -> Self {
        let names = vec!["alpha", "beta", "wei\"rd\\ <grü&\n\u{df}e>"];
        Self { job: "mail-bots", names, is_hostile: false, quarters: 4 }
    }
}

/// What is there after the hour.
pub(crate) struct Hour {
    pub(crate) history: History,
    pub(crate) rules: Vec<Rules>,
    pub(crate) bots: Vec<Scrape>,
}

/// One series of an instrument, or one set of a histogram's.
struct Source {
    instrument: &'static Descriptor,
    labels: Vec<(String, String)>,
    /// How often things happen, at which time of the hour most.
    weight: f64,
    phase: f64,
    total: f64,
    /// What lies at or below each bound of a histogram.
    below: Vec<f64>,
}

pub(crate) fn hour(boards: &[Board], story: &Story) -> Result<Hour> {
    let mut history = History::new(Bounds::default());
    let mut bots: Vec<_> = ["a:9464", "b:9464"]
        .map(|instance| (Scrape::new(&mut history, story.job, instance), sources(story)))
        .into();
    let mut rules: Vec<_> = boards.iter().map(|board| Rules::of(board, &mut history)).collect();
    let alerts = history.add_target();
    for step in STEPS - STEPS / 4 * story.quarters..=STEPS {
        let at = END - STEP * i64::from(STEPS - step);
        for (bot, sources) in &mut bots {
            let samples = sources.iter_mut().flat_map(|of| of.next(step, at)).collect();
            let families = vec![Family { samples, ..Family::default() }];
            bot.read(&mut history, at, &Page { families })?;
        }
        for rules in rules.iter_mut().filter(|_| step % 4 == 0) {
            rules.evaluate(&mut history, at)?;
        }
        // One alert of each severity, so that what counts them is drawn.
        let firing = ["critical", "warning", "info"].map(|severity| {
            let labels = [("job", story.job), ("alertname", "Drill"), ("severity", severity)];
            let with_state = labels.into_iter().chain([("alertstate", "firing")]);
            let since = (END / 1000 - 600) as f64;
            [
                (Labels::of("ALERTS", with_state), 1.0),
                (Labels::of("ALERTS_FOR_STATE", labels), since),
            ]
        });
        history.append(alerts, at, firing.into_iter().flatten())?;
    }
    Ok(Hour { history, rules, bots: bots.into_iter().map(|(bot, _)| bot).collect() })
}

/// What one bot tells of the instruments whose names are wanted, time by time,
/// in the order of the labels, which is that of Prometheus' blocks.
pub(crate) fn told(wanted: impl Fn(&str) -> bool) -> Vec<(i64, Vec<(Labels, f64)>)> {
    let mut sources = sources(&Story::default());
    sources.retain(|source| wanted(&source.instrument.prometheus_name()));
    let steps = (0..=STEPS).map(|step| {
        let at = END - STEP * i64::from(STEPS - step);
        let samples = sources.iter_mut().flat_map(|of| of.next(step, at));
        let mut samples: Vec<_> = samples.map(|sample| (of_bot(&sample), sample.value)).collect();
        samples.sort_by(|(a, _), (b, _)| a.cmp(b));
        (at, samples)
    });
    steps.collect()
}

/// The labels of a sample once a bot was scraped.
fn of_bot(sample: &Sample) -> Labels {
    let own = sample.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let bot = [("job", Story::default().job), ("instance", "a:9464")];
    Labels::of(&sample.name, own.chain(bot))
}

/// Every instrument with so many sets of labels that each value of a closed
/// label is in one.
fn sources(story: &Story) -> Vec<Source> {
    let mut sources = Vec::new();
    for instrument in botmeter_catalogue::catalogue().instruments() {
        let values = |values: Values| match values {
            Values::Closed(values) if story.is_hostile => [values, &story.names].concat(),
            Values::Closed(values) => values.to_vec(),
            Values::Open { .. } => story.names.clone(),
        };
        let sets = instrument.labels().iter().map(|label| values(label.values()).len()).max();
        for set in 0..sets.unwrap_or(1) {
            let labels = instrument.labels().iter().map(|label| {
                let values = values(label.values());
                (label.key().to_owned(), values[set % values.len()].to_owned())
            });
            let below = vec![0.0; instrument.buckets().len()];
            let weight = 1.0 / (1.0 + set as f64 * 2.0);
            sources.push(Source {
                instrument,
                labels: labels.collect(),
                weight,
                phase: set as f64,
                total: 0.0,
                below,
            });
        }
    }
    sources
}

impl Source {
    fn next(&mut self, step: u32, at: i64) -> Vec<Sample> {
        let name = self.instrument.prometheus_name();
        let wave = 1.0 + 0.6 * (TAU * f64::from(step) / 160.0 + self.phase).sin();
        let now = at as f64 / 1000.0;
        let one = |ending: &str, bound: Option<&str>, value: f64| {
            let bound = bound.map(|bound| ("le".to_owned(), bound.to_owned()));
            let labels = self.labels.iter().cloned().chain(bound).collect();
            Sample { name: format!("{name}{ending}"), labels, value, at: None, exemplar: None }
        };
        match self.instrument.kind() {
            Kind::Counter | Kind::FloatCounter => {
                let sample = one("", None, self.total);
                self.total += self.weight * wave * 3.0;
                vec![sample]
            }
            Kind::Gauge if name == START_TIME.descriptor().prometheus_name() => {
                // They begin anew in the middle of what is shown.
                let begin = if step >= 210 { 450.0 } else { 9000.0 };
                vec![one("", None, END as f64 / 1000.0 - begin)]
            }
            Kind::Gauge | Kind::UpDownCounter if self.instrument.unit().as_str() == "s" => {
                let ago = f64::from(step % 8) * 15.0 * (1.0 + self.phase);
                vec![one("", None, now - ago)]
            }
            Kind::Gauge | Kind::UpDownCounter => {
                vec![one("", None, (self.weight * wave * 20.0).round())]
            }
            Kind::Histogram => {
                let bounds = self.instrument.buckets();
                let middle = bounds.len() as f64 * (0.35 + 0.1 * wave);
                let share = |at: usize| 1.0 / (1.0 + (middle - at as f64).exp());
                let mut samples = Vec::new();
                for (bound, below) in bounds.iter().zip(&self.below) {
                    samples.push(one("_bucket", Some(&bound.to_string()), *below));
                }
                let sum = self.total * bounds[bounds.len() / 2];
                samples.push(one("_bucket", Some("+Inf"), self.total));
                samples.extend([one("_sum", None, sum), one("_count", None, self.total)]);
                self.total += self.weight * 4.0;
                for (at, below) in self.below.iter_mut().enumerate() {
                    *below += self.weight * 4.0 * share(at);
                }
                samples
            }
        }
    }
}
