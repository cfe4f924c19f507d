//! What a page of the LLM board costs, with as many series as bots have.
//!
//! `cargo bench --package botmeter-view` prints how long a reading takes with
//! its rules, the first page of a quarter of an hour, and each further one.

#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]

use std::{error::Error, time::Duration};

use botmeter_board::Board;
use botmeter_core::{Domain, Kind, Registered, label::Values};
use botmeter_llm::Llm;
use botmeter_view::{Address, Clock, Frame, Page, Source, Which, html};
use botmeter_window::{
    Bounds, Chosen, History, Rules, Scrape,
    exposition::{self, Family, Format, Sample},
};

/// How far apart readings are, in milliseconds.
const STEP: i64 = 5_000;

/// How many models are called, and how many readings there are: a busy bot
/// with an hour, and more than any should have.
const SIZES: [(usize, i64); 3] = [(3, 720), (21, 720), (59, 240)];

/// How often each thing is measured; the fastest counts, because whatever else
/// a machine does only adds to it.
const TIMES: i64 = 7;

/// How often the first page is drawn, each time of a history that nobody has
/// asked for anything: answers are kept, and which series they came from.
const FIRST: usize = 3;

const WHAT: [&str; 6] = [
    "read the text of a page",
    "store it",
    "evaluate the rules",
    "draw the first page",
    "draw each further one",
    "write it as HTML",
];

fn main() -> Result<(), Box<dyn Error>> {
    for (models, steps) in SIZES {
        measure(models, steps)?;
    }
    Ok(())
}

fn measure(models: usize, steps: i64) -> Result<(), Box<dyn Error>> {
    let boards = [botmeter_llm::board::board()];
    let (mut bot, mut first) = Bot::first_page(&boards, models, steps)?;
    for _ in 1..FIRST {
        first = first.min(Bot::first_page(&boards, models, steps)?.1);
    }
    println!("{} series, {} samples", bot.history.series(), bot.history.samples());
    let mut least = [Duration::MAX; WHAT.len()];
    least[3] = first;
    let mut least_of = |place: usize, began: Watch| {
        least[place] = least[place].min(began.elapsed());
    };
    for step in steps..steps + TIMES {
        bot.next(step);
        let text = bot.text();
        let began = Watch::start();
        bot.told = exposition::Page::read(&text, Format::Text)?;
        least_of(0, began);
        let began = Watch::start();
        bot.store(step)?;
        least_of(1, began);
        let began = Watch::start();
        bot.rules[0].evaluate(&mut bot.history, step * STEP)?;
        least_of(2, began);
        let began = Watch::start();
        let page = bot.page(&boards, step);
        least_of(4, began);
        let began = Watch::start();
        let text = html::page(&page, html::Form::Served(&Address::default()));
        least_of(5, began);
        assert!(text.len() > 100_000, "the page is empty");
    }
    for (what, time) in WHAT.iter().zip(least) {
        println!("{what:28} {:8.2} ms", time.as_secs_f64() * 1000.0);
    }
    Ok(())
}

/// The time that this thread has a core, where the system tells, and otherwise
/// any time: what else a machine does counts for less.
struct Watch(Duration);

impl Watch {
    fn start() -> Self {
        Self(Self::now())
    }

    fn elapsed(&self) -> Duration {
        Self::now().saturating_sub(self.0)
    }

    #[cfg(unix)]
    fn now() -> Duration {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        Duration::try_from(now).unwrap_or_default()
    }

    #[cfg(not(unix))]
    fn now() -> Duration {
        static BEGAN: std::sync::LazyLock<std::time::Instant> =
            std::sync::LazyLock::new(std::time::Instant::now);
        BEGAN.elapsed()
    }
}

struct Bot {
    history: History,
    rules: Vec<Rules>,
    scrape: Scrape,
    told: exposition::Page,
    /// How fast each of the samples grows.
    paces: Vec<f64>,
}

impl Bot {
    fn new(boards: &[Board], models: usize) -> Self {
        let mut history = History::new(Bounds::default()).with_answers(64 << 20);
        let scrape = Scrape::new(&mut history, "bot", "a:9464");
        let rules = boards.iter().map(|board| Rules::of(board, &mut history)).collect();
        let (told, paces) = series(models);
        Self { history, rules, scrape, told, paces }
    }

    /// A bot that ran for so many readings, and how long its first page takes.
    fn first_page(
        boards: &[Board],
        models: usize,
        steps: i64,
    ) -> Result<(Self, Duration), Box<dyn Error>> {
        let mut bot = Self::new(boards, models);
        for step in 0..steps {
            bot.next(step);
            bot.store(step)?;
            bot.rules[0].evaluate(&mut bot.history, step * STEP)?;
        }
        let began = Watch::start();
        drop(bot.page(boards, steps - 1));
        let elapsed = began.elapsed();
        Ok((bot, elapsed))
    }

