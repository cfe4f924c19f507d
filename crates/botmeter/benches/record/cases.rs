//! What is measured, and how.

use std::{
    env, fs,
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Map, json};

/// Long enough that reading the clock does not count, short enough that all
/// cases have had their turn before the machine does something else for long.
const BATCH: Duration = Duration::from_millis(1);
const ROUNDS: usize = 201;

#[derive(Default)]
pub(crate) struct Cases {
    group: &'static str,
    all: Vec<Case>,
}

struct Case {
    name: String,
    /// Does it so many times.
    run: Box<dyn FnMut(u64) -> Duration>,
}

impl Cases {
    /// What is added from now on belongs together.
    pub(crate) fn begin(&mut self, group: &'static str) {
        self.group = group;
    }

    pub(crate) fn add<T>(
        &mut self,
        name: impl Into<String>,
        mut once: impl FnMut() -> T + 'static,
    ) {
        let run = move |times| {
            let start = Instant::now();
            for _ in 0..times {
                black_box(once());
            }
            start.elapsed()
        };
        let name = format!("{}/{}", self.group, name.into());
        self.all.push(Case { name, run: Box::new(run) });
    }

    /// Measures all in turn, and writes the medians to a file in the folder
    /// that `BENCH_FIGURES` names.
    #[expect(clippy::print_stdout, reason = "a benchmark talks to the person who runs it")]
    pub(crate) fn measure(mut self) {
        let batches: Vec<u64> = self.all.iter_mut().map(Case::batch).collect();
        let mut times = vec![Vec::new(); self.all.len()];
        for _ in 0..ROUNDS {
            for ((case, batch), times) in self.all.iter_mut().zip(&batches).zip(&mut times) {
                times.push((case.run)(*batch).as_nanos() as f64 / *batch as f64);
            }
        }
        let mut figures = Map::new();
        for (Case { name, .. }, mut times) in self.all.into_iter().zip(times) {
            times.sort_by(f64::total_cmp);
            let median = times[ROUNDS / 2];
            println!("{name:70} {median:>14.2} ns");
            figures.insert(name, json!({ "unit": "ns", "value": median }));
        }
        if let Some(folder) = env::var_os("BENCH_FIGURES") {
            let text = serde_json::to_string(&figures).unwrap();
            fs::write(Path::new(&folder).join("record.json"), text).unwrap();
        }
    }
}

impl Case {
    /// How many of them a batch takes.
    fn batch(&mut self) -> u64 {
        let mut times = 1;
        while (self.run)(times) < BATCH {
            times *= 2;
        }
        times
    }
}
