//! What a page of the LLM board costs, with as many series as a busy bot has.
//!
//! `cargo bench --package botmeter-view` prints how long a reading takes with
//! its rules, and the page of a quarter of an hour.

#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]

use std::{
    error::Error,
    time::{Duration, Instant},
};

use botmeter_board::Board;
use botmeter_core::{Domain, Kind, Registered, label::Values};
use botmeter_llm::Llm;
use botmeter_view::{Address, Clock, Frame, Page, Source, Which, html};
use botmeter_window::{Bounds, Chosen, History, Labels, Rules, Target};

/// How far apart readings are, in milliseconds, and how many there are.
const STEP: i64 = 5_000;
const STEPS: i64 = 720;

/// How many models are called: some 3,500 series.
const MODELS: usize = 3;

/// How often each thing is measured; the fastest counts, because whatever else
/// a machine does only adds to it.
const TIMES: i64 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let boards = [botmeter_llm::board::board()];
    let mut bot = Bot::new(&boards);
    for step in 0..STEPS {
        bot.read(step)?;
    }
    println!("{} series, {} samples", bot.history.series(), bot.history.samples());
    let mut least = [Duration::MAX; 4];
    let mut least_of = |place: usize, began: Instant| {
        least[place] = least[place].min(began.elapsed());
    };
    for step in STEPS..STEPS + TIMES {
        let began = Instant::now();
        bot.append(step)?;
        least_of(0, began);
        let began = Instant::now();
        bot.rules[0].evaluate(&mut bot.history, step * STEP)?;
        least_of(1, began);
        let began = Instant::now();
        let page = bot.page(&boards, step);
        least_of(2, began);
        let began = Instant::now();
        let text = html::page(&page, html::Form::Served(&Address::default()));
        least_of(3, began);
        assert!(text.len() > 100_000, "the page is empty");
    }
    for (what, time) in
        ["store a reading", "evaluate the rules", "draw the page", "write it"].iter().zip(least)
    {
        println!("{what:20} {:8.2} ms", time.as_secs_f64() * 1000.0);
    }
    Ok(())
}

struct Bot {
    history: History,
    rules: Vec<Rules>,
    target: Target,
    series: Vec<(Labels, f64)>,
}

impl Bot {
    fn new(boards: &[Board]) -> Self {
        let mut history = History::new(Bounds::default());
        let target = history.add_target();
        let rules = boards.iter().map(|board| Rules::of(board, &mut history)).collect();
        Self { history, rules, target, series: series() }
    }

    fn read(&mut self, step: i64) -> Result<(), Box<dyn Error>> {
        self.append(step)?;
        self.rules[0].evaluate(&mut self.history, step * STEP)?;
        Ok(())
    }

    fn append(&mut self, step: i64) -> Result<(), Box<dyn Error>> {
        let samples = self.series.iter().map(|(labels, pace)| {
            let wave = 1.0 + 0.5 * (step as f64 / 40.0 + pace).sin();
            (labels.clone(), (pace * wave + step as f64 * pace).floor())
        });
        self.history.append(self.target, step * STEP, samples)?;
        Ok(())
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
fn series() -> Vec<(Labels, f64)> {
    let mut all = vec![];
    let own = [("job", "bot"), ("instance", "a:9464")];
    let build = own.into_iter().chain([("version", "1")]);
    all.push((Labels::of("build_info", build), 0.0));
    for instrument in Registered::of::<Llm>().instruments {
        let closed = |values: Values| match values {
            Values::Closed(values) => Some(values),
            Values::Open { .. } => None,
        };
        let sets = instrument.labels().iter().filter_map(|label| closed(label.values()));
        let sets = sets.map(<[&str]>::len).max().unwrap_or(1);
        for (model, set) in (0..MODELS).flat_map(|model| (0..sets).map(move |set| (model, set))) {
            let model_name = format!("model-{model}");
            let labels: Vec<_> = instrument
                .labels()
                .iter()
                .map(|label| {
                    let values = closed(label.values());
                    let value = values.map_or(&*model_name, |values| values[set % values.len()]);
                    (label.key(), value)
                })
                .chain(own)
                .collect();
            let pace = 1.0 / (1.0 + set as f64 + model as f64);
            let name = instrument.prometheus_name();
            let mut add = |ending: &str, bound: Option<&str>, pace: f64| {
                let pairs = labels.iter().copied().chain(bound.map(|bound| ("le", bound)));
                all.push((Labels::of(&format!("{name}{ending}"), pairs), pace));
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
    }
    let name = Llm::NAME;
    assert!(all.len() > 1000, "{name} has {} series", all.len());
    all
}