    /// Lets so much time pass.
    fn next(&mut self, step: i64) {
        let samples = self.told.families.iter_mut().flat_map(|family| &mut family.samples);
        for (sample, pace) in samples.zip(&self.paces) {
            let wave = 1.0 + 0.5 * (step as f64 / 40.0 + pace).sin();
            sample.value = (pace * wave + step as f64 * pace).floor();
        }
    }

    fn store(&mut self, step: i64) -> Result<(), Box<dyn Error>> {
        let told = self.scrape.read(&mut self.history, step * STEP, &self.told)?;
        assert_eq!(told.refused, 0);
        Ok(())
    }

    /// The page as its bot writes it.
    fn text(&self) -> String {
        let families = self.told.families.iter().map(|family| {
            let kind = format!("{:?}", family.kind).to_lowercase();
            let lines = family.samples.iter().map(|Sample { name, labels, value, .. }| {
                let labels = labels.iter().map(|(key, value)| format!("{key}=\"{value}\""));
                let labels: Vec<_> = labels.collect();
                format!("{name}{{{}}} {value}\n", labels.join(","))
            });
            format!("# TYPE {} {kind}\n{}", family.name, lines.collect::<String>())
        });
        families.collect()
    }

    fn page(&self, boards: &[Board], step: i64) -> Page {
        let end = step * STEP;
        let source = Source {
            boards,
            rules: &self.rules,
            scrapes: &[],
            answers: &self.history,
            oldest: self.history.oldest(),
            now: end,
        };
        let frame = Frame {
            end,
            shown: Duration::from_mins(15),
            scrape: Duration::from_secs(5),
            chosen: Chosen::default(),
            clock: Clock::Wall { east: 0 },
        };
        Page::of(&source, &frame, Which::All)
    }
}

/// Every instrument for each model, with each value of its longest label.
fn series(models: usize) -> (exposition::Page, Vec<f64>) {
    let (mut families, mut paces) = (Vec::new(), Vec::new());
    let build = Sample {
        name: "build_info".to_owned(),
        labels: vec![("version".to_owned(), "1".to_owned())],
        value: 0.0,
        at: None,
        exemplar: None,
    };
    let (name, kind) = (build.name.clone(), exposition::Kind::Gauge);
    families.push(Family { name, kind, samples: vec![build], ..Family::default() });
    paces.push(0.0);
    for instrument in Registered::of::<Llm>().instruments {
        let closed = |values: Values| match values {
            Values::Closed(values) => Some(values),
            Values::Open { .. } => None,
        };
        let sets = instrument.labels().iter().filter_map(|label| closed(label.values()));
        let sets = sets.map(<[&str]>::len).max().unwrap_or(1);
        let name = instrument.prometheus_name();
        let mut samples = Vec::new();
        for (model, set) in (0..models).flat_map(|model| (0..sets).map(move |set| (model, set))) {
            let model_name = format!("model-{model}");
            let labels: Vec<_> = instrument
                .labels()
                .iter()
                .map(|label| {
                    let values = closed(label.values());
                    let value = values.map_or(&*model_name, |values| values[set % values.len()]);
                    (label.key().to_owned(), value.to_owned())
                })
                .collect();
            let pace = 1.0 / (1.0 + set as f64 + model as f64);
            let mut add = |ending: &str, bound: Option<&str>, pace: f64| {
                let mut labels = labels.clone();
                labels.extend(bound.map(|bound| ("le".to_owned(), bound.to_owned())));
                let name = format!("{name}{ending}");
                samples.push(Sample { name, labels, value: 0.0, at: None, exemplar: None });
                paces.push(pace);
            };
            if instrument.kind() == Kind::Histogram {
                let bounds = instrument.buckets().len() as f64;
                for (at, bound) in instrument.buckets().iter().enumerate() {
                    add("_bucket", Some(&bound.to_string()), pace * (at as f64 + 1.0) / bounds);
                }
                add("_bucket", Some("+Inf"), pace);
                add("_sum", None, pace);
                add("_count", None, pace);
            } else {
                add("", None, pace);
            }
        }
        let kind = match instrument.kind() {
            Kind::Counter | Kind::FloatCounter => exposition::Kind::Counter,
            Kind::Gauge | Kind::UpDownCounter => exposition::Kind::Gauge,
            Kind::Histogram => exposition::Kind::Histogram,
        };
        families.push(Family { name, kind, samples, ..Family::default() });
    }
    let name = Llm::NAME;
    assert!(paces.len() > 1000, "{name} has {} series", paces.len());
    (exposition::Page { families }, paces)
}
