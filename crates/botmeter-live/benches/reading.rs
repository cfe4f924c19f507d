//! What a program spends on reading itself, with as many series as a busy bot
//! has.
//!
//! `cargo bench --package botmeter-live` prints how long each part takes, and
//! how long that is beside the time between two readings.

#![expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]

use std::{
    error::Error,
    fs,
    sync::{LazyLock, OnceLock},
    time::{Duration, Instant},
};

use botmeter_core::{Backend, Domain, Exposition, Format, Meter, store::Store};
use botmeter_live::Bots;
use botmeter_llm::{Llm, Provider, Usage};
use botmeter_window::exposition::{self, Page};

const INTERVAL: Duration = Duration::from_secs(5);
const SERIES: usize = 3_500;

/// How many readings there are before it is measured: half an hour.
const BEFORE: i64 = 360;

/// How many readings are measured, of which the mean is told.
const TIMES: i64 = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let kept = Meter::new(Kept::default());
    let llm = Llm::register(&kept);
    let models = models(&kept, &llm);
    let own = ("my-bot".to_owned(), "a:1".to_owned());
    let boards = vec![botmeter_llm::board::board(), botmeter_telemetry::board()];
    let bots = Bots::new(boards, [own], 32 << 20, INTERVAL, 0);
    let mut spent = [Duration::ZERO; 3];
    for reading in 1..=BEFORE + TIMES {
        for model in 0..models {
            call(&llm, model);
        }
        let mut begin = worked();
        let mut part = |place: usize| {
            if reading > BEFORE {
                spent[place] += worked().saturating_sub(begin);
            }
            begin = worked();
        };
        let text = text(&kept);
        part(0);
        let page = Page::read(&text, exposition::Format::Text)?;
        part(1);
        bots.hear(reading * 5_000, vec![Ok(page)])?;
        part(2);
    }
    println!("{} series", count(&text(&kept)));
    let parts = ["write the page", "read it", "store it, and evaluate the rules"];
    for (what, time) in parts.iter().zip(spent) {
        println!("{what:34} {:8.2} ms", mean(time));
    }
    let whole = mean(spent.iter().sum());
    let share = whole / INTERVAL.as_secs_f64() / 10.0;
    println!("{:34} {whole:8.2} ms, {share:.2} % of one core", "all");
    Ok(())
}

/// How long this thread has had a processor, where the system tells, so that
/// what else runs does not count.
fn worked() -> Duration {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| BEGIN.elapsed(), Duration::from_nanos)
}

fn mean(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0 / TIMES as f64
}

/// Calls so many models that there are that many series.
fn models(meter: &Meter, llm: &Llm) -> usize {
    let mut models = 0;
    while count(&text(meter)) < SERIES {
        call(llm, models);
        models += 1;
    }
    models
}

fn call(llm: &Llm, model: usize) {
    let call = llm.start(Provider::OpenAi, &format!("model-{model}"));
    call.finish(&Usage::including_cache(1_000, 200));
}

fn text(meter: &Meter) -> String {
    Exposition::new(meter.store(), Format::Prometheus).all()
}

fn count(text: &str) -> usize {
    text.lines().filter(|line| !line.starts_with('#')).count()
}

/// Has the store, as a page for scrapes has.
#[derive(Debug, Default)]
struct Kept(OnceLock<Store>);

impl Backend for Kept {
    fn open(&self, store: &Store) -> Store {
        self.0.get_or_init(|| store.clone()).clone()
    }
}
